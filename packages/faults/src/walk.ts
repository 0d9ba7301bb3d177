/**
 * A seeded walk of faults under streaming load; then everything heals, and every invariant is checked against the
 * provider's own books.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { auditBudgets } from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { watchBudgets, whenNothingIsStuck } from './budget-watch.ts';
import { inject } from './inject.ts';
import { type Call, runLoad } from './load.ts';
import type { Step } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import type { System } from './system.ts';
import { compareWithTruth, readLedger, type Verdict } from './verify.ts';

export interface WalkOptions {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly callCount: number;
  /** Over how long the calls are spread. */
  readonly durationMs: number;
  readonly concurrency?: number;
  /** Wait for the gateways to give back what is idle, instead of ending them. */
  readonly waitForIdle?: boolean;
  readonly onStep?: (line: string) => void;
}

export interface Recovery {
  readonly fault: string;
  /** What the healing itself took: the start of a process, most of all. */
  readonly healMs: number;
  /** From the healing until every gateway had answered a call. */
  readonly recoveryMs: number;
}

export interface WalkReport {
  readonly seed: number;
  /** By outcome, and code where it was refused. */
  readonly calls: Readonly<Record<string, number>>;
  readonly recoveries: readonly Recovery[];
  readonly longestRecoveryMs: number;
  readonly budgetSampleCount: number;
  /** From the last healing until the ledger had everything. */
  readonly shippedMs: number;
  readonly verdict: Verdict;
  /** Everything that breaks a promise; empty when all hold. */
  readonly problems: readonly string[];
}

const RECOVERY_LIMIT_MS = 10_000;
/** A gateway that has not recovered by then is left as it is, and the walk goes on. */
const GIVE_UP_MS = 30_000;
const SHIP_LIMIT_MS = 60_000;
const STUCK_LIMIT_MS = 60_000;
const ABORT_SHARE = 0.3;
const SHOWN = 5;
const SHOWN_CHARACTERS = 300;

export async function runWalk(system: System, options: WalkOptions): Promise<WalkReport> {
  const { organizationId } = system.tenant;
  const watch = watchBudgets(system.database, organizationId);
  const random = createRandom(options.seed);
  const load = startLoad(system, options);
  const problems: string[] = [];
  const recoveries = await walk(system, options, random, problems);
  const calls = await load;

  const healedAtMs = performance.now();
  const read = async (): Promise<Verdict> =>
    compareWithTruth(await readLedger(system.database, organizationId), await system.readTruth());
  await waitFor(async () => (await read()).missing.length === 0, {
    timeoutMs: SHIP_LIMIT_MS,
    intervalMs: 500,
    description: 'every attempt in the ledger',
  }).catch(() => undefined);
  await attempt(problems, () => system.whenShipped(SHIP_LIMIT_MS));
  const shippedMs = Math.round(performance.now() - healedAtMs);
  if (options.waitForIdle !== true) await Promise.all(system.gateways.map((each) => each.terminate()));
  await attempt(problems, () => whenNothingIsStuck(system.database, organizationId, STUCK_LIMIT_MS));
  await attempt(problems, () => watch.stop());

  const verdict = await read();
  problems.push(...problemsOf(verdict), ...refusals(calls));
  for (const name of watch.broken) problems.push(`budget exceeded: ${name}`);
  for (const difference of await auditBudgets(system.database, organizationId)) {
    problems.push(
      `budget audit: ${difference.kind} of ${difference.budgetId}, expected ${difference.expectedPicoUsd}, found ${difference.foundPicoUsd}`,
    );
  }
  const longestRecoveryMs = Math.max(0, ...recoveries.map(({ recoveryMs }) => recoveryMs));
  for (const { fault, recoveryMs } of recoveries) {
    if (recoveryMs > RECOVERY_LIMIT_MS) problems.push(`recovery from ${fault} took ${recoveryMs} ms`);
  }
  return {
    seed: options.seed,
    calls: countOutcomes(calls),
    recoveries,
    longestRecoveryMs,
    budgetSampleCount: watch.sampleCount,
    shippedMs,
    verdict,
    problems,
  };
}

function startLoad(system: System, options: WalkOptions): Promise<Call[]> {
  // A generator of its own: how calls interleave with faults must not change which faults come.
  const random = createRandom(options.seed + 1);
  return runLoad({
    pickUrl: () => system.pickUrl(random),
    secret: system.tenant.secret,
    random,
    callCount: options.callCount,
    concurrency: options.concurrency ?? 40,
    abortShare: ABORT_SHARE,
    intervalMs: options.durationMs / options.callCount,
  });
}

async function walk(
  system: System,
  options: WalkOptions,
  random: Random,
  problems: string[],
): Promise<Recovery[]> {
  const recoveries: Recovery[] = [];
  for (const step of options.steps) {
    const heal = await inject(step, system, random);
    await delay(step.holdMs);
    const healing = performance.now();
    await heal();
    const healedAtMs = performance.now();
    await attempt(problems, () => whenAllAnswer(system));
    const recoveryMs = Math.round(performance.now() - healedAtMs);
    const healMs = Math.round(healedAtMs - healing);
    recoveries.push({ fault: step.fault, healMs, recoveryMs });
    options.onStep?.(
      `${step.fault.padEnd(16)} target ${step.target}, amount ${step.amountMs} ms, held ${step.holdMs} ms, healed in ${healMs} ms, recovered in ${recoveryMs} ms`,
    );
    await delay(step.pauseMs);
  }
  return recoveries;
}

/** Each gateway answers a paid call; not the health check, which asks nobody. */
async function whenAllAnswer(system: System): Promise<void> {
  await Promise.all(
    system.gateways.map(async ({ plan }) => {
      const answers = async (): Promise<boolean> => {
        const response = await fetch(`${new URL(plan.healthUrl).origin}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${system.tenant.secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'sim-small',
            max_tokens: 4,
            messages: [{ role: 'user', content: '[[sim tokens=1 latency=0 interval=0 ref=probe]] Up?' }],
          }),
          signal: AbortSignal.timeout(5_000),
        });
        const text = await response.text();
        if (response.status === 200) return true;
        throw new Error(`${response.status} ${text.slice(0, SHOWN_CHARACTERS)}`);
      };
      await waitFor(answers, {
        timeoutMs: GIVE_UP_MS,
        intervalMs: 100,
        description: `an answer of ${plan.name}`,
      });
    }),
  );
}

async function attempt(problems: string[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}

function problemsOf(verdict: Verdict): string[] {
  const kinds = ['missing', 'twice', 'wrong', 'invented', 'needlesslyEstimated'] as const;
  return kinds
    .filter((kind) => verdict[kind].length > 0)
    .map((kind) => `${kind}: ${verdict[kind].length}, such as ${verdict[kind].slice(0, SHOWN).join('; ')}`);
}

/** [G1] The budgets have room and the key is good: whatever was broken, nobody may be told otherwise. */
function refusals(calls: readonly Call[]): string[] {
  const wrong = calls.filter(({ status }) => status >= 400 && status < 500);
  const groups = Map.groupBy(wrong, ({ status, code }) => `${status} ${code}`);
  return [...groups].map(([what, group]) => `refused with ${what}: ${group.length} calls`);
}

function countOutcomes(calls: readonly Call[]): Record<string, number> {
  const name = ({ outcome, status, code }: Call): string =>
    outcome === 'refused' ? `refused ${status} ${code}` : outcome;
  return Object.fromEntries([...Map.groupBy(calls, name)].map(([key, group]) => [key, group.length]));
}
