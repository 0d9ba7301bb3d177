/**
 * The gateway's side of grants in Postgres: take, give back, see what is recalled.
 *
 * Amounts are text on the wire and bigint here. Not here: when and how much (grant-rounds.ts), what is done
 * with it in memory (budget-gate.ts), the rules of granting (the migration's functions).
 */
import type { Database } from '@tollgate/db';

export interface GrantWish {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStartMs: number;
  readonly periodEndMs: number | null;
  /** Only where unspent money is carried over. */
  readonly previousStartMs: number | null;
  /** What is lacking; nothing less is given. */
  readonly minimum: bigint;
  /** The whole of one request: below some of these left, nothing more than the minimum is given. */
  readonly unit: bigint;
  readonly wanted: bigint;
  /** For the grant, if there is none of this gateway yet. */
  readonly grantId: string;
}

export interface BudgetStanding {
  /** With what was carried over and forgiven. */
  readonly limit: bigint;
  readonly settled: bigint;
  readonly granted: bigint;
  readonly unreconciled: bigint;
}

export type GrantAnswer =
  /** Paused, archived, soft, or older than the budget: nothing is held for it. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'refused'; readonly standing: BudgetStanding }
  /** `total` is all that this grant has been given since its beginning. Absent: another of the group was refused. */
  | {
      readonly kind: 'given';
      readonly standing: BudgetStanding;
      readonly grant?: { readonly id: string; readonly total: bigint; readonly near: boolean };
    };

export interface TakeAnswer {
  /** `stale`: this gateway's policy is older than Postgres's; `unknown`: its epoch is not registered yet. */
  readonly state: 'open' | 'unknown' | 'closed' | 'lost' | 'stale';
  /** As asked. */
  readonly groups: readonly { readonly ok: boolean; readonly items: readonly GrantAnswer[] }[];
}

export interface GrantReturn {
  readonly grantId: string;
  /** Spent and held of it since its beginning. */
  readonly keep: bigint;
  /** Nothing new will be held against it. */
  readonly close: boolean;
}

export interface GrantStore {
  take(
    organizationId: string,
    zoneVersion: string,
    groups: readonly (readonly GrantWish[])[],
    ttlMs: number,
  ): Promise<TakeAnswer>;
  giveBack(organizationId: string, grants: readonly GrantReturn[]): Promise<void>;
  listRecalled(): Promise<readonly { readonly organizationId: string; readonly grantId: string }[]>;
}

const TIMEOUT_MS = 5_000;

/** @param database In the gateway's role. */
export function postgresGrants(database: Database, epochId: string): GrantStore {
  return {
    take: async (organizationId, zoneVersion, groups, ttlMs) => {
      const input = JSON.stringify({
        epochId,
        ttlMs,
        zones: zoneVersion,
        groups: groups.map((each) => each.map(toJson)),
      });
      const [row] = await database.tenant(
        organizationId,
        (tx) => tx.$queryRaw<{ answer: string }[]>`SELECT take_grants(${input}::jsonb)::text AS answer`,
        { timeoutMs: TIMEOUT_MS },
      );
      if (row === undefined) throw new Error('Cannot take grants: Postgres must answer, got nothing');
      return fromJson(JSON.parse(row.answer) as TakeJson);
    },
    giveBack: async (organizationId, grants) => {
      const input = JSON.stringify({
        epochId,
        grants: grants.map((each) => ({ ...each, keep: String(each.keep) })),
      });
      await database.tenant(organizationId, (tx) => tx.$queryRaw`SELECT return_grants(${input}::jsonb)`, {
        timeoutMs: TIMEOUT_MS,
      });
    },
    listRecalled: () =>
      database.platform(
        (tx) => tx.$queryRaw<{ organizationId: string; grantId: string }[]>`
          SELECT organization_id AS "organizationId", id AS "grantId" FROM list_recalled_grants(${epochId})`,
        { timeoutMs: TIMEOUT_MS },
      ),
  };
}

function toJson(wish: GrantWish): object {
  return {
    budgetId: wish.budgetId,
    scopeValue: wish.scopeValue,
    periodStart: new Date(wish.periodStartMs).toISOString(),
    periodEnd: wish.periodEndMs === null ? null : new Date(wish.periodEndMs).toISOString(),
    previousStart: wish.previousStartMs === null ? null : new Date(wish.previousStartMs).toISOString(),
    minimum: String(wish.minimum),
    unit: String(wish.unit),
    wanted: String(wish.wanted),
    grantId: wish.grantId,
  };
}

interface TakeJson {
  readonly state: TakeAnswer['state'];
  readonly groups: readonly { readonly ok: boolean; readonly items: readonly ItemJson[] }[];
}
interface ItemJson {
  readonly code: GrantAnswer['kind'];
  readonly limit: string;
  readonly settled: string;
  readonly granted: string;
  readonly unreconciled: string;
  readonly grantId?: string;
  readonly amount?: string;
  readonly near?: boolean;
}

function fromJson(json: TakeJson): TakeAnswer {
  return {
    state: json.state,
    groups: json.groups.map(({ ok, items }) => ({ ok, items: items.map(toAnswer) })),
  };
}

function toAnswer(item: ItemJson): GrantAnswer {
  if (item.code === 'skipped') return { kind: 'skipped' };
  const standing = {
    limit: BigInt(item.limit),
    settled: BigInt(item.settled),
    granted: BigInt(item.granted),
    unreconciled: BigInt(item.unreconciled),
  };
  if (item.code === 'refused') return { kind: 'refused', standing };
  if (item.grantId === undefined || item.amount === undefined) return { kind: 'given', standing };
  return {
    kind: 'given',
    standing,
    grant: { id: item.grantId, total: BigInt(item.amount), near: item.near === true },
  };
}
