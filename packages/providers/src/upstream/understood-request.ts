/**
 * The seam between the gateway and every wire format: what a client asked, in whatever dialect, and what becomes of
 * it at one provider. Pure: the gateway connects, waits, meters and sends.
 *
 * A request is read once (`readGenerateRequest` and the other readers of this folder) and planned once per candidate,
 * because a fall-back may speak another format.
 */
import type { CacheWrites, PriceComponents, TokenUsage } from '@tollgate/catalog';
import type { RequestExtensions, RequestUse, UnsupportedMode } from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import type { BatchAsked } from '../batch/batch-asked.ts';
import type { Secrets, UpstreamFailure } from '../openai-compatible/errors.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

export interface UnderstoodRequest {
  /** As the client named it; empty where the endpoint has none. */
  readonly model: string;
  /** Whether the answer is passed on as it comes: events, or bytes. */
  readonly stream: boolean;
  readonly extensions: RequestExtensions;
  /** As received. */
  readonly body: Buffer;
  /** Nothing is generated, and providers ask nothing for it. */
  readonly isFree: boolean;
  /** Makes a batch: what it costs stands in a file that the provider keeps. */
  readonly batch?: BatchAsked;
  /** What it can use at most, for budgets; names of images and units as the price has them, where it is known. */
  useFor(price: PriceComponents | undefined): RequestUse;
  /**
   * What this provider can write to its prompt cache for it, and bill.
   * @param address The credential's base URL. Undefined: it is the provider's own.
   */
  cacheWritesAt(provider: Provider, upstreamModel: string, address?: string): CacheWrites;
  /** The tier that it asks this provider for, as prices name it. */
  serviceTierAt(provider: Provider, upstreamModel: string): string;
  /** Where it asks this provider to run it, as prices name it. Undefined: it leaves that to the credential. */
  regionAt?(provider: Provider, upstreamModel: string): string | undefined;
  /** Whether the provider has what is asked, of its own or by translation. */
  isServedBy(provider: Provider, upstreamModel: string): boolean;
  /** The member that names what an account keeps, such as `file_id`; see kept-reference.ts. */
  keptReference(): string | undefined;
  /** @throws {GatewayError} `unsupported_parameter`: the provider's format cannot say it [G7]. */
  plan(target: UpstreamTarget): UpstreamPlan;
}

export interface UpstreamTarget {
  readonly provider: Provider;
  /** As the provider calls it. */
  readonly model: string;
  /** Tokens; what a budget affords. */
  readonly outputCap: number | undefined;
  readonly unsupported: UnsupportedMode;
  readonly requestId: string;
  readonly nowSeconds: number;
  readonly price: PriceComponents | undefined;
}

export interface UpstreamPlan {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Where `endpointAddress` finds it. */
  readonly endpoint: ProviderEndpoint;
  /** To stand in the address instead of the target's; undefined: the target's. */
  readonly model?: string;
  /** Behind the endpoint's address: the id of a file, a query. */
  readonly pathSuffix: string;
  /** Whether the endpoint's address for streams is meant, and events (or bytes) come back. */
  readonly stream: boolean;
  /** Besides the provider's own and those that authorize. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What stands in for usage that the provider does not tell; undefined: our own count of the text. */
  readonly guess: TokenUsage | undefined;
  /** The formats differ: the answer is written anew, and a provider's own error words do not fit the client. */
  readonly translated: boolean;
  /** Parameters that were left out, as the client wrote them. */
  readonly unsupported: readonly string[];
  /** The error for the caller, from an answer with status 400 or above. */
  failure(failure: UpstreamFailure): GatewayError;
  /** The same for a failure inside a stream; `body` as `AnswerStream.state` has it. */
  streamFailure(body: unknown, provider: string, secret: Secrets): GatewayError;
  /** @returns Undefined: not what this API answers with. */
  readWhole(body: Buffer, contentType: string): WholeAnswer | undefined;
  /** @returns Undefined: a provider that answers with this type does not stream what was asked for. */
  createStream(contentType: string): AnswerStream | undefined;
}

/** A whole answer: what is metered, and what the client gets. */
export interface WholeAnswer {
  /** Undefined: the provider told none, so our own count stands in. */
  readonly usage: TokenUsage | undefined;
  readonly finishReason: string;
  /** The service tier that answered, as prices name it; undefined: the asked one. */
  readonly servedTier?: string | undefined;
  /** Bytes of generated text, for our own count. */
  readonly outputBytes: number;
  readonly contentType: string;
  /** For the client. */
  readonly body: Buffer;
  /** The same as Latin-1. */
  readonly text: string;
  /** The batch that was made, as the provider calls it; empty where it does not say it. */
  readonly batchId?: string;
}

export type AnswerStreamState =
  | { readonly kind: 'open' }
  /** All is there; `finish` has the last words. */
  | { readonly kind: 'complete' }
  /** The provider reports a failure inside the stream, or something that is none of its events. */
  | { readonly kind: 'failed'; readonly body: unknown };

/** An answer that comes bit by bit, from any provider's framing into the client's. Output is bytes held as Latin-1. */
export interface AnswerStream {
  readonly contentType: string;
  /**
   * @returns What the client gets for it, often nothing.
   * @throws {EventTooLargeError}
   */
  feed(chunk: Buffer): string;
  /** The provider closed the connection: what was still to be said. `state` tells whether it was all. */
  close(): string;
  /** The format's last words, once, behind everything that was fed. */
  finish(): string;
  /** The format's own way to say that it failed in the middle; nothing comes after it. Null: it has none. */
  fail(error: GatewayError): string | null;
  readonly state: AnswerStreamState;
  readonly usage: TokenUsage | undefined;
  readonly finishReason: string;
  /** The service tier that answered, as prices name it; undefined: the asked one. */
  readonly servedTier?: string | undefined;
  readonly outputBytes: number;
  /** Those that arrived after the latest usage was told, which then leaves them out: Anthropic's first one does. */
  readonly untoldBytes: number;
  /** Events that brought output; each is a token at least. */
  readonly pieces: number;
  /** Whether anything of the answer has arrived, so that it cannot be tried elsewhere any more. */
  readonly hasOutput: boolean;
}
