/**
 * What a wire format hands over once it has decided: a refusal, a whole body or a stream, with what it costs.
 *
 * Formats know shapes and words; delivery.ts knows time, faults and the books. Headers are Node's flat lists.
 */
import type { Usage } from '../answer.ts';
import type { Controls } from '../controls.ts';
import type { Pacing } from '../models.ts';
import type { StreamEvent } from '../stream-events.ts';

export interface Failure {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly headers: readonly string[];
}

interface ReplyFacts {
  /** For the truth log: `openai-chat`, `anthropic-messages`, … */
  readonly format: string;
  readonly controls: Controls;
  /** The model as it was asked for, or the one that answers. */
  readonly model: string | null;
  readonly isStream: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly user: string | null;
  readonly inputTokens: number;
  /** Sent with every answer of this provider: its request id and the noise of its edge. */
  readonly fixedHeaders: readonly string[];
}

export interface RefusalReply extends ReplyFacts {
  readonly kind: 'refusal';
  readonly failure: Failure;
}

export interface PlainReply extends ReplyFacts {
  readonly kind: 'plain';
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string | Buffer;
  readonly usage: Usage;
  /** Whether the body tells the usage. */
  readonly hasUsage: boolean;
  readonly delayMs: number;
}

export interface StreamReply extends ReplyFacts {
  readonly kind: 'stream';
  readonly headers: readonly string[];
  readonly events: Iterator<StreamEvent>;
  readonly usage: Usage;
  readonly pacing: Pacing;
  /** Reasoning that is produced in silence before the first visible token. */
  readonly hiddenTokens: number;
  /** The events are bytes, one in each character. */
  readonly isBinary: boolean;
}

export type Reply = RefusalReply | PlainReply | StreamReply;

/** Carries a refusal out of nested readers. */
export class WireRefusal extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.body.slice(0, 200));
    this.failure = failure;
  }
}
