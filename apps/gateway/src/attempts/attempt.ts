/**
 * One try at one upstream, as the ledger will know it: dispatched once, settled exactly once.
 *
 * Only keeps the books; the call itself is upstream-call.ts. Settling twice is not an error but has no effect:
 * abort, deadline and end of an answer race each other, and the first one tells how it was.
 */
import { emptyUsage, type PriceVersion, type TokenUsage, totalOutputTokens } from '@tollgate/catalog';
import { countedAmount, type Hold } from '@tollgate/limits';
import {
  type AttemptStatus,
  type AttemptTarget,
  assumedOf,
  priceJsonOf,
  type RatedAttempt,
  type RequestSubject,
  rateAttempt,
  type SettleFrame,
  type StartedBatch,
  type UsageSource,
} from '@tollgate/metering';
import type { FixedPrice } from '../pricing.ts';
import { countTokens } from '../token-counter.ts';
import type { UsageLog } from './usage-log.ts';

export interface AttemptEnd {
  readonly status: AttemptStatus;
  readonly httpStatus: number;
  readonly errorCode: string;
  readonly finishReason: string;
  /** The provider's; undefined: it told none. */
  readonly usage: TokenUsage | undefined;
  /** The service tier that answered; undefined: the asked one. */
  readonly servedTier?: string | undefined;
  /** Whether the provider may have worked for it, so that our own count stands in for usage it did not tell. */
  readonly mayBeBilled: boolean;
  /** Bytes of generated text that arrived. */
  readonly outputBytes: number;
  /** Of those, what arrived after usage was told, so that it leaves them out unless it is the last word. */
  readonly untoldBytes: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  readonly overheadUs: number;
  readonly upstreamRequestId: string;
  /** The batch that was made, as the provider calls it. */
  readonly batchId?: string | undefined;
}

/** What a stream has brought so far. */
export interface Produced {
  /** Events that brought output; each is a token at least. */
  readonly pieces: number;
  readonly outputBytes: number;
  readonly usage: TokenUsage | undefined;
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
  /** The price of another tier, from the same books; absent: no tier but the asked one can answer. */
  readonly priceAt?: (serviceTier: string) => FixedPrice;
  /** Of the request, as sent upstream. */
  readonly inputBytes: number;
  /** What stands in for usage that the provider does not tell; undefined: the text that was counted. */
  readonly guess?: TokenUsage | undefined;
  /** Undefined: no hard budget is in scope. Ended by the settlement. */
  readonly hold?: Hold | undefined;
  /** Makes a batch. */
  readonly batch?: StartedBatch | undefined;
  /** It cost more than was held. */
  readonly onOverrun?: () => void;
}

/** On average over an answer, in any script; a limit for believing, not an estimate. */
const MAX_BYTES_PER_TOKEN = 16;
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

  /** The output cap that we put into the request; null: none, or the caller's own. */
  get outputCapSet(): number | null {
    const { hold } = this.#options;
    return hold?.isCapOurs === true ? hold.outputCap : null;
  }

  get settled(): SettledAttempt | undefined {
    return this.#settled;
  }

  /** Nothing may be sent upstream before the frame that this appends has been written. */
  dispatch(): void {
    try {
      this.#appendDispatch();
    } catch (error) {
      // The log did not take it (it is too large): no settlement will end what is held.
      this.#options.hold?.release();
      throw error;
    }
  }

  #appendDispatch(): void {
    const { hold, batch } = this.#options;
    this.#options.log.append({
      kind: 'dispatch',
      subject: this.#options.subject,
      target: this.target,
      inputTokensCounted: this.#inputTokensCounted,
      price: this.#price === undefined ? null : priceJsonOf(this.#price),
      ...(hold === undefined ? undefined : { holds: hold.holds }),
      ...(batch === undefined ? undefined : { batch }),
    });
  }

  progress(outputBytes: number, usage: TokenUsage | undefined, untoldBytes: number): void {
    if (this.#settled !== undefined) return;
    this.#options.log.append({
      kind: 'progress',
      requestId: this.#options.subject.requestId,
      attempt: this.target.attempt,
      outputTokensCounted: countTokens(outputBytes),
      ...(usage === undefined ? {} : { usage }),
      ...(usage === undefined || untoldBytes === 0 ? {} : { untoldTokensCounted: countTokens(untoldBytes) }),
    });
  }

  settle(end: AttemptEnd): SettledAttempt {
    if (this.#settled !== undefined) return this.#settled;
    const { usage, usageSource } = this.#usageOf(end);
    const served = this.#servedBy(end);
    const price = served === undefined ? this.#price : served.price;
    const rated = usageSource === 'none' ? NO_WORK : rateAttempt(this.target, price, usage);
    const { subject, hold } = this.#options;
    const { costPicoUsd } = rated;
    const facts = { costPicoUsd, usageSource, status: end.status, streamed: subject.streamed };
    const assumed = hold === undefined ? undefined : assumedOf(facts, hold.holds);
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
      estimated: usageSource === 'counted' || assumed?.budgetPicoUsd !== undefined,
      ...rated,
      totalMs: Math.round(end.totalMs),
      firstTokenMs: end.firstTokenMs === null ? null : Math.round(end.firstTokenMs),
      overheadUs: Math.round(end.overheadUs),
      upstreamRequestId: end.upstreamRequestId,
      ...assumed,
      ...(served === undefined ? undefined : { served: served.facts }),
      ...(end.batchId === undefined ? undefined : { batchId: end.batchId }),
    };
    this.#settled = { target: this.target, settle };
    this.#options.log.append(settle);
    this.#endHold(settle);
    return this.#settled;
  }

  /**
   * Whether a stream has cost what was held for it: only where a provider ignores its output cap. Of what is not
   * told yet only as much is believed as is certain.
   */
  isHoldUsedUp(produced: Produced): boolean {
    const { hold } = this.#options;
    if (hold === undefined || hold.outputCap === null || this.#settled !== undefined) return false;
    const outputTokens = Math.max(
      produced.pieces,
      Math.floor(produced.outputBytes / MAX_BYTES_PER_TOKEN),
      produced.usage === undefined ? 0 : totalOutputTokens(produced.usage),
    );
    if (outputTokens <= hold.outputCap) return false;
    const input = produced.usage ?? { ...emptyUsage(), inputTokens: this.#inputTokensCounted };
    const usage = { ...input, outputTokens, reasoningTokens: 0, audioOutputTokens: 0 };
    const settle = rateAttempt(this.target, this.#price, usage);
    // Beyond its cap at an unknown price: it counts at its hold in any case, and what comes on top could not be told.
    if (settle.costPicoUsd === null) return true;
    return countedAmount({ target: this.target, settle }) >= hold.amountPicoUsd;
  }

  /** Who is served by another tier than the asked one pays its price, from the books of the dispatch. */
  #servedBy({ servedTier }: AttemptEnd) {
    const { priceAt } = this.#options;
    if (servedTier === undefined || servedTier === this.target.serviceTier) return undefined;
    const fixed = priceAt?.(servedTier);
    if (fixed === undefined) return undefined;
    const { priceVersionId } = fixed.target;
    return { price: fixed.price, facts: { serviceTier: servedTier, priceVersionId } };
  }

  #endHold(settle: SettleFrame): void {
    const { hold, onOverrun } = this.#options;
    if (hold === undefined) return;
    if (settle.usageSource === 'none') hold.release();
    else if (hold.settle(countedAmount({ target: this.target, settle }))) onOverrun?.();
  }

  #usageOf(end: AttemptEnd): { usage: TokenUsage; usageSource: UsageSource } {
    if (end.usage !== undefined) {
      if (end.status === 'succeeded' || end.untoldBytes === 0) {
        return { usage: end.usage, usageSource: 'provider' };
      }
      const outputTokens = end.usage.outputTokens + countTokens(end.untoldBytes);
      return { usage: { ...end.usage, outputTokens }, usageSource: 'counted' };
    }
    if (!end.mayBeBilled) return { usage: emptyUsage(), usageSource: 'none' };
    const { guess } = this.#options;
    if (guess !== undefined) return { usage: guess, usageSource: 'counted' };
    const usage = {
      ...emptyUsage(),
      inputTokens: this.#inputTokensCounted,
      outputTokens: countTokens(end.outputBytes),
    };
    return { usage, usageSource: 'counted' };
  }
}
