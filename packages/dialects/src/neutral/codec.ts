/**
 * A wire format in both directions. A client's side reads requests and writes answers; a provider's side writes
 * requests and reads answers. Codecs are pure: no I/O, no clock but the one they are given.
 *
 * Text is real JavaScript text here (the byte-preserving path of equal formats does not come through codecs).
 */
import type { GatewayError } from '@tollgate/errors';
import type { NeutralAnswer, NeutralEvent } from './answer.ts';
import type { TranslationNotes } from './notes.ts';
import type { NeutralRequest } from './request.ts';
import type { JsonObject, JsonValue, WireFormat } from './wire-format.ts';

/** What an answer says besides what the provider said. */
export interface AnswerContext {
  readonly requestId: string;
  /** As the client named the model. */
  readonly model: string;
  /** Unix seconds, for formats that need a time where the provider told none. */
  readonly nowSeconds: number;
  /** What was asked: formats such as Responses repeat it, chat hides usage that was not asked for. */
  readonly request: NeutralRequest;
  /** OpenAI chat's `stream_options.include_usage`. */
  readonly showUsage: boolean;
}

/** One event of a client's stream, before framing. `event` is empty where the format names none. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

export interface StreamWriter {
  /** What the client gets for it; often one message, sometimes none or several. */
  write(event: NeutralEvent): readonly StreamMessage[];
  /** The format's own last words, `[DONE]` included; after `end` was written. */
  finish(): readonly StreamMessage[];
  /** The format's own way to say that it failed in the middle; nothing comes after it. */
  fail(error: GatewayError): readonly StreamMessage[];
}

export interface StreamReader {
  /**
   * @param data One event's payload, parsed. Never throws for what a provider sends: what is no event of the format
   * is an `error` event.
   */
  read(data: JsonValue, eventName: string): readonly NeutralEvent[];
  /** The provider closed the stream: what is still to be said, with `end` only if all had been said. */
  close(): readonly NeutralEvent[];
}

/** What the path says (Gemini: model and stream). */
export interface RequestHints {
  readonly model?: string;
  readonly stream?: boolean;
}

export interface Codec {
  readonly format: WireFormat;
  readRequest(body: JsonObject, hints: RequestHints): NeutralRequest;
  /** @throws {GatewayError} `unsupported_parameter` through the notes. */
  writeRequest(request: NeutralRequest, notes: TranslationNotes): JsonObject;
  /** @returns Undefined where the body is no answer of this format. Never throws for what a provider sends. */
  readAnswer(body: JsonValue): NeutralAnswer | undefined;
  writeAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject;
  createStreamReader(): StreamReader;
  createStreamWriter(context: AnswerContext): StreamWriter;
}
