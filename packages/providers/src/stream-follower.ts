/** What follows a stream of any format on the way through: reads what is metered, decides what the client sees. */
import type { TokenUsage } from '@tollgate/catalog';

export type StreamStep =
  /** What the client gets; null: nothing. */
  | { readonly kind: 'data'; readonly data: string | null }
  /** The stream is complete. `data` is its last event, where the client gets that one too (`message_stop`). */
  | { readonly kind: 'end'; readonly data?: string }
  /** The provider reports a failure inside the stream, or something that is no chunk; parsed as far as it is JSON. */
  | { readonly kind: 'error'; readonly body: unknown };

export interface StreamFollower {
  /** @param data Bytes as Latin-1. @param event The event's name; empty where it has none. */
  next(data: string, event: string): StreamStep;
  readonly usage: TokenUsage | undefined;
  readonly finishReason: string;
  /** The service tier that answered, as prices name it; undefined: not told. */
  readonly servedTier?: string | undefined;
  readonly outputBytes: number;
  /** Whether anything has been generated: the first token has arrived. */
  readonly started: boolean;
}
