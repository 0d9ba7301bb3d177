/** A tenant with a team, a virtual key and a share in the simulator, made in the database as the console would. */
import { NO_ORIGIN } from '@tollgate/audit';
import { parseKeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID, openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import { createBudget, createRateLimit, type NewBudget, type NewRateLimit } from '@tollgate/limits';

export interface TenantOptions {
  readonly consoleUrl: string;
  readonly keyPeppers: string;
  readonly encryptionKeys: string;
  /** Including `/v1`. */
  readonly simulatorBaseUrl: string;
  readonly simulatorApiKey: string;
  readonly nowMs: number;
  readonly limits?: TenantLimits;
}

/** A scope whose id is empty is the tenant's own team or key. */
export interface TenantLimits {
  /** All of them hard, all of them in force for every call. */
  readonly budgets?: readonly Pick<NewBudget, 'scope' | 'period' | 'limitPicoUsd'>[];
  readonly rateLimits?: readonly NewRateLimit[];
  /** `sim-small` costs this per request and nothing per token, so that what is spent can be counted. */
  readonly feePicoUsd?: bigint;
}

export interface Tenant {
  readonly organizationId: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly secret: string;
}

const CREDENTIAL_ID = 'cred_simulator';

/** May be called several times on one database: the operator's credential is made once. */
export async function createTenant(options: TenantOptions): Promise<Tenant> {
  const database = openDatabase({ url: options.consoleUrl, applicationName: 'faults', maxConnections: 2 });
  const organizationId = newId('organization', options.nowMs);
  const teamId = newId('team', options.nowMs);
  const keyId = newId('virtualKey', options.nowMs);
  const secret = mintKeySecret();
  const { pepperVersion, hash } = hashKeySecret(secret, parseKeyRing(options.keyPeppers));
  try {
    await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      const facts = simulatorFacts(options);
      await tx.providerCredential.upsert({ where: { id: CREDENTIAL_ID }, create: facts, update: facts });
    });
    await database.tenant(organizationId, async (tx) => {
      await tx.organization.create({
        data: { id: organizationId, name: 'Faults', slug: organizationId.toLowerCase() },
      });
      await tx.team.create({
        data: { id: teamId, organizationId, name: 'Walk', slug: 'walk', path: teamId, costCenter: 'CC-1' },
      });
      await tx.virtualKey.create({
        data: { id: keyId, organizationId, teamId, name: 'walk', createdById: 'usr_faults' },
      });
      await tx.virtualKeySecret.create({
        data: {
          id: newId('keySecret', options.nowMs),
          organizationId,
          keyId,
          pepperVersion,
          hash,
          hint: keyHint(secret),
        },
      });
    });
    await setLimits(
      (run) => database.tenant(organizationId, run),
      { organizationId, teamId, keyId },
      options,
    );
    const { feePicoUsd } = options.limits ?? {};
    if (feePicoUsd !== undefined) {
      await database.tenant(organizationId, (tx) => setFee(tx, organizationId, feePicoUsd, options.nowMs));
    }
  } finally {
    await database.close();
  }
  return { organizationId, teamId, keyId, secret };
}

async function setLimits(
  inTenant: (run: (tx: Transaction) => Promise<void>) => Promise<void>,
  ids: { readonly organizationId: string; readonly teamId: string; readonly keyId: string },
  { limits: { budgets = [], rateLimits = [] } = {}, nowMs }: TenantOptions,
): Promise<void> {
  const own = <S extends NewBudget['scope']>(scope: S): S => {
    const id = { organization: ids.organizationId, team: ids.teamId, key: ids.keyId }[scope.type as string];
    return scope.id === '' && id !== undefined ? { ...scope, id } : scope;
  };
  await inTenant(async (tx) => {
    const actor = { kind: 'system', id: 'faults', name: 'faults' } as const;
    const change = { tx, organizationId: ids.organizationId, actor, origin: NO_ORIGIN, nowMs };
    for (const budget of budgets) {
      await createBudget(change, {
        ...budget,
        scope: own(budget.scope),
        name: `${budget.scope.type} ${budget.period}`,
        kind: 'hard',
        anchorAt: null,
        thresholds: [],
        onExceeded: 'refuse',
        carryOver: false,
        carryOverCapPicoUsd: null,
        paused: false,
      });
    }
    for (const limit of rateLimits) await createRateLimit(change, { ...limit, scope: own(limit.scope) });
  });
}

async function setFee(
  tx: Transaction,
  organizationId: string,
  feePicoUsd: bigint,
  nowMs: number,
): Promise<void> {
  await tx.priceVersion.create({
    data: {
      id: newId('priceVersion', nowMs),
      layer: 'organization',
      organizationId,
      provider: 'simulator',
      model: 'sim-small',
      validFrom: new Date(0),
      components: { input: '0', output: '0', request: String(feePicoUsd) },
      tiers: [],
    },
  });
}

function simulatorFacts({ encryptionKeys, simulatorBaseUrl, simulatorApiKey }: TenantOptions) {
  return {
    id: CREDENTIAL_ID,
    organizationId: OPERATOR_ORGANIZATION_ID,
    provider: 'simulator',
    name: 'Simulator',
    baseUrl: simulatorBaseUrl,
    livemode: false,
    models: ['sim-small', 'sim-large', 'sim-embedding', 'sim-image'],
    secretCiphertext: sealSecret(
      parseKeyRing(encryptionKeys),
      {
        organizationId: OPERATOR_ORGANIZATION_ID,
        recordId: CREDENTIAL_ID,
        field: 'secret',
        baseUrl: simulatorBaseUrl,
      },
      simulatorApiKey,
    ),
  };
}
