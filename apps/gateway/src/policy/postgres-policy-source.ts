/**
 * Reads policy from Postgres under the gateway's role: named columns only, because the role may see no others.
 *
 * Bundles are read in one snapshot, so that a half-made change is never seen.
 */
import { PriceIndex } from '@tollgate/catalog';
import type { KeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID, type Transaction } from '@tollgate/db';
import { openSecret, parseAddressList } from '@tollgate/keys';
import { countsOwner, loadBudgetPolicy, loadRatePolicy } from '@tollgate/limits';
import type { Logger } from '@tollgate/logging';
import { findProvider } from '@tollgate/providers';
import { type Route, readRoute, routeKey, type StoredRoute } from '@tollgate/routing';
import type { CredentialEntry, KeyEntry, ModelEntry, PolicyChange } from './policy.ts';
import type { ChangesAhead, ChangesPage, PolicySource } from './policy-source.ts';
import { readMarkups, readPrices, readReadablePrices } from './price-rows.ts';

const SNAPSHOT = { isolationLevel: 'RepeatableRead', timeoutMs: 10_000 } as const;
const LOOK_UP = { timeoutMs: 2_000 } as const;
const CHANGES_PER_POLL = 1_000;
const MAX_AHEAD = 5_000;

const ORGANIZATION_COLUMNS = {
  id: true,
  name: true,
  region: true,
  stalenessCapSeconds: true,
  suspendedAt: true,
  payloadRetentionDays: true,
} as const;
const KEY_COLUMNS = {
  id: true,
  organizationId: true,
  name: true,
  teamId: true,
  memberId: true,
  serviceAccountId: true,
  models: true,
  providers: true,
  endpoints: true,
  ipAllowlist: true,
  tags: true,
  expiresAt: true,
  revokedAt: true,
  version: true,
} as const;
const SECRET_COLUMNS = {
  hash: true,
  expiresAt: true,
  revokedAt: true,
  key: { select: KEY_COLUMNS },
} as const;

export function createPostgresPolicySource(options: {
  readonly database: Database;
  readonly encryptionKeys: KeyRing;
  readonly logger: Logger;
}): PolicySource {
  const { database } = options;
  const loadCredentials = (tx: Transaction, organizationId: string): Promise<CredentialEntry[]> =>
    readCredentials(tx, organizationId, options.encryptionKeys, options.logger);
  return {
    findKey: (hashes) =>
      database.platform(async (tx) => {
        const row = await tx.virtualKeySecret.findFirst({
          where: { hash: { in: [...hashes] } },
          select: SECRET_COLUMNS,
        });
        return row === null ? undefined : toKeyEntry(row);
      }, LOOK_UP),
    loadKey: (keyId) =>
      database.platform(async (tx) => {
        const rows = await tx.virtualKeySecret.findMany({ where: { keyId }, select: SECRET_COLUMNS });
        return rows.map(toKeyEntry);
      }, LOOK_UP),
    findOrganization: (organizationId) =>
      database.platform(async (tx) => {
        const organization = await tx.organization.findUnique({
          where: { id: organizationId },
          select: ORGANIZATION_COLUMNS,
        });
        if (organization === null) return undefined;
        const teams = await tx.team.findMany({
          where: { organizationId },
          select: { id: true, path: true, costCenter: true },
        });
        const disabled = await tx.serviceAccount.findMany({
          where: { organizationId, disabledAt: { not: null } },
          select: { id: true },
        });
        const budgets = await loadBudgetPolicy(tx, organizationId);
        const enforced = budgets.budgets.filter(({ kind, paused }) => kind === 'hard' && !paused);
        const rates = await loadRatePolicy(tx, organizationId);
        return {
          organizationId,
          name: organization.name,
          region: organization.region,
          stalenessCapMs: organization.stalenessCapSeconds * 1000,
          suspended: organization.suspendedAt !== null,
          keepsPayloads: organization.payloadRetentionDays > 0,
          teams: new Map(teams.map((team) => [team.id, team])),
          disabledServiceAccounts: new Set(disabled.map(({ id }) => id)),
          credentials: await loadCredentials(tx, organizationId),
          prices: await readPrices(tx, { layer: 'organization', organizationId }),
          budgets: enforced.length > 0 ? budgets : null,
          ownBudgets: enforced.some((budget) => countsOwner(budget, 'organization')) ? budgets : null,
          rates: rates.rules.length === 0 ? null : rates,
          routes: await readRoutes(tx, organizationId, options.logger),
        };
      }, SNAPSHOT),
    loadPlatform: () =>
      database.platform(async (tx) => {
        const { prices, unreadable } = await readReadablePrices(tx, {
          layer: { in: ['catalogue', 'operator'] },
        });
        for (const { id, provider, model } of unreadable) {
          options.logger.error(
            { alarm: true, priceVersionId: id, provider, model },
            'a price cannot be read by this release: until it can be, the model has none',
          );
        }
        return {
          credentials: await loadCredentials(tx, OPERATOR_ORGANIZATION_ID),
          models: await readModels(tx),
          prices,
          priceIndex: new PriceIndex(prices),
          markups: await readMarkups(tx),
        };
      }, SNAPSHOT),
    currentCursor: () =>
      database.platform(async (tx) => {
        const [row] = await tx.$queryRaw<{ cursor: string }[]>`
          SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS cursor`;
        return row!.cursor;
      }, LOOK_UP),
    changesSince: (cursor) => database.platform((tx) => readChanges(tx, cursor), LOOK_UP),
  };
}

/**
 * The cursor moves only over what nothing can commit below any more, so that it never skips a late commit. Pages end with
 * whole transactions (WITH TIES), so that the next one begins behind them. What is committed beyond is told as well: one
 * transaction that takes long must not hide a revocation until it ends.
 */
async function readChanges(tx: Transaction, cursor: string): Promise<ChangesPage> {
  const [snapshot] = await tx.$queryRaw<{ horizon: string }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon`;
  const { horizon } = snapshot!;
  const changes = await tx.$queryRaw<(PolicyChange & { xid: string })[]>`
    SELECT organization_id AS "organizationId", kind, target_id AS "targetId", recorded_xid::text AS xid
    FROM outbox_events
    WHERE recorded_xid >= ${cursor}::xid8 AND recorded_xid < ${horizon}::xid8
    ORDER BY recorded_xid
    FETCH FIRST ${CHANGES_PER_POLL} ROWS WITH TIES`;
  const last = changes.at(-1);
  const full = last !== undefined && changes.length >= CHANGES_PER_POLL;
  if (full) return { changes, cursor: String(BigInt(last.xid) + 1n) };
  return { changes, cursor: horizon, ahead: await readAhead(tx, horizon) };
}

async function readAhead(tx: Transaction, horizon: string): Promise<ChangesAhead> {
  const changes = await tx.$queryRaw<ChangesAhead['changes'][number][]>`
    SELECT organization_id AS "organizationId", kind, target_id AS "targetId", id AS "eventId"
    FROM outbox_events WHERE recorded_xid >= ${horizon}::xid8 ORDER BY recorded_xid LIMIT ${MAX_AHEAD + 1}`;
  return { changes, isWhole: changes.length <= MAX_AHEAD };
}

async function readCredentials(
  tx: Transaction,
  organizationId: string,
  encryptionKeys: KeyRing,
  logger: Logger,
): Promise<CredentialEntry[]> {
  const rows = await tx.providerCredential.findMany({
    where: { organizationId, disabledAt: null },
    orderBy: [{ priority: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      provider: true,
      baseUrl: true,
      secretCiphertext: true,
      region: true,
      livemode: true,
      priority: true,
      models: true,
      version: true,
    },
  });
  const credentials: CredentialEntry[] = [];
  for (const row of rows) {
    const baseUrl = row.baseUrl || (findProvider(row.provider)?.baseUrl ?? '');
    const context = { organizationId, recordId: row.id, field: 'secret', baseUrl: row.baseUrl };
    try {
      credentials.push({
        id: row.id,
        organizationId,
        owner: organizationId === OPERATOR_ORGANIZATION_ID ? 'operator' : 'organization',
        provider: row.provider,
        baseUrl: new URL(baseUrl).href,
        secret:
          row.secretCiphertext === null ? '' : openSecret(encryptionKeys, context, row.secretCiphertext),
        region: row.region,
        livemode: row.livemode,
        priority: row.priority,
        models: row.models.length === 0 ? null : new Set(row.models),
        version: row.version,
      });
    } catch (error) {
      // One unusable credential must not take the organization's others away.
      logger.error({ err: error, organizationId, credentialId: row.id }, 'a provider credential is unusable');
    }
  }
  return credentials;
}

async function readRoutes(
  tx: Transaction,
  organizationId: string,
  logger: Logger,
): Promise<ReadonlyMap<string, Route> | null> {
  const rows = await tx.route.findMany({
    where: { organizationId, disabledAt: null },
    orderBy: { id: 'asc' },
    select: { id: true, name: true, configuration: true },
  });
  if (rows.length === 0) return null;
  const routes = new Map<string, Route>();
  for (const { id, name, configuration } of rows) {
    try {
      routes.set(routeKey(name), readRoute({ ...(configuration as unknown as StoredRoute), id, name }));
    } catch (error) {
      // Without rules it refuses: a model of its name must not answer in its place.
      routes.set(routeKey(name), {
        id,
        name,
        rules: [],
        fallbacks: [],
        stickyBy: 'none',
        allowResold: false,
      });
      logger.error({ err: error, organizationId, routeId: id }, 'a route is unusable');
    }
  }
  return routes;
}

async function readModels(tx: Transaction): Promise<Map<string, Map<string, ModelEntry>>> {
  const rows = await tx.model.findMany({
    select: {
      provider: true,
      name: true,
      mode: true,
      contextWindow: true,
      maxOutputTokens: true,
      aliases: true,
    },
    orderBy: [{ provider: 'asc' }, { name: 'asc' }],
  });
  const models = new Map<string, Map<string, ModelEntry>>();
  for (const { aliases, ...model } of rows) {
    let ofProvider = models.get(model.provider);
    if (ofProvider === undefined) {
      ofProvider = new Map();
      models.set(model.provider, ofProvider);
    }
    ofProvider.set(model.name, model);
    for (const alias of aliases) if (!ofProvider.has(alias)) ofProvider.set(alias, model);
  }
  return models;
}

interface SecretRow {
  readonly hash: string;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly key: {
    readonly id: string;
    readonly organizationId: string;
    readonly name: string;
    readonly teamId: string | null;
    readonly memberId: string | null;
    readonly serviceAccountId: string | null;
    readonly models: readonly string[];
    readonly providers: readonly string[];
    readonly endpoints: readonly string[];
    readonly ipAllowlist: readonly string[];
    readonly tags: unknown;
    readonly expiresAt: Date | null;
    readonly revokedAt: Date | null;
    readonly version: number;
  };
}

function toKeyEntry(row: SecretRow): KeyEntry {
  const { key } = row;
  const orNull = (list: readonly string[]): ReadonlySet<string> | null =>
    list.length === 0 ? null : new Set(list);
  return {
    hash: row.hash,
    keyId: key.id,
    organizationId: key.organizationId,
    name: key.name,
    teamId: key.teamId ?? '',
    memberId: key.memberId ?? '',
    serviceAccountId: key.serviceAccountId ?? '',
    models: orNull(key.models),
    providers: orNull(key.providers),
    endpoints: orNull(key.endpoints),
    addresses: key.ipAllowlist.length === 0 ? null : parseAddressList(key.ipAllowlist),
    tags: toTags(key.tags),
    expiresAtMs: Math.min(
      key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
      row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    ),
    revoked: key.revokedAt !== null || row.revokedAt !== null,
    version: key.version,
  };
}

function toTags(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
