/**
 * A storm on hard budgets, over HTTP and with processes: many calls at once of several kinds, room for some of them,
 * while gateways are killed, stand still and find themselves in the next period, and Redis forgets [M3].
 *
 * All the way Postgres is asked whether what is settled and granted stays within the limits. Afterwards calls are made
 * one by one, and must succeed exactly as often as what is left allows. Not here: what is asked (storm-kinds.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { auditBudgets } from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { type BudgetWatch, readSettled, watchBudgets, whenNothingIsStuck } from './budget-watch.ts';
import type { ManagedProcess } from './managed-process.ts';
import { createRandom, type Random } from './random.ts';
import { type Answer, askStorm } from './storm-call.ts';
import type { StormKind } from './storm-kinds.ts';
import { createStormTenant, type StormBudget, uploadStormFile } from './storm-tenant.ts';
import type { System } from './system.ts';
import type { Tenant } from './tenant.ts';
import { compareWithTruth, type LedgerRow, readLedger } from './verify.ts';

export interface StormOptions {
  readonly seed: number;
  readonly kinds: readonly StormKind[];
  /** Of each kind. */
  readonly callCount: number;
  /** How many calls of a kind its budget has room for. */
  readonly room: number;
  readonly abortShare: number;
  /** A gateway stands still for so long, past the life of its grants. Undefined: none does. */
  readonly pauseMs?: number;
  readonly onLine?: (line: string) => void;
}

export interface StormReport {
  /** What was broken; empty: everything held. */
  readonly problems: readonly string[];
  /** How often Postgres was asked. */
  readonly sampleCount: number;
}

const DAY_MS = 86_400_000;
const TRIES = 4;
const ARRIVE_WITHIN_MS = 3_000;
/** Of all watches together: more would be most of the load. */
const WATCH_INTERVAL_MS = 25;

/** One kind under way. */
interface Front {
  readonly kind: StormKind;
  /** What its calls name; empty: nothing. */
  readonly fileId: string;
  readonly tenant: Tenant;
  /** Who found out what a call costs. */
  readonly probes: readonly Tenant[];
  readonly limitPicoUsd: bigint;
  /** Of one call, as refusals tell it. */
  readonly worstPicoUsd: bigint;
  /** What budgets count of one call. */
  readonly countedPicoUsd: bigint;
  readonly watch: BudgetWatch;
  readonly random: Random;
  readonly answers: Map<string, number>;
  readonly problems: string[];
}

export async function runBudgetStorm(system: System, options: StormOptions): Promise<StormReport> {
  const fronts = await Promise.all(
    options.kinds.map((kind, index) => openFront(system, kind, options, index)),
  );
  const faults = planFaults(system, options);
  const total = options.callCount * fronts.length;
  let ended = 0;
  const calls = fronts.flatMap((front) =>
    Array.from({ length: options.callCount }, async () => {
      await callInStorm(system, front, options);
      ended += 1;
      faults.run(ended / total);
    }),
  );
  await Promise.all(calls);
  await faults.done();
  await system.whenShipped(60_000);
  await Promise.all(fronts.map((front) => whenStill(system, front, 60_000)));

  const rests = await Promise.all(fronts.map((front) => spendTheRest(system, front)));
  if (fronts.some(({ kind }) => kind.rollsOver)) {
    for (const index of system.gateways.keys()) system.setClockOffset(index, 0);
    // What was left of the period that had ended is still there, and no more than that.
    const ended = fronts.map(async (front, index) => {
      if (front.kind.rollsOver) rests[index]! += await spendTheRest(system, front, Date.now());
    });
    await Promise.all(ended);
  }
  await Promise.all(system.gateways.map((gateway) => gateway.terminate()));
  await Promise.all(fronts.map((front) => whenStill(system, front, 30_000)));
  return conclude(system, fronts, rests, options);
}

async function openFront(
  system: System,
  kind: StormKind,
  { seed, room, kinds }: StormOptions,
  index: number,
): Promise<Front> {
  const random = createRandom(seed + index);
  const fileId = await uploadStormFile(system, kind);
  const watchPauseMs = WATCH_INTERVAL_MS * kinds.length;
  const budgetsOf = (limitPicoUsd: bigint): readonly StormBudget[] => [
    {
      scope: { type: 'organization', id: '' },
      period: kind.rollsOver ? 'day' : 'lifetime',
      limitPicoUsd,
    },
    { scope: { type: 'key', id: '*' }, period: 'lifetime', limitPicoUsd: limitPicoUsd * 3n + 1n },
    { scope: { type: 'model', id: '*' }, period: 'month', limitPicoUsd: limitPicoUsd * 4n },
  ];
  const open = (limitPicoUsd: bigint) => createStormTenant(system, kind, budgetsOf(limitPicoUsd));
  // A machine that is late for other reasons sheds load, and tells when to come again.
  const askAs = ({ secret }: Tenant): Promise<Answer> =>
    waitFor(
      async () => {
        const answer = await askStorm({ url: await system.pickUrl(random), secret, kind, fileId });
        return answer.status !== 429 && answer.status !== 503 && answer;
      },
      { timeoutMs: 30_000, intervalMs: 250, description: `the first answer to ${kind.name}` },
    );
  const facts = { kind, fileId, random, answers: new Map<string, number>(), problems: [] as string[] };
  if (kind.isUnbounded) {
    const tenant = await open(10n ** 18n);
    const watch = watchBudgets(system.database, tenant.organizationId, watchPauseMs);
    return {
      ...facts,
      tenant,
      probes: [],
      limitPicoUsd: 10n ** 18n,
      worstPicoUsd: 0n,
      countedPicoUsd: 0n,
      watch,
    };
  }
  const [poor, rich] = await Promise.all([open(1n), open(10n ** 18n)]);
  const refused = await askAs(poor);
  const allowed = await askAs(rich);
  if (refused.requestedPicoUsd === 0n || allowed.status !== 200) {
    const got = `${refused.status} ${refused.code}, ${allowed.status} ${allowed.code}`;
    throw new Error(
      `Cannot begin the storm on ${kind.name}: the probes must be refused and answered, got ${got}`,
    );
  }
  const countedPicoUsd = await waitFor(
    async () => (await readSettled(system.database, rich.organizationId))[0]?.settledPicoUsd || false,
    { timeoutMs: 30_000, description: `the first ${kind.name} in the ledger` },
  );
  const worstPicoUsd = refused.requestedPicoUsd;
  const rest = countedPicoUsd * BigInt(room - 1) + countedPicoUsd / 2n;
  const limitPicoUsd = kind.isUncapped ? rest + countedPicoUsd : rest + worstPicoUsd;
  const tenant = await open(limitPicoUsd);
  const watch = watchBudgets(system.database, tenant.organizationId, watchPauseMs);
  return { ...facts, tenant, probes: [poor, rich], limitPicoUsd, worstPicoUsd, countedPicoUsd, watch };
}

/** One fault at each of these shares of ended calls, so that a slow machine has them at the same places. */
function planFaults(
  system: System,
  { kinds, pauseMs }: StormOptions,
): { readonly run: (share: number) => void; readonly done: () => Promise<void> } {
  const [first, second = first, third = second] = system.gateways as readonly [
    ManagedProcess,
    ...ManagedProcess[],
  ];
  const restart = async (gateway: ManagedProcess): Promise<void> => {
    await gateway.kill();
    await gateway.start();
  };
  const faults: [share: number, fault: () => Promise<void>][] = [[0.1, () => restart(first)]];
  if (pauseMs !== undefined) {
    faults.push([
      0.2,
      async () => {
        third.pause();
        await delay(pauseMs);
        third.resume();
      },
    ]);
  }
  faults.push([0.3, () => system.redis.flush()]);
  if (kinds.some(({ rollsOver }) => rollsOver)) {
    faults.push([
      0.45,
      async () => {
        for (const index of system.gateways.keys()) {
          system.setClockOffset(index, DAY_MS);
          await delay(100);
        }
      },
    ]);
  }
  faults.push([0.6, () => restart(second)]);
  const running: Promise<void>[] = [];
  const run = (share: number): void => {
    while (faults[0] !== undefined && share >= faults[0][0]) {
      const fault = faults.shift()![1]();
      // Told by done().
      fault.catch(() => undefined);
      running.push(fault);
    }
  };
  return {
    run,
    done: async () => {
      run(1);
      await Promise.all(running);
    },
  };
}

async function callInStorm(system: System, front: Front, { abortShare }: StormOptions): Promise<void> {
  const { kind, fileId, random, tenant } = front;
  const streamed = kind.mayStream === true && random.chance(0.5);
  const abortAfterMs = random.chance(abortShare) ? random.integer(1, 120) : undefined;
  await delay(random.integer(0, ARRIVE_WITHIN_MS));
  for (let attempt = 1; ; attempt += 1) {
    const url = await system.pickUrl(random);
    const answer = await askStorm({
      url,
      secret: tenant.secret,
      kind,
      fileId,
      streamed,
      ...(abortAfterMs === undefined ? {} : { abortAfterMs }),
    });
    note(front, answer);
    const isLost = answer.status === 0 && abortAfterMs === undefined;
    if (attempt === TRIES || !(isLost || answer.status === 429 || answer.status === 503)) return;
    await delay(Math.min(answer.retryAfterMs, 1_000));
  }
}

function note({ kind, answers, problems }: Front, answer: Answer): void {
  const { status, code, capPutIn } = answer;
  const name = status === 0 ? 'broken off' : `${status}${code === '' ? '' : ` ${code}`}`;
  answers.set(name, (answers.get(name) ?? 0) + 1);
  const isFine = kind.isUnbounded
    ? status === 0 || status === 503 || (status === 402 && code === 'unbounded_cost')
    : [0, 200, 402, 429, 503].includes(status) && code !== 'unbounded_cost';
  if (!isFine) problems.push(`answered ${name}`);
  if (status === 200 && kind.isUncapped && capPutIn === null) problems.push('a cap was put in and not told');
}

async function whenStill({ database }: System, { tenant, probes }: Front, timeoutMs: number): Promise<void> {
  for (const { organizationId } of [tenant, ...probes]) {
    await whenNothingIsStuck(database, organizationId, timeoutMs);
  }
}

/**
 * One call after another, each as often as it is told to wait, until the budget is used up.
 *
 * @param withinMs An instant of the period that is meant; refusals of another one are asked again.
 */
async function spendTheRest(system: System, front: Front, withinMs?: number): Promise<number> {
  const { kind, fileId, tenant, random, problems } = front;
  if (kind.isUnbounded) return 0;
  const before = await readSettled(system.database, tenant.organizationId);
  const isMeant = (periodStartMs: number): boolean =>
    !kind.rollsOver || (withinMs === undefined) === periodStartMs > Date.now();
  const settled = before.find(({ periodStartMs }) => isMeant(periodStartMs))?.settledPicoUsd ?? 0n;
  const ask = async (fields?: Readonly<Record<string, unknown>>): Promise<Answer> =>
    waitFor(
      async () => {
        const url = await system.pickUrl(random);
        const answer = await askStorm({
          url,
          secret: tenant.secret,
          kind,
          fileId,
          ...(fields && { fields }),
        });
        if (answer.status === 429 || answer.status === 503) return false;
        const isOther =
          answer.status === 402 &&
          kind.rollsOver &&
          withinMs !== undefined &&
          answer.resetsAtMs > withinMs + DAY_MS;
        return isOther ? false : answer;
      },
      { timeoutMs: 30_000, intervalMs: 100, description: `an answer to ${kind.name}` },
    );
  let succeeded = 0;
  let last = await ask();
  for (; last.status === 200; last = await ask()) succeeded += 1;
  if (last.status !== 402) problems.push(`the last call was answered ${last.status} ${last.code}`);
  if (kind.isUncapped) {
    const smallest = await ask({ max_completion_tokens: 1 });
    const left = front.limitPicoUsd - (await whenSettled(system, front));
    if (smallest.requestedPicoUsd <= left)
      problems.push(`refused, though ${left} pico-USD were left for ${smallest.requestedPicoUsd}`);
    return succeeded;
  }
  const room = front.limitPicoUsd - front.worstPicoUsd - settled;
  const expected = room < 0n ? 0 : Number(room / front.countedPicoUsd) + 1;
  if (succeeded !== expected)
    problems.push(`${succeeded} calls succeeded after healing, ${expected} had room`);
  return succeeded;
}

/** What a batch cost is told later, by an adjustment of its attempt. */
async function readAttempts(database: System['database'], organizationId: string): Promise<LedgerRow[]> {
  return (await readLedger(database, organizationId)).filter(({ entry }) => entry === 0);
}

/** What is settled when nothing is granted any more. */
async function whenSettled({ database }: System, { tenant: { organizationId } }: Front): Promise<bigint> {
  await whenNothingIsStuck(database, organizationId, 30_000);
  return (await readSettled(database, organizationId))[0]?.settledPicoUsd ?? 0n;
}

async function conclude(
  system: System,
  fronts: readonly Front[],
  rests: readonly number[],
  { room, abortShare, onLine }: StormOptions,
): Promise<StormReport> {
  const { database } = system;
  const problems: string[] = [];
  const ledger: LedgerRow[] = [];
  let sampleCount = 0;
  for (const [index, front] of fronts.entries()) {
    const { kind, tenant, watch, answers } = front;
    const found = front.problems;
    await watch.stop();
    sampleCount += watch.sampleCount;
    for (const name of watch.broken) found.push(`above its limit: ${name}`);
    for (const probe of front.probes) ledger.push(...(await readAttempts(database, probe.organizationId)));
    const rows = await readAttempts(database, tenant.organizationId);
    ledger.push(...rows);
    const differences = await auditBudgets(database, tenant.organizationId);
    for (const each of differences)
      found.push(`${each.kind}: ${each.expectedPicoUsd}, not ${each.foundPicoUsd}`);
    const periods = await readSettled(database, tenant.organizationId);
    const sent = rows.filter(({ usageSource }) => usageSource !== 'none').length;
    const most = room * Math.max(1, periods.length);
    if (kind.isUnbounded ? rows.length > 0 : abortShare === 0 && !kind.isUncapped && sent > most) {
      found.push(`${sent} calls were sent, ${kind.isUnbounded ? 0 : most} had room`);
    }
    if (kind.rollsOver && periods.length < 2) found.push('its period did not end');
    problems.push(...[...new Set(found)].map((problem) => `${kind.name}: ${problem}`));
    const told = [...answers].map(([name, count]) => `${count} x ${name}`).join(', ');
    onLine?.(
      `${kind.name}: ${told}; ${sent} sent of room for ${room}, ${rests[index]} of them after healing`,
    );
  }
  const { missing, twice, attemptCount } = compareWithTruth(ledger, await system.readTruth());
  if (missing.length > 0) problems.push(`missing in the ledger: ${missing.join(', ')}`);
  if (twice.length > 0) problems.push(`twice in the ledger: ${twice.join(', ')}`);
  onLine?.(
    `${attemptCount} attempts reached the provider, ${ledger.length} are in the ledger; Postgres was asked ${sampleCount} times`,
  );
  return { problems, sampleCount };
}
