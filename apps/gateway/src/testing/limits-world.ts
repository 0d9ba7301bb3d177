/**
 * Several gateways before one Postgres, one Redis and one simulator, and the worker's part of the ledger: for
 * tests of limits that come in by HTTP. The gateways' logs are in memory; `ship` brings them to the ledger.
 */
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import {
  auditBudgets,
  type BudgetGateOptions,
  postgresGrants,
  type RateLimiterOptions,
  RedisRecall,
  redisShares,
  settleEntries,
} from '@tollgate/limits';
import { BatchIngest, type DispatchFrame } from '@tollgate/metering';
import { openRedis, type QueuePayload } from '@tollgate/queues';
import { type Simulator, startSimulator } from '@tollgate/simulator';
import {
  createTestDatabase,
  createTestRedis,
  type FaultProxy,
  startFaultProxy,
  type TestDatabase,
  type TestRedis,
  waitFor,
} from '@tollgate/testing';
import type { GatewayLimits } from '../limits.ts';
import { Seed, type SeededKey } from './seed.ts';
import { startTestGateway, type TestGateway } from './start-test-gateway.ts';

export interface WorldOptions {
  readonly gateways?: number;
  readonly allowedOrigins?: readonly string[];
  readonly budgets?: Partial<BudgetGateOptions>;
  readonly rates?: Partial<RateLimiterOptions>;
  readonly limits?: Partial<GatewayLimits>;
  /** Before the gateways start and read the catalogue. */
  readonly prepare?: (seed: Seed) => Promise<void>;
}

export interface Member extends TestGateway {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly postgres: FaultProxy;
  readonly redis: FaultProxy;
  /** Redis answers again, and the gateway has had time to ask. */
  redisBack(): Promise<void>;
}

/** For so long a limiter does not ask a Redis that failed. */
const REDIS_PAUSE_MS = 1_100;

export class LimitsWorld {
  readonly database: TestDatabase;
  readonly redis: TestRedis;
  readonly simulator: Simulator;
  readonly seed: Seed;
  readonly members: Member[] = [];
  readonly worker: Database;
  readonly #ingest: BatchIngest;
  readonly #shipped = new Map<string, number>();
  readonly #closers: (() => unknown)[] = [];

  private constructor(database: TestDatabase, redis: TestRedis, simulator: Simulator) {
    this.database = database;
    this.redis = redis;
    this.simulator = simulator;
    this.seed = new Seed(database);
    this.worker = openDatabase({ url: database.urls.worker, applicationName: 'test-worker' });
    this.#ingest = new BatchIngest(this.worker);
  }

  static async open(options: WorldOptions = {}): Promise<LimitsWorld> {
    const [database, redis, simulator] = await Promise.all([
      createTestDatabase(),
      createTestRedis(),
      startSimulator({ pacing: 'instant' }),
    ]);
    const world = new LimitsWorld(database, redis, simulator);
    await world.seed.platform(`${simulator.url}/v1`);
    await options.prepare?.(world.seed);
    for (let index = 0; index < (options.gateways ?? 1); index += 1) await world.#addGateway(options);
    return world;
  }

  get first(): Member {
    return this.members[0]!;
  }

  async close(): Promise<void> {
    for (const member of this.members) {
      member.postgres.setMode({ kind: 'pass' });
      member.redis.setMode({ kind: 'pass' });
    }
    await Promise.all(this.members.map((member) => member.close()));
    await Promise.all(this.#closers.map((close) => close()));
    await Promise.all(this.members.flatMap(({ postgres, redis }) => [postgres.stop(), redis.stop()]));
    await Promise.all([this.seed.close(), this.worker.close(), this.simulator.close()]);
    await this.database.drop();
  }

  async #addGateway(options: WorldOptions): Promise<void> {
    const [postgres, redis] = await Promise.all([
      startFaultProxy({ target: this.database.urls.gateway }),
      startFaultProxy({ target: this.redis.url }),
    ]);
    const [gatewayId, epochId] = [newId('gateway', Date.now()), newId('gatewayEpoch', Date.now())];
    const database = openDatabase({
      url: postgres.url,
      applicationName: 'test-grants',
      connectTimeoutMs: 20_000,
    });
    await database.platform(async (tx) => {
      await tx.gateway.create({ data: { id: gatewayId, name: gatewayId } });
      await tx.gatewayEpoch.create({ data: { id: epochId, gatewayId, state: 'open' } });
    });
    const publisher = openRedis({ url: redis.url, manner: 'producer', name: 'test-limits' });
    const subscriber = openRedis({ url: redis.url, manner: 'worker', name: 'test-recall' });
    await waitFor(() => publisher.status === 'ready');
    const gateway = await startTestGateway({
      databaseUrl: postgres.url,
      allowedPrivateOrigins: [this.simulator.url, ...(options.allowedOrigins ?? [])],
      grants: postgresGrants(database, epochId),
      recall: new RedisRecall({ publisher, subscriber, sender: epochId }),
      // On a busy machine it is this process that comes late, not Redis.
      shares: redisShares(publisher, epochId, 20_000),
      ...(options.budgets === undefined ? {} : { budgetOptions: options.budgets }),
      ...(options.rates === undefined ? {} : { rateOptions: options.rates }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    const redisBack = async (): Promise<void> => {
      redis.setMode({ kind: 'pass' });
      await waitFor(() => publisher.status === 'ready');
      const readyMs = performance.now();
      await waitFor(() => performance.now() > readyMs + REDIS_PAUSE_MS);
    };
    this.members.push({ ...gateway, gatewayId, epochId, postgres, redis, redisBack });
    this.#closers.push(
      () => publisher.disconnect(),
      () => subscriber.disconnect(),
      () => database.close(),
    );
  }

  /** An organization of its own with a key. */
  async tenant(): Promise<SeededKey> {
    return this.seed.key({ organizationId: await this.seed.organization() });
  }

  /** Resolves when this gateway has looked the key up. */
  async isKnown({ secret }: SeededKey, { baseUrl }: Member): Promise<void> {
    const headers = { authorization: `Bearer ${secret}` };
    await waitFor(async () => (await fetch(`${baseUrl}/models`, { headers })).status === 200);
  }

  ask(
    key: SeededKey,
    body: Record<string, unknown> = {},
    {
      member = this.first,
      headers = {},
    }: { readonly member?: Member; readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(`${member.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Hello' }], ...body }),
    });
  }

  /** Brings to the ledger what the gateways' logs have new, as the worker does. */
  async ship(): Promise<void> {
    for (const member of this.members) {
      const fromSequence = this.#shipped.get(member.epochId) ?? 0;
      const toSequence = member.log.frames.length;
      if (toSequence === fromSequence) continue;
      this.#shipped.set(member.epochId, toSequence);
      const dispatches = new Map<string, DispatchFrame>();
      for (const frame of member.log.dispatches()) {
        dispatches.set(`${frame.subject.requestId} ${frame.target.attempt}`, frame);
      }
      const batch: QueuePayload<'usage-ingest'> = {
        version: 1,
        gatewayId: member.gatewayId,
        epochId: member.epochId,
        fromSequence,
        toSequence,
        floorSequence: 0,
        entries: [],
        requests: [],
        orphans: [],
      };
      member.log.frames.slice(fromSequence, toSequence).forEach((frame, index) => {
        if (frame.kind === 'request') {
          const { kind: _, ...request } = frame;
          batch.requests.push(structuredClone(request));
        }
        if (frame.kind !== 'settle') return;
        const { kind: _kind, organizationId: _organization, requestId, attempt, ...settle } = frame;
        const { subject, target, holds, batch: made } = dispatches.get(`${requestId} ${attempt}`)!;
        const sequence = fromSequence + index + 1;
        const held = { ...(holds && { holds }), ...(made && { batch: made }) };
        batch.entries.push(structuredClone({ subject, target, settle, sequence, ...held }));
      });
      await this.#ingest.ingest(batch, {
        now: new Date(),
        onNewEntries: async (tx, organizationId, entries) => {
          await settleEntries(tx, organizationId, entries);
        },
      });
    }
  }

  async standing(
    organizationId: string,
    budgetId: string,
  ): Promise<{ settled: bigint; granted: bigint; unreconciled: bigint; overrun: bigint }> {
    const row = await this.worker.tenant(organizationId, (tx) =>
      tx.budgetPeriod.findFirst({ where: { organizationId, budgetId } }),
    );
    return {
      settled: BigInt(row?.settledPicoUsd.toFixed(0) ?? 0),
      granted: BigInt(row?.grantedPicoUsd.toFixed(0) ?? 0),
      unreconciled: BigInt(row?.unreconciledPicoUsd.toFixed(0) ?? 0),
      overrun: BigInt(row?.overrunPicoUsd.toFixed(0) ?? 0),
    };
  }

  /** [M3] in SQL: the hard budget periods of all organizations that break it now. */
  findBroken(organizationId: string): Promise<{ budgetId: string }[]> {
    return this.worker.tenant(
      organizationId,
      (tx) => tx.$queryRaw<{ budgetId: string }[]>`
        SELECT p.budget_id AS "budgetId" FROM budget_periods p
        JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id AND b.kind = 'hard'
        WHERE p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd > b.limit_pico_usd`,
    );
  }

  audit(organizationId: string): ReturnType<typeof auditBudgets> {
    return auditBudgets(this.worker, organizationId);
  }
}
