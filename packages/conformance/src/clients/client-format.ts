/** What clients speak, and what one of them made of an answer. */
import type { ContentFormat } from '../fixtures/exchange.ts';
import type { Reading } from '../reading/reading.ts';

export const CLIENT_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
] as const satisfies readonly ContentFormat[];
export type ClientFormat = (typeof CLIENT_FORMATS)[number];

/** A request of the simplest kind; what the answer is does not depend on it where answers are replayed. */
export interface Question {
  /** Of the gateway or of a stand-in, without a path. */
  readonly origin: string;
  readonly apiKey: string;
  readonly model: string;
  readonly stream: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of the body besides the model and one user message, in the client's own format. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export type ClientAnswer =
  | {
      readonly kind: 'answer';
      /** From every event that the SDK handed over, or from the whole answer. */
      readonly reading: Reading;
      /** From what the SDK itself put together out of a stream; elsewhere the same. */
      readonly assembled: Reading;
      /** As the SDK's user sees it. */
      readonly value: unknown;
      /** Of a stream: every event as the SDK handed it over. */
      readonly events: readonly unknown[];
    }
  | {
      readonly kind: 'error';
      /** The SDK's class, such as `RateLimitError`. */
      readonly name: string;
      readonly status: number | undefined;
      readonly message: string;
    };
