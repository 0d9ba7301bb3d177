/**
 * One try at one upstream, as the ledger will know it: dispatched once, settled exactly once.
 *
 * Only keeps the books; the call itself is upstream-call.ts. Settling twice is not an error but has no effect:
 * abort, deadline and end of an answer race each other, and the first one tells how it was.
 */
import { emptyUsage, type PriceVersion, type TokenUsage } from '@tollgate/catalog';
import {
  type AttemptStatus,
  type AttemptTarget,
  priceJsonOf,
  type RatedAttempt,
  type RequestSubject,
  rateAttempt,
  type SettleFrame,
  type UsageSource,
} from '@tollgate/metering';
import { countTokens } from '../token-counter.ts';
import type { UsageLog } from './usage-log.ts';

export interface AttemptEnd {
  readonly status: AttemptStatus;
  readonly httpStatus: number;
  readonly errorCode: string;
  readonly finishReason: string;
  /** The provider's; undefined: it told none. */
  readonly usage: TokenUsage | undefined;
  /** Whether the provider may have worked for it, so that our own count stands in for usage it did not tell. */
  readonly mayBeBilled: boolean;
  /** Bytes of generated text that arrived. */
  readonly outputBytes: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  readonly overheadUs: number;
  readonly upstreamRequestId: string;
}

export interface SettledAttempt {
  readonly target: AttemptTarget;
  readonly settle: SettleFrame;
}

export interface AttemptOptions {
  readonly log: UsageLog;
  readonly subject: RequestSubject;
  readonly target: AttemptTarget;
  /** Fixed at dispatch. Undefined: the cost is unknown. */
  readonly price: PriceVersion | undefined;
  /** Of the request, as sent upstream. */
  readonly inputBytes: number;
}

/** What was never worked on costs nothing, even where the price has a fee per request. */
const NO_WORK: RatedAttempt = { components: [], costPicoUsd: '0', chargePicoUsd: '0' };

export class Attempt {
  readonly target: AttemptTarget;
  readonly #options: AttemptOptions;
  readonly #price: PriceVersion | undefined;
  readonly #inputTokensCounted: number;
  #settled: SettledAttempt | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.target = options.target;
    this.#price = options.price;
    this.#inputTokensCounted = countTokens(options.inputBytes);
  }

  get settled(): SettledAttempt | undefined {
    return this.#settled;
  }

  /** Nothing may be sent upstream before the frame that this appends has been written. */
  dispatch(): void {
    this.#options.log.append({
      kind: 'dispatch',
      subject: this.#options.subject,
      target: this.target,
      inputTokensCounted: this.#inputTokensCounted,
      price: this.#price === undefined ? null : priceJsonOf(this.#price),
    });
  }

  progress(outputBytes: number, usage: TokenUsage | undefined): void {
    if (this.#settled !== undefined) return;
    this.#options.log.append({
      kind: 'progress',
      requestId: this.#options.subject.requestId,
      attempt: this.target.attempt,
      outputTokensCounted: countTokens(outputBytes),
      ...(usage === undefined ? {} : { usage }),
    });
  }

  settle(end: AttemptEnd): SettledAttempt {
    if (this.#settled !== undefined) return this.#settled;
    const { usage, usageSource } = this.#usageOf(end);
    const rated = usageSource === 'none' ? NO_WORK : rateAttempt(this.target, this.#price, usage);
    const { subject } = this.#options;
    const settle: SettleFrame = {
      kind: 'settle',
      organizationId: subject.organizationId,
      requestId: subject.requestId,
      attempt: this.target.attempt,
      status: end.status,
      httpStatus: end.httpStatus,
      errorCode: end.errorCode,
      finishReason: end.finishReason,
      usage,
      usageSource,
      estimated: usageSource === 'counted',
      ...rated,
      totalMs: Math.round(end.totalMs),
      firstTokenMs: end.firstTokenMs === null ? null : Math.round(end.firstTokenMs),
      overheadUs: Math.round(end.overheadUs),
      upstreamRequestId: end.upstreamRequestId,
    };
    this.#settled = { target: this.target, settle };
    this.#options.log.append(settle);
    return this.#settled;
  }

  #usageOf(end: AttemptEnd): { usage: TokenUsage; usageSource: UsageSource } {
    if (end.usage !== undefined) return { usage: end.usage, usageSource: 'provider' };
    if (!end.mayBeBilled) return { usage: emptyUsage(), usageSource: 'none' };
    const usage = {
      ...emptyUsage(),
      inputTokens: this.#inputTokensCounted,
      outputTokens: countTokens(end.outputBytes),
    };
    return { usage, usageSource: 'counted' };
  }
}
