/**
 * A seeded walk of faults under streaming load; then everything heals, and every invariant is checked against the
 * provider's own books.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@tollgate/testing';
import { attempt, closeBooks } from './books.ts';
import { watchBudgets } from './budget-watch.ts';
import { countOutcomes, diagnose, probe, wrongRefusals } from './diagnosis.ts';
import { inject } from './inject.ts';
import { type Call, runLoad } from './load.ts';
import type { Step } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { MIXED_KINDS } from './requests.ts';
import type { System } from './system.ts';
import { ROUTE_NAME } from './tenant.ts';
import { attemptName, type Verdict } from './verify.ts';

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
  /** Entries of calls that asked for the route. */
  readonly routedEntryCount: number;
  /** Of those, second and later tries. */
  readonly fallOverCount: number;
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
const ABORT_SHARE = 0.3;
const ROUTE_SHARE = 0.4;
const REQUEST_ID = /req_\w+/g;

export async function runWalk(system: System, options: WalkOptions): Promise<WalkReport> {
  const watch = watchBudgets(system.database, system.tenant.organizationId);
  const random = createRandom(options.seed);
  const load = startLoad(system, options);
  const problems: string[] = [];
  const recoveries = await walk(system, options, random, problems);
  const calls = await load;

  const { rows, verdict, shippedMs } = await closeBooks(system, {
    watch,
    problems,
    waitForIdle: options.waitForIdle === true,
  });
  problems.push(...wrongRefusals(calls));
  const routed = rows.filter(({ requestedModel }) => requestedModel === ROUTE_NAME);
  for (const row of routed.filter(({ routeId }) => routeId === ''))
    problems.push(`the entry of ${attemptName(row)} does not name its route`);
  const longestRecoveryMs = Math.max(0, ...recoveries.map(({ recoveryMs }) => recoveryMs));
  for (const { fault, recoveryMs } of recoveries) {
    if (recoveryMs > RECOVERY_LIMIT_MS) problems.push(`recovery from ${fault} took ${recoveryMs} ms`);
  }
  return {
    seed: options.seed,
    calls: countOutcomes(calls),
    recoveries,
    longestRecoveryMs,
    routedEntryCount: routed.length,
    fallOverCount: routed.filter(({ attempt: number }) => number > 1).length,
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
    kinds: MIXED_KINDS,
    abortShare: ABORT_SHARE,
    routeShare: ROUTE_SHARE,
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

/** Each gateway answers a paid call. @throws {Error} One did not in time; with all that it said, and its metrics. */
async function whenAllAnswer(system: System): Promise<void> {
  await Promise.all(
    system.gateways.map(async ({ plan }, index) => {
      const answers = new Map<string, number>();
      const ask = async (): Promise<boolean> => {
        const said = await probe(new URL(plan.healthUrl).origin, system.tenant.secret).then(
          ({ status, text }) => (status === 200 ? 'ok' : `${status} ${text.replaceAll(REQUEST_ID, 'req_…')}`),
          (error: unknown) => String(error),
        );
        answers.set(said, (answers.get(said) ?? 0) + 1);
        return said === 'ok';
      };
      const description = `an answer of ${plan.name}`;
      try {
        await waitFor(ask, { timeoutMs: GIVE_UP_MS, intervalMs: 100, description });
      } catch (cause) {
        const all = [...answers].map(([said, count]) => `${count} times ${said}`).join('\n    ');
        throw new Error(`${plan.name} has not recovered:\n    ${all}\n    ${await diagnose(system, index)}`, {
          cause,
        });
      }
    }),
  );
}
