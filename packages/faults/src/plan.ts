/**
 * Which fault strikes what, when and for how long: a pure function of the seed, so that any walk can be replayed.
 *
 * Faults are dealt like cards: every one has its turn before any comes again.
 */
import { createRandom, type Random } from './random.ts';

export const FAULTS = [
  'gateway-kill',
  'gateway-restart',
  'gateway-pause',
  'worker-kill',
  'redis-flush',
  'redis-down',
  'redis-slow',
  'postgres-down',
  'postgres-slow',
  'postgres-silent',
  'upstream-slow',
  'upstream-cut',
  'clock-jump',
  'jobs-shuffled',
  'disk-full',
] as const;

export type Fault = (typeof FAULTS)[number];

export interface Step {
  readonly fault: Fault;
  /** Which gateway or worker; 0 where there is only one of its kind. */
  readonly target: number;
  /** Delay of what is slow, offset of a clock that jumps; 0 elsewhere. */
  readonly amountMs: number;
  /** From the fault to its healing. */
  readonly holdMs: number;
  /** From the healing, and the recovery, to the next step. */
  readonly pauseMs: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly gatewayCount: number;
  readonly workerCount: number;
  /** A paused gateway sleeps longer than this. */
  readonly grantTtlMs: number;
  /** Alone these; all of them unless told. */
  readonly faults?: readonly Fault[];
}

/** What a healing and the recovery after it usually take; the walk's own time may differ. */
const RECOVERY_MS = 1_500;
const MINUTE_MS = 60_000;
const JUMPS_MS = [5 * MINUTE_MS, -5 * MINUTE_MS, 24 * 60 * MINUTE_MS, -24 * 60 * MINUTE_MS] as const;

/** At least one step; as many as usually fit into the duration. */
export function planWalk(options: PlanOptions): Step[] {
  const random = createRandom(options.seed);
  const steps: Step[] = [];
  let deck: Fault[] = [];
  for (let atMs = 0; steps.length === 0 || atMs < options.durationMs; ) {
    if (deck.length === 0) deck = random.shuffle(options.faults ?? FAULTS);
    const step = planStep(deck.shift() as Fault, random, options);
    steps.push(step);
    atMs += step.holdMs + step.pauseMs + RECOVERY_MS;
  }
  return steps;
}

function planStep(
  fault: Fault,
  random: Random,
  { gatewayCount, workerCount, grantTtlMs }: PlanOptions,
): Step {
  // Drawn whether needed or not, so that a change to one fault leaves the steps of the others as they were.
  const gateway = random.integer(0, gatewayCount - 1);
  const worker = random.integer(0, workerCount - 1);
  const delayMs = random.integer(50, 400);
  const jumpMs = random.pick(JUMPS_MS);
  const holdMs = random.integer(500, 3_000);
  const pauseMs = random.integer(300, 1_500);
  const step = { fault, target: 0, amountMs: 0, holdMs, pauseMs };
  switch (fault) {
    case 'gateway-kill':
    case 'gateway-restart':
      return { ...step, target: gateway, holdMs: Math.min(holdMs, 1_000) };
    case 'disk-full':
      return { ...step, target: gateway };
    case 'gateway-pause':
      return { ...step, target: gateway, holdMs: grantTtlMs + holdMs };
    case 'worker-kill':
      return { ...step, target: worker };
    case 'clock-jump':
      return { ...step, target: gateway, amountMs: jumpMs };
    case 'redis-slow':
    case 'postgres-slow':
    case 'upstream-slow':
      return { ...step, amountMs: delayMs };
    case 'redis-flush':
      return { ...step, holdMs: 0 };
    case 'redis-down':
    case 'postgres-down':
    case 'postgres-silent':
    case 'upstream-cut':
    case 'jobs-shuffled':
      return step;
  }
}
