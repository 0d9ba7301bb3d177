/**
 * Gateways, a worker and a ledger for tests of grants: the real functions against a real Postgres, without HTTP.
 */
import { randomInt } from 'node:crypto';
import { type Clock, systemClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { assumedOf, type BudgetHold } from '@tollgate/metering';
import { createTestDatabase } from '@tollgate/testing';
import type { Refusal } from '../refusal.ts';
import type { ScopeSubject, ScopeType } from '../scope.ts';
import { BudgetGate, type BudgetGateOptions } from './budget-gate.ts';
import { type BudgetCounts, type BudgetPolicy, loadBudgetPolicy } from './budget-policy.ts';
import { postgresGrants } from './grant-store.ts';
import type { Hold, HoldRequest } from './hold.ts';
import { type SettledEntry, settleEntries } from './settle-entries.ts';

export interface BudgetSpec {
  readonly scope?: ScopeType;
  readonly scopeId?: string;
  readonly limit: bigint;
  readonly period?: 'day' | 'week' | 'month' | 'lifetime';
  readonly kind?: 'hard' | 'soft';
  readonly carryOver?: boolean;
  readonly counts?: BudgetCounts;
}

/** A price of one pico-USD per output token and nothing else: the cap is the worst case. */
const LINEAR = { kind: 'linear', fixed: 0n, perOutputToken: 10_000n, parts: 0n } as const;

/** On a busy machine it is this process that comes late, not Postgres. */
const PATIENT = { connectTimeoutMs: 60_000, transactionTimeoutMs: 60_000 };

const UNKNOWN = { costPicoUsd: null, chargePicoUsd: '0' } as const;

export type LedgerLine = SettledEntry & { readonly requestId: string; readonly entry?: number };

export interface Standing {
  readonly settled: bigint;
  readonly granted: bigint;
  readonly unreconciled: bigint;
  readonly overrun: bigint;
  readonly unheld: bigint;
  readonly assumed: bigint;
}

export class World {
  readonly database: Awaited<ReturnType<typeof createTestDatabase>>;
  readonly console: Database;
  readonly worker: Database;
  readonly organizationId: string;
  readonly gateways: TestGateway[] = [];
  readonly errors: Error[] = [];
  /** The clock of wall time; `Date.now` unless a test sets it. */
  readonly clock: Clock;

  private constructor(database: World['database'], organizationId: string, clock: Clock) {
    this.database = database;
    this.organizationId = organizationId;
    this.clock = clock;
    this.console = openDatabase({
      url: database.urls.console,
      applicationName: 'test-console',
      maxConnections: 3,
      ...PATIENT,
    });
    this.worker = openDatabase({
      url: database.urls.worker,
      applicationName: 'test-worker',
      maxConnections: 4,
      ...PATIENT,
    });
  }

  static async open(clock: Clock = systemClock): Promise<World> {
    const database = await createTestDatabase();
    const organizationId = newId('organization', Date.now());
    const world = new World(database, organizationId, clock);
    await world.console.tenant(organizationId, async (tx) => {
      await tx.organization.create({
        data: { id: organizationId, name: 'Test', slug: organizationId.toLowerCase() },
      });
      await tx.organizationTimeZone.create({
        data: { organizationId, validFrom: new Date(0), timeZone: 'UTC' },
      });
    });
    return world;
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((each) => each.database.close()));
    await Promise.all([this.console.close(), this.worker.close()]);
    await this.database.drop();
  }

  async budget(spec: BudgetSpec): Promise<string> {
    const id = newId('budget', Date.now());
    await this.console.tenant(this.organizationId, (tx) =>
      tx.budget.create({
        data: {
          id,
          organizationId: this.organizationId,
          scopeType: spec.scope ?? 'organization',
          scopeId: spec.scopeId ?? this.organizationId,
          limitPicoUsd: String(spec.limit),
          period: spec.period ?? 'month',
          kind: spec.kind ?? 'hard',
          counts: spec.counts ?? 'all',
          carryOver: spec.carryOver ?? false,
          thresholds: [],
        },
        select: { id: true },
      }),
    );
    return id;
  }

  async gateway(
    options: Partial<BudgetGateOptions> = {},
    url = this.database.urls.gateway,
  ): Promise<TestGateway> {
    const gateway = new TestGateway(this, options, url);
    this.gateways.push(gateway);
    await gateway.register();
    await gateway.reload();
    return gateway;
  }

  /** What a worker does with a batch: insert, settle, in one transaction. */
  async ingest(lines: readonly LedgerLine[], beforeCommit?: () => Promise<void>): Promise<void> {
    if (lines.length === 0) return;
    await this.worker.tenant(
      this.organizationId,
      async (tx) => {
        const inserted = await tx.$queryRaw<{ id: string }[]>`
          INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, team_id, team_path, end_user, tags,
            requested_model, model, provider, credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, charge_pico_usd, budget_pico_usd, status, usage_source)
          SELECT ${this.organizationId}, l.at, l.id, 1, l.entry, l.key, l.team, l.path, l.user, l.tags, 'm', 'm', 'p', 'c', l.owner, 'chat/completions', false, false, l.cost, l.charge, l.budget, 'succeeded', 'provider'
          FROM jsonb_to_recordset(${JSON.stringify(
            lines.map((line) => ({
              id: line.requestId,
              at: new Date(line.subject.startedAtMs).toISOString(),
              key: line.subject.keyId,
              team: line.subject.teamId,
              path: line.subject.teamPath,
              user: line.subject.endUser,
              tags: line.subject.tags,
              cost: line.settle.costPicoUsd,
              owner: line.target.credentialOwner,
              charge: line.settle.chargePicoUsd,
              budget: line.settle.budgetPicoUsd ?? null,
              entry: line.entry ?? 0,
            })),
          )}::jsonb) AS l(id text, at timestamptz, key text, team text, path text, "user" text, tags jsonb, cost bigint, owner text, charge bigint, budget numeric, entry smallint)
          ON CONFLICT DO NOTHING RETURNING request_id AS id`;
        const isNew = new Set(inserted.map((row) => row.id));
        await settleEntries(
          tx,
          this.organizationId,
          lines.filter((line) => isNew.has(line.requestId)),
        );
        await beforeCommit?.();
      },
      { timeoutMs: 60_000 },
    );
  }

  async standing(budgetId: string): Promise<Standing[]> {
    const rows = await this.worker.tenant(this.organizationId, (tx) =>
      tx.budgetPeriod.findMany({
        where: { organizationId: this.organizationId, budgetId },
        orderBy: [{ periodStart: 'asc' }, { scopeValue: 'asc' }],
      }),
    );
    return rows.map((row) => ({
      settled: BigInt(row.settledPicoUsd.toFixed(0)),
      granted: BigInt(row.grantedPicoUsd.toFixed(0)),
      unreconciled: BigInt(row.unreconciledPicoUsd.toFixed(0)),
      overrun: BigInt(row.overrunPicoUsd.toFixed(0)),
      unheld: BigInt(row.unheldPicoUsd.toFixed(0)),
      assumed: BigInt(row.assumedPicoUsd.toFixed(0)),
    }));
  }

  /** [M3] in SQL: the budget periods that break it. */
  findBroken(): Promise<{ budgetId: string }[]> {
    return this.worker.tenant(
      this.organizationId,
      (tx) => tx.$queryRaw<{ budgetId: string }[]>`
        SELECT p.budget_id AS "budgetId" FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
        WHERE p.settled_pico_usd + p.unreconciled_pico_usd + (
          SELECT COALESCE(sum(g.amount_pico_usd - g.settled_pico_usd), 0) FROM grants g
          WHERE g.organization_id = p.organization_id AND g.budget_id = p.budget_id AND g.scope_value = p.scope_value
            AND g.period_start = p.period_start AND g.state IN ('open', 'returned')) > b.limit_pico_usd + p.carried_pico_usd`,
    );
  }
}

export interface CallOptions {
  readonly cap?: number;
  readonly subject?: Partial<ScopeSubject>;
  readonly startedAtMs?: number;
  /** Of the credential; the organization's own unless told. */
  readonly owner?: 'organization' | 'operator';
  readonly request?: Partial<HoldRequest>;
}

export class TestGateway {
  readonly world: World;
  readonly epochId = newId('gatewayEpoch', Date.now());
  readonly database: Database;
  readonly gate: BudgetGate;
  policy: BudgetPolicy | undefined;

  constructor(world: World, options: Partial<BudgetGateOptions>, url: string) {
    this.world = world;
    this.database = openDatabase({
      url,
      applicationName: 'test-gateway',
      maxConnections: 3,
      ...PATIENT,
    });
    this.gate = new BudgetGate({
      store: postgresGrants(this.database, this.epochId),
      clock: world.clock,
      onError: (error) => world.errors.push(error),
      recall: (message) => {
        for (const other of world.gateways) if (other !== this) other.gate.onRecall(message);
      },
      ...options,
    });
  }

  async register(): Promise<void> {
    const gatewayId = newId('gateway', Date.now());
    await this.database.platform(async (tx) => {
      await tx.gateway.create({ data: { id: gatewayId, name: gatewayId } });
      await tx.gatewayEpoch.create({ data: { id: this.epochId, gatewayId, state: 'open' } });
    });
  }

  async reload(): Promise<void> {
    this.policy = await this.database.tenant(this.world.organizationId, (tx) =>
      loadBudgetPolicy(tx, this.world.organizationId),
    );
    this.gate.use(this.policy);
  }

  subject(change: Partial<ScopeSubject> = {}): ScopeSubject {
    return {
      organizationId: this.world.organizationId,
      teamId: 'team_a',
      teamPath: 'team_root/team_a',
      keyId: 'key_a',
      memberId: '',
      serviceAccountId: '',
      endUser: '',
      tags: {},
      ...change,
    };
  }

  async hold({
    cap = 10,
    subject,
    startedAtMs,
    owner = 'organization',
    request,
  }: CallOptions = {}): Promise<Hold | Refusal> {
    const outcome = this.gate.hold({
      subject: this.subject(subject),
      model: 'm',
      owner,
      startedAtMs: startedAtMs ?? this.world.clock.nowMs(),
      bound: LINEAR,
      outputCap: cap,
      modelOutputMax: null,
      ...request,
    });
    const done = outcome.kind === 'pending' ? await outcome.outcome : outcome;
    return done.kind === 'held' ? done.hold : done;
  }

  line(
    hold: { readonly holds: readonly BudgetHold[] },
    /** Null: nobody can tell. */
    cost: bigint | null,
    { subject, startedAtMs, owner = 'organization' }: CallOptions = {},
  ): LedgerLine {
    const at = startedAtMs ?? this.world.clock.nowMs();
    return {
      requestId: newId('request', at),
      subject: { ...this.subject(subject), startedAtMs: at },
      target: { model: 'm', credentialOwner: owner },
      settle:
        cost === null
          ? {
              ...UNKNOWN,
              ...assumedOf(
                { ...UNKNOWN, usageSource: 'provider', status: 'succeeded', streamed: false },
                hold.holds,
              ),
            }
          : { costPicoUsd: String(cost), chargePicoUsd: owner === 'operator' ? String(cost) : '0' },
      holds: hold.holds,
    };
  }
}

export function isRefusal(outcome: Hold | Refusal): outcome is Refusal {
  return 'code' in outcome;
}

/** Whole numbers below `limit`, as tests of races want them: different on every run. */
export function random(limit: number): number {
  return randomInt(limit);
}
