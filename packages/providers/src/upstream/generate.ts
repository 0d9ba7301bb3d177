/**
 * Requests for generated content: the same format on both sides passes as bytes, any other pair goes through the
 * neutral model of the conversation.
 */
import type { CacheWrites } from '@tollgate/catalog';
import {
  type Codec,
  encodeBytes,
  type JsonObject,
  type JsonValue,
  type NeutralAnswer,
  type NeutralRequest,
  type Part,
  type RequestHints,
  TranslationNotes,
  type WireFormat,
} from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import type { ReadResponse } from '../openai-compatible/response.ts';
import { servedTierOf } from '../openai-compatible/served-tier.ts';
import type { Provider } from '../provider.ts';
import { formatsOf } from '../registry.ts';
import { cacheWritesIn } from './cache-writes.ts';
import {
  CLIENT_FORMATS,
  type ClientFormat,
  type ClientFormatParts,
  type NativeRequest,
} from './client-format.ts';
import { eventSourceFor } from './event-source.ts';
import { createJsonArrayFraming, type Framing, SERVER_SENT_EVENTS } from './framing.ts';
import { hostedPatchOf } from './hosted-patch.ts';
import { keptReferenceIn } from './kept-reference.ts';
import { NativeStream } from './native-stream.ts';
import { failuresOf, PROVIDER_CODECS } from './provider-format.ts';
import { DEFAULT_TIER, translatedTier } from './service-tier.ts';
import { TranslatedStream } from './translated-stream.ts';
import type { UnderstoodRequest, UpstreamPlan, UpstreamTarget, WholeAnswer } from './understood-request.ts';

export interface GenerateHints extends RequestHints {
  /** Gemini's streams come as one JSON array unless the client asks for events. */
  readonly jsonArray?: boolean;
  /** The client's `anthropic-beta`. */
  readonly betas?: readonly string[];
}

/** @throws {GatewayError} `invalid_request`. */
export function readGenerateRequest(
  format: ClientFormat,
  body: Buffer,
  hints: GenerateHints = {},
): UnderstoodRequest {
  const parts = CLIENT_FORMATS[format];
  return new GenerateRequest(format, parts, parts.read(body, hints), body, hints);
}

/** The format in which a provider is asked: the client's own where it speaks it, else the best it has. */
export function chooseFormat(
  provider: Provider,
  upstreamModel: string,
  client: ClientFormat,
): WireFormat | 'openai-completions' | undefined {
  const formats = formatsOf(provider, upstreamModel);
  if (client === 'openai-completions') {
    if (provider.paths[client] !== undefined) return client;
  } else if (formats.includes(client)) return client;
  return formats.find((format) => PROVIDER_CODECS[format] !== undefined);
}

/** What a request bills of cache writes at most that asks for no hour of cache, at the provider's own base URL. */
export function usualCacheWrites(
  provider: Provider,
  upstreamModel: string,
  client: ClientFormat,
): CacheWrites {
  const format = chooseFormat(provider, upstreamModel, client);
  return format === undefined ? '1h' : cacheWritesIn(format, provider, '');
}

class GenerateRequest implements UnderstoodRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly extensions: UnderstoodRequest['extensions'];
  readonly body: Buffer;
  readonly isFree = false;
  readonly #format: ClientFormat;
  readonly #parts: ClientFormatParts;
  readonly #native: NativeRequest;
  readonly #hints: GenerateHints;
  #neutral: NeutralRequest | undefined;

  constructor(
    format: ClientFormat,
    parts: ClientFormatParts,
    native: NativeRequest,
    body: Buffer,
    hints: GenerateHints,
  ) {
    this.model = native.model;
    this.stream = native.stream;
    this.extensions = native.extensions;
    this.body = body;
    this.#format = format;
    this.#parts = parts;
    this.#native = native;
    this.#hints = hints;
  }

  useFor() {
    const { use } = this.#native;
    const isLong = this.#hints.betas?.some((beta) => LONG_CONTEXT.test(beta)) === true;
    return isLong ? { ...use, askedWindow: LONG_CONTEXT_TOKENS } : use;
  }

  cacheWritesAt(provider: Provider, upstreamModel: string, address?: string): CacheWrites {
    const format = chooseFormat(provider, upstreamModel, this.#format);
    return format === undefined ? '1h' : cacheWritesIn(format, provider, this.#native.text, address);
  }

  serviceTierAt(provider: Provider, upstreamModel: string): string {
    const { serviceTier } = this.#native;
    // Nearly all requests.
    if (serviceTier === DEFAULT_TIER) return serviceTier;
    if (provider.unknownMembers.includes('service_tier')) return DEFAULT_TIER;
    const format = chooseFormat(provider, upstreamModel, this.#format);
    return format === undefined || format === this.#format || format === 'openai-completions'
      ? serviceTier
      : translatedTier(serviceTier, format);
  }

  keptReference(): string | undefined {
    const { unseenInput, unbounded } = this.#native.use;
    // Nearly all requests say all themselves.
    return unseenInput || unbounded ? keptReferenceIn(parseJson(this.body)) : undefined;
  }

  regionAt(provider: Provider, upstreamModel: string): string | undefined {
    const { region } = this.#native;
    if (region === undefined || provider.id !== 'anthropic') return undefined;
    return chooseFormat(provider, upstreamModel, this.#format) === this.#format ? region : undefined;
  }

  isServedBy(provider: Provider, upstreamModel: string): boolean {
    return chooseFormat(provider, upstreamModel, this.#format) !== undefined;
  }

  plan(target: UpstreamTarget): UpstreamPlan {
    const format = chooseFormat(target.provider, target.model, this.#format);
    if (format === this.#format || format === 'openai-completions') {
      // What has another name there has to be written anew.
      if (format !== 'openai-chat' || !this.#isRenamed(target.provider)) return this.#planNative(target);
    }
    if (format === undefined) throw new RangeError(`Cannot plan: ${target.provider.id} has no known format`);
    return this.#planTranslated(target, format);
  }

  #isRenamed({ quirks }: Provider): boolean {
    const names = quirks.renamedMembers;
    return names !== undefined && Object.keys(names).some((name) => this.#native.has(name));
  }

  /** Members that the provider refuses, so that they are taken out: said, never silently. */
  #reportRemoved({ provider, unsupported }: UpstreamTarget): readonly string[] {
    const given = provider.unknownMembers.filter((name) => !OURS_TOO.has(name) && this.#native.has(name));
    if (given.length === 0) return NOTHING;
    const notes = new TranslationNotes(unsupported, provider.displayName);
    for (const name of given) notes.cannot(name, 'hint');
    return notes.reported;
  }

  #planNative(target: UpstreamTarget): UpstreamPlan {
    const parts = this.#parts;
    const native = this.#native;
    const betas = this.#hints.betas ?? [];
    const hosted = hostedPatchOf(target.provider, this.#format, betas);
    const hasBetas = betas.length > 0 && hosted === undefined;
    return {
      method: 'POST',
      endpoint: this.#format,
      pathSuffix: '',
      stream: this.stream,
      headers: hasBetas ? { 'anthropic-beta': betas.join(',') } : NO_HEADERS,
      body: native.patch(target, hosted),
      guess: undefined,
      translated: false,
      unsupported: this.#reportRemoved(target),
      ...failuresOf(target.provider, this.#format),
      readWhole: (body) => {
        const read = parts.readWhole(body);
        return read === undefined ? undefined : wholeAnswer(read, body);
      },
      createStream: (contentType) => {
        const createSource = eventSourceFor(contentType);
        if (createSource === undefined) return undefined;
        return new NativeStream({
          follower: parts.createFollower(native.showUsage),
          framing: this.#framing(),
          createSource,
          lastWord: parts.lastWord,
          failure: (error, events) => {
            const { event, data } = parts.errorEvent(error, target.requestId, events);
            return { event, data: encodeBytes(data) };
          },
        });
      },
    };
  }

  #planTranslated(target: UpstreamTarget, format: WireFormat): UpstreamPlan {
    const failures = failuresOf(target.provider, format);
    const codec = PROVIDER_CODECS[format]!(target.provider);
    const client = this.#parts.codec;
    const asked = this.#readNeutral(client);
    const notes = new TranslationNotes(target.unsupported, target.provider.displayName);
    const request: NeutralRequest = {
      ...asked,
      model: target.model,
      ...(target.outputCap === undefined ? {} : { maxOutputTokens: target.outputCap }),
    };
    const { model, remove = [], add } = hostedPatchOf(target.provider, format, []) ?? {};
    const written = without(
      codec.writeRequest(request, notes),
      model === null ? ['model', ...remove] : remove,
    );
    const context = {
      requestId: target.requestId,
      model: this.model,
      nowSeconds: target.nowSeconds,
      request: asked,
      showUsage: this.#native.showUsage,
    };
    return {
      method: 'POST',
      endpoint: format,
      pathSuffix: '',
      stream: this.stream,
      headers: NO_HEADERS,
      body: Buffer.from(JSON.stringify({ ...written, ...add })),
      guess: undefined,
      translated: true,
      unsupported: notes.reported,
      failure: (failure) => withoutForeignWords(failures.failure(failure)),
      streamFailure: (...failure) => withoutForeignWords(failures.streamFailure(...failure)),
      readWhole: (body) => {
        const answer = codec.readAnswer(parseJson(body));
        if (answer === undefined) return undefined;
        const text = JSON.stringify(client.writeAnswer(answer, context));
        const servedTier = toldTier(format, answer.serviceTier);
        return wholeAnswer({ ...meteredOf(answer), servedTier }, Buffer.from(text));
      },
      createStream: (contentType) => {
        const createSource = eventSourceFor(contentType);
        if (createSource === undefined) return undefined;
        return new TranslatedStream({
          reader: codec.createStreamReader(),
          writer: client.createStreamWriter(context),
          framing: this.#framing(),
          createSource,
          servedTierOf: (tier) => toldTier(format, tier),
        });
      },
    };
  }

  /** Our own members are no parameters: no provider is asked for them, and none is reported. */
  #readNeutral(codec: Pick<Codec, 'readRequest'>): NeutralRequest {
    this.#neutral ??= codec.readRequest(
      without(JSON.parse(this.body.toString('utf8')) as JsonObject, [...this.#native.extensionMembers]),
      this.#hints,
    );
    return this.#neutral;
  }

  #framing(): Framing {
    return this.#hints.jsonArray === true ? createJsonArrayFraming() : SERVER_SENT_EVENTS;
  }
}

/** Anthropic's beta that opens a larger window than the model has (guide, Context windows). */
const LONG_CONTEXT = /^context-1m/;
const LONG_CONTEXT_TOKENS = 1_000_000;
/** They say something to us, and are obeyed without the provider. */
const OURS_TOO: ReadonlySet<string> = new Set(['metadata', 'user', 'stream_options']);
const NO_HEADERS = {};
const NOTHING: readonly string[] = [];

function wholeAnswer(read: Omit<ReadResponse, 'text'> & { text?: string }, body: Buffer): WholeAnswer {
  return {
    usage: read.usage,
    finishReason: read.finishReason,
    servedTier: read.servedTier,
    outputBytes: read.outputBytes,
    contentType: 'application/json',
    body,
    text: read.text ?? body.toString('latin1'),
  };
}

/** Anthropic's tiers are capacity, not prices. */
function toldTier(format: WireFormat, tier: string | undefined): string | undefined {
  return format === 'anthropic-messages' ? undefined : servedTierOf(tier);
}

function meteredOf(answer: NeutralAnswer): Omit<ReadResponse, 'text'> {
  const { choices, usage } = answer;
  return {
    usage,
    finishReason: readFinishReason(choices[0]?.finish.raw),
    outputBytes:
      usage === undefined
        ? choices.reduce(
            (sum, { content }) => sum + content.reduce((all, part) => all + partBytes(part), 0),
            0,
          )
        : 0,
  };
}

function partBytes(part: Part): number {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return Buffer.byteLength(part.text);
    case 'toolCall':
      return Buffer.byteLength(part.arguments);
    default:
      return 0;
  }
}

function parseJson(body: Buffer): JsonValue {
  try {
    return JSON.parse(body.toString('utf8')) as JsonValue;
  } catch {
    return null;
  }
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => name in object)) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Type and code of another dialect mean nothing to this client; the message still does. */
function withoutForeignWords(error: GatewayError): GatewayError {
  const { upstreamType, upstreamCode, param, ...details } = error.details;
  if (upstreamType === undefined && upstreamCode === undefined && param === undefined) return error;
  return new GatewayError(error.code, error.message, details);
}
