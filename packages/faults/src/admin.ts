/** An organization with an admin token, managed as customers manage theirs: through the admin API. */
import { randomBytes } from 'node:crypto';
import { CHANGE_CHANNEL, type Change, createApi } from '@tollgate/api';
import { systemClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { openDatabase } from '@tollgate/db';
import { bootstrapOrganization, memoryAttemptCounter } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { hashKeySecret, type KeySecret, keyHint, mintKeySecret } from '@tollgate/keys';
import { createLogger } from '@tollgate/logging';
import { openRedis } from '@tollgate/queues';
import type { System } from './system.ts';

export interface AdminKey {
  readonly keyId: string;
  readonly secret: KeySecret;
}

export interface Admin {
  readonly organizationId: string;
  /** Straight into the database: keys that were made long ago. */
  makeKeys(count: number): Promise<AdminKey[]>;
  /** By `POST /keys/{id}/revoke`. @returns When it had been committed, and was about to be pushed; Unix milliseconds. */
  revoke(keyId: string): Promise<number>;
  close(): Promise<void>;
}

const ORIGIN = 'http://localhost:3000';
const KEYS_AT_ONCE = 500;

/** Its pushes go to Redis itself, past any fault proxy; a gateway may still not get them. */
export function openAdminApi(system: System, onCommitted: (change: Change) => void = () => undefined) {
  const { keyPeppers, encryptionKeys } = system.secrets;
  const database = openDatabase({ url: system.testDatabase.urls.console, applicationName: 'faults-admin' });
  const redis = openRedis({ url: system.redis.url, manner: 'producer', name: 'faults-admin' });
  const options = {
    database,
    clock: systemClock,
    logger: createLogger({ name: 'faults', destination: { write: () => undefined } }),
    settings: {
      consoleUrl: ORIGIN,
      gatewayUrl: system.gateways[0]?.plan.healthUrl ?? ORIGIN,
      allowedPrivateOrigins: [new URL(system.upstream.baseUrl).origin],
      limitsEnforced: true,
      signUp: 'open',
      signUpDomains: [],
      operatorEmails: [],
      firstUserIsOperator: true,
      verificationRequired: false,
    },
    keyPeppers: parseKeyRing(keyPeppers),
    encryptionKeys: parseKeyRing(encryptionKeys),
    attempts: memoryAttemptCounter(systemClock),
    changes: {
      async publish(change: Change) {
        onCommitted(change);
        await redis.publish(CHANGE_CHANNEL, JSON.stringify(change));
      },
      subscribe: () => () => undefined,
    },
  } as const;
  const api = createApi({
    ...options,
    settings: { ...options.settings, signUpDomains: [], operatorEmails: [] },
  });
  return {
    options,
    /** @param path Below `/api/v1`. */
    call: (method: string, path: string, headers: Record<string, string>, body?: object) =>
      api.request(
        new Request(`${ORIGIN}/api/v1${path}`, {
          method,
          headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    close: async () => {
      redis.disconnect();
      await database.close();
    },
  };
}

export async function startAdmin(system: System): Promise<Admin> {
  const committedAtMs = new Map<string, number>();
  const { options, call, close } = openAdminApi(system, ({ targetId }) =>
    committedAtMs.set(targetId, Date.now()),
  );
  const { database } = options;
  const { organizationId, adminToken } = await bootstrapOrganization(options, {
    organization: 'Revocations',
    email: `owner-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(12).toString('base64url'),
  });
  return {
    organizationId,
    makeKeys: async (count) => {
      const keys: AdminKey[] = [];
      while (keys.length < count) {
        keys.push(...(await insertKeys(Math.min(KEYS_AT_ONCE, count - keys.length))));
      }
      return keys;
    },
    revoke: async (keyId) => {
      const response = await call('POST', `/keys/${keyId}/revoke`, {
        authorization: `Bearer ${adminToken}`,
      });
      if (response.status !== 200) throw new Error(`Cannot revoke ${keyId}: ${await response.text()}`);
      return committedAtMs.get(keyId) ?? Date.now();
    },
    close,
  };

  async function insertKeys(count: number): Promise<AdminKey[]> {
    const nowMs = Date.now();
    const keys = Array.from({ length: count }, () => ({
      keyId: newId('virtualKey', nowMs),
      secret: mintKeySecret(),
    }));
    await database.tenant(organizationId, async (tx) => {
      await tx.virtualKey.createMany({
        data: keys.map(({ keyId }) => ({
          id: keyId,
          organizationId,
          name: 'faults',
          createdById: 'usr_faults',
        })),
      });
      await tx.virtualKeySecret.createMany({
        data: keys.map(({ keyId, secret }) => ({
          id: newId('keySecret', nowMs),
          organizationId,
          keyId,
          ...hashKeySecret(secret, options.keyPeppers),
          hint: keyHint(secret),
        })),
      });
    });
    return keys;
  }
}
