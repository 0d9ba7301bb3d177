/** A whole answer, and the events of one that arrives bit by bit, in no vendor's words. */
import type { TokenUsage } from '@tollgate/catalog';
import type { Citation, Part, Signature } from './parts.ts';
import type { JsonObject, JsonValue } from './wire-format.ts';

/**
 * Why the model stopped. `pause`: a server tool wants another turn; `refusal`: the model declined;
 * `filtered`: the provider's filter stopped it; `other`: see `raw`.
 */
export type FinishKind =
  | 'stop'
  | 'stopSequence'
  | 'length'
  | 'toolCalls'
  | 'refusal'
  | 'filtered'
  | 'pause'
  | 'malformedCall'
  | 'other';

export interface Finish {
  readonly kind: FinishKind;
  /** As the provider wrote it. */
  readonly raw: string;
  readonly stopSequence?: string;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[] | null;
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes?: readonly number[] | null;
  }[];
}

export interface NeutralChoice {
  readonly content: readonly Part[];
  readonly finish: Finish;
  readonly logprobs?: readonly TokenLogprob[];
}

export interface NeutralAnswer {
  /** The provider's own id of it; empty where it has none. */
  readonly id: string;
  /** As the provider calls the model that answered. */
  readonly model: string;
  /** Unix seconds; absent where the provider does not say. */
  readonly createdAt?: number;
  readonly choices: readonly NeutralChoice[];
  /** Absent: the provider told none. */
  readonly usage?: TokenUsage;
  readonly serviceTier?: string;
  /** The prompt itself was blocked: there are no choices, and this says why, in the provider's word. */
  readonly promptBlocked?: string;
  /** Safety ratings, grounding and the like, which another format has no words for. */
  readonly nativeMembers?: { readonly members: JsonObject };
}

/** What a block will hold; its deltas follow. */
export type BlockStart =
  | { readonly kind: 'text' }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'reasoning'; readonly id?: string; readonly isSummary?: boolean }
  | { readonly kind: 'toolCall'; readonly id: string; readonly name: string; readonly custom?: boolean }
  | { readonly kind: 'audio'; readonly id?: string }
  /** Arrives whole: images, redacted reasoning, native blocks. */
  | { readonly kind: 'whole'; readonly part: Part };

export type BlockDelta =
  /** Text, refusal, reasoning, or the arguments of a call, as the block's kind says. */
  | { readonly kind: 'text'; readonly text: string }
  /** Of a call it comes before the call's arguments, because it may have to travel in the id. */
  | { readonly kind: 'signature'; readonly signature: Signature }
  | { readonly kind: 'citation'; readonly citation: Citation }
  | {
      readonly kind: 'audio';
      readonly data: string;
      readonly transcript?: string;
      readonly expiresAt?: number;
    }
  | { readonly kind: 'logprobs'; readonly logprobs: readonly TokenLogprob[] };

/**
 * `start` comes first and once; blocks are numbered from 0 within their choice, in the order of their start, and
 * each ends; one `finish` per choice; usage may come several times, the later report replacing the earlier where
 * it says more; `end` is the format's own last word. Readers make this true of any provider.
 */
export type NeutralEvent =
  | {
      readonly kind: 'start';
      readonly id: string;
      readonly model: string;
      readonly createdAt?: number;
      readonly serviceTier?: string;
    }
  | {
      readonly kind: 'blockStart';
      readonly choice: number;
      readonly block: number;
      readonly start: BlockStart;
    }
  | {
      readonly kind: 'blockDelta';
      readonly choice: number;
      readonly block: number;
      readonly delta: BlockDelta;
    }
  | { readonly kind: 'blockEnd'; readonly choice: number; readonly block: number }
  /** With the tier that served it, where that is told with it: at the start some say only what was asked for. */
  | { readonly kind: 'usage'; readonly usage: TokenUsage; readonly serviceTier?: string }
  | { readonly kind: 'finish'; readonly choice: number; readonly finish: Finish }
  | { readonly kind: 'promptBlocked'; readonly reason: string }
  | { readonly kind: 'native'; readonly members: JsonObject }
  /** The provider reports a failure inside the stream; `body` as it came. */
  | { readonly kind: 'error'; readonly body: JsonValue }
  | { readonly kind: 'end' };
