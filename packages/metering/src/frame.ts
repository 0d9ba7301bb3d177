/**
 * What a gateway writes to its log: the life of each attempt, and of the request around it.
 *
 * A frame's type, not its bytes: framing lives in the log's own files. Frames are numbered per gateway epoch
 * by the log. Amounts are decimal strings of pico-USD, because frames are JSON; times are Unix milliseconds
 * of the process clock.
 */
import type { PriceJson, RatedComponentJson, TokenUsage } from '@tollgate/catalog';

/** Who asked for what; the same for every attempt of a request. A snapshot: later renames change nothing. */
export interface RequestSubject {
  readonly organizationId: string;
  readonly requestId: string;
  /** Taken from the request id; never changes. */
  readonly startedAtMs: number;
  readonly keyId: string;
  readonly teamId: string;
  readonly teamPath: string;
  readonly costCenter: string;
  readonly memberId: string;
  readonly serviceAccountId: string;
  readonly endUser: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly routeId: string;
  readonly requestedModel: string;
  readonly endpoint: string;
  readonly dialect: 'openai' | 'anthropic' | 'gemini';
  readonly streamed: boolean;
}

/** Which upstream one attempt went to, and at which price. */
export interface AttemptTarget {
  /** 1 for the first try. */
  readonly attempt: number;
  readonly model: string;
  readonly provider: string;
  readonly credentialId: string;
  readonly credentialOwner: 'organization' | 'operator';
  readonly region: string;
  readonly serviceTier: string;
  readonly livemode: boolean;
  /** Empty when no price is known: the cost is then unknown, never zero. */
  readonly priceVersionId: string;
  readonly markupRuleId: string;
  readonly markupBasisPoints: number;
  /** Component name to pico-USD per unit, as decimal strings; absent: the rule adds nothing per unit. */
  readonly markupPerUnit?: Readonly<Record<string, string>>;
}

/** What one attempt holds of one budget: the money that its entry is settled from. */
export interface BudgetHold {
  readonly budgetId: string;
  readonly scopeValue: string;
  /** Unix milliseconds. */
  readonly periodStart: number;
  readonly grantId: string;
  readonly amountPicoUsd: string;
}

/** A model that lines of a batch ask for. */
export interface BatchModel {
  /** As the lines say it. */
  readonly name: string;
  /** As prices and the ledger know it. */
  readonly model: string;
  /** Fixed when the batch was made; empty: no price was known. */
  readonly priceVersionId: string;
}

/** A batch that is made at a provider: many requests in a file, worked on for hours, and billed afterwards. */
export interface StartedBatch {
  readonly inputFileId: string;
  /** Where its lines are asked: `/v1/chat/completions`. */
  readonly endpoint: string;
  /** Empty: its input file was not read. */
  readonly models: readonly BatchModel[];
}

/** Before anything is sent upstream. An attempt without this frame was never dispatched. */
export interface DispatchFrame {
  readonly kind: 'dispatch';
  readonly subject: RequestSubject;
  readonly target: AttemptTarget;
  /** Our own count of the input, for the case that the provider never tells. */
  readonly inputTokensCounted: number;
  /**
   * The price that was fixed at dispatch (`priceJsonOf`), so that a replay rates without a database. It is
   * here and not in a frame of its own, because then no other frame has to survive for this one's sake.
   */
  readonly price: PriceJson | null;
  /** On every hard budget in scope, all or none; absent: none is in scope. */
  readonly holds?: readonly BudgetHold[];
  /** Of an attempt that makes a batch. */
  readonly batch?: StartedBatch;
}

/** Cumulative; the last one wins. Lets a replay settle what a killed process had already received. */
export interface ProgressFrame {
  readonly kind: 'progress';
  readonly requestId: string;
  readonly attempt: number;
  /** Our own count of what has arrived so far. */
  readonly outputTokensCounted: number;
  /** The provider's usage, as soon as it has told. */
  readonly usage?: TokenUsage;
  /** Our own count of what has arrived since then, which that usage leaves out. */
  readonly untoldTokensCounted?: number;
}

export type AttemptStatus = 'succeeded' | 'failed' | 'aborted' | 'interrupted';
/** Where the token counts come from; everything but `provider` and `none` is marked estimated. */
export type UsageSource = 'provider' | 'counted' | 'hold' | 'none';

/** The end of an attempt: exactly one for each dispatch, written by the process or by a replay. */
export interface SettleFrame {
  readonly kind: 'settle';
  readonly organizationId: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly status: AttemptStatus;
  /** The provider's status; 0 when none arrived. */
  readonly httpStatus: number;
  readonly errorCode: string;
  readonly finishReason: string;
  readonly usage: TokenUsage;
  readonly usageSource: UsageSource;
  readonly estimated: boolean;
  readonly components: readonly RatedComponentJson[];
  /** Null: no price was known. */
  readonly costPicoUsd: string | null;
  readonly chargePicoUsd: string;
  /** What budgets count where nobody can tell the cost: what was held (`assumedOf`). Absent: cost or charge. */
  readonly budgetPicoUsd?: string;
  /** The tier that answered and its price, where it is not the dispatch's; the rating is then by this one. */
  readonly served?: { readonly serviceTier: string; readonly priceVersionId: string };
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number;
  readonly upstreamRequestId: string;
  /** The batch that was made, as the provider calls it. Absent: none was, or the answer never came. */
  readonly batchId?: string;
}

/** By which route a request was served. Names and places as they were then. */
export interface ServedRoute {
  readonly id: string;
  readonly name: string;
  /** Index of the rule that held. */
  readonly rule: number;
  /** The model of the target that was drawn: what was tried first. */
  readonly target: string;
}

/**
 * A budget was spent, and the model that it names for then took over before anything was sent. Names and places as they
 * were then.
 */
export interface Substitution {
  /** The name is empty where it has none. */
  readonly budget: { readonly id: string; readonly name: string };
  /** As the budget names it. */
  readonly model: string;
  /** That it took over from; null: none was asked for. */
  readonly route: ServedRoute | null;
}

/** The request as its client saw it, refusals included; feeds the explorer, carries no money. */
export interface RequestFrame {
  readonly kind: 'request';
  readonly subject: RequestSubject;
  readonly model: string;
  readonly provider: string;
  readonly livemode: boolean;
  /** HTTP status; 499 when the client went away first. */
  readonly status: number;
  readonly errorCode: string;
  /** The `tollgate` object of the error the client was given. */
  readonly refusal: Readonly<Record<string, unknown>> | null;
  readonly attempts: number;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number;
  readonly clientAddress: string;
  readonly userAgent: string;
  /**
   * What the last attempt was sent in, such as `anthropic-messages`; empty: nothing was sent. This and the two below
   * are absent from frames of earlier versions and of requests whose gateway died.
   */
  readonly providerFormat?: string;
  /** The formats of client and provider differ. */
  readonly translated?: boolean;
  /** Parameters that the provider could not be told, as the client wrote them. */
  readonly unsupported?: readonly string[];
  /** Absent: by none, or before one was found. */
  readonly route?: ServedRoute;
  /** Absent: none took over. There is no route beside it. */
  readonly substitution?: Substitution;
}

export type Frame = DispatchFrame | ProgressFrame | SettleFrame | RequestFrame;

/** One line of the ledger, as it travels from gateway to worker: a dispatch joined with its settlement. */
export interface UsageEntryRecord {
  readonly subject: RequestSubject;
  readonly target: AttemptTarget;
  readonly settle: Omit<SettleFrame, 'kind' | 'organizationId' | 'requestId' | 'attempt'>;
  /** Of the settle frame, in its epoch. */
  readonly sequence: number;
  readonly holds?: readonly BudgetHold[];
  readonly batch?: StartedBatch;
}

/** A settlement whose dispatch was lost with a damaged part of the log: set aside, for a person to look at. */
export interface OrphanSettlement {
  readonly settle: SettleFrame;
  readonly sequence: number;
}

/** What one shipping job carries: everything that ended in frames (fromSequence, toSequence]. */
export interface UsageBatch {
  readonly version: 1;
  readonly gatewayId: string;
  readonly epochId: string;
  readonly fromSequence: number;
  readonly toSequence: number;
  /**
   * Frames up to here were cut from the log, because Postgres had confirmed them. Above the watermark only
   * after Postgres was restored to an older state; tells the worker not to wait for what is gone.
   */
  readonly floorSequence: number;
  readonly entries: readonly UsageEntryRecord[];
  readonly requests: readonly Omit<RequestFrame, 'kind'>[];
  readonly orphans: readonly OrphanSettlement[];
}
