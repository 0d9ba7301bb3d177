/**
 * Requests for what models do besides conversations. The body passes as it came, JSON or form, but for the model's
 * name and our own members; the answer passes as it comes, and what it used is read.
 */
import type { CacheWrites, PriceComponents, TokenUsage } from '@tollgate/catalog';
import {
  encodeBytes,
  type JsonObject,
  openRequestBody,
  patchMembers,
  type RequestExtensions,
  type RequestUse,
  readBodyExtensions,
  readMessagesRequest,
  TranslationNotes,
} from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { hostedCountTokens } from '../bedrock/count-tokens.ts';
import type { Provider } from '../provider.ts';
import { eventSourceFor } from './event-source.ts';
import { SERVER_SENT_EVENTS } from './framing.ts';
import { keptReferenceIn } from './kept-reference.ts';
import { isForm, mediaTypeOf, sentType } from './media-type.ts';
import { fieldIn, fileBytesIn, filesIn, patchForm, readForm } from './multipart.ts';
import { NativeStream } from './native-stream.ts';
import { failuresOf } from './provider-format.ts';
import { RawStream } from './raw-stream.ts';
import { DEFAULT_TIER } from './service-tier.ts';
import { findBridge, hasTask } from './task-bridge.ts';
import { createTaskFollower } from './task-follower.ts';
import { TASKS, type Task, type TaskBody, type TaskEndpoint } from './tasks.ts';
import type { UnderstoodRequest, UpstreamPlan, UpstreamTarget, WholeAnswer } from './understood-request.ts';

export interface TaskHints {
  readonly contentType: string;
  /** Where the path names the model; it is then in the path for the provider too. */
  readonly model?: string;
  /** Writes an error as the client's dialect has it, for events. */
  readonly errorBody: (error: GatewayError, requestId: string) => string;
}

/** Names of ours, and of OpenRouter's and LiteLLM's; no provider knows them. */
const EXTENSIONS = ['models', 'provider', 'fallbacks', 'tags', 'metadata'] as const;
/** Whoever gives `user` means OpenAI's member; where the path names the model there is none. */
const EXTENSIONS_OF_PATH = [...EXTENSIONS, 'user'] as const;

/** Large at times, and nothing but texts. */
const TEXT_TASKS: ReadonlySet<TaskEndpoint> = new Set([
  'openai-embeddings',
  'openai-audio-speech',
  'cohere-rerank',
]);

/** @throws {GatewayError} `invalid_request`. */
export function readTaskRequest(endpoint: TaskEndpoint, body: Buffer, hints: TaskHints): UnderstoodRequest {
  const own = hints.model === undefined ? EXTENSIONS : EXTENSIONS_OF_PATH;
  const opened = isForm(hints.contentType)
    ? openForm(body, hints.contentType, endpoint, own)
    : openJson(body, endpoint, own);
  return new TaskRequest(endpoint, opened, body, hints);
}

interface OpenedTask {
  readonly read: (name: string) => unknown;
  readonly body: TaskBody;
  patch(model: string | undefined): Buffer;
}

function openJson(body: Buffer, endpoint: TaskEndpoint, own: readonly string[]): OpenedTask {
  const names = new Set(['model', 'stream', 'user', ...own, ...TASKS[endpoint].reads]);
  const { read, parsed, text, members } = openRequestBody(body, names);
  const extensions = new Set(own);
  return {
    read,
    body: {
      members: Object.fromEntries([...names].map((name) => [name, read(name)])),
      bytes: body.length,
      fileBytes: 0,
      files: [],
    },
    patch(model) {
      const set = new Map<string, string>();
      if (model !== undefined && model !== parsed.model) set.set('model', encodeBytes(JSON.stringify(model)));
      if (set.size === 0 && !members.some(({ name }) => extensions.has(name))) return body;
      return Buffer.from(patchMembers(text, members, set, extensions), 'latin1');
    },
  };
}

function openForm(
  body: Buffer,
  contentType: string,
  endpoint: TaskEndpoint,
  own: readonly string[],
): OpenedTask {
  const form = readForm(body, contentType);
  const names = new Set(['model', 'stream', 'user', ...own, ...TASKS[endpoint].reads]);
  const members = Object.fromEntries([...names].map((name) => [name, fieldIn(form, name)]));
  return {
    read: (name) => (name === 'metadata' || name === 'user' ? members[name] : undefined),
    body: { members, bytes: body.length, fileBytes: fileBytesIn(form), files: filesIn(form) },
    patch(model) {
      const set = new Map<string, string>();
      if (model !== undefined && model !== members.model) set.set('model', model);
      return patchForm(form, set, new Set(own));
    },
  };
}

class TaskRequest implements UnderstoodRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly extensions: RequestExtensions;
  readonly body: Buffer;
  readonly isFree: boolean;
  readonly #endpoint: TaskEndpoint;
  readonly #task: Task;
  readonly #opened: OpenedTask;
  readonly #hints: TaskHints;

  constructor(endpoint: TaskEndpoint, opened: OpenedTask, body: Buffer, hints: TaskHints) {
    this.#endpoint = endpoint;
    this.#task = TASKS[endpoint];
    this.#opened = opened;
    this.#hints = hints;
    this.body = body;
    this.isFree = this.#task.isFree === true;
    const { members } = opened.body;
    this.model = readModel(hints.model ?? members.model);
    const isBinary = this.#task.isBinary?.(members) ?? false;
    this.stream = isBinary || isTrue(members.stream) || members.stream_format === 'sse';
    this.extensions = readBodyExtensions((name) =>
      name === 'metadata' && typeof members.metadata === 'string'
        ? parseMetadata(members.metadata)
        : opened.read(name),
    );
  }

  useFor(price: PriceComponents | undefined): RequestUse {
    return this.#task.use(this.#opened.body, price);
  }

  /** What OpenAI's words have; the other tasks tell of none. */
  cacheWritesAt(): CacheWrites {
    return '5m';
  }

  serviceTierAt(): string {
    return DEFAULT_TIER;
  }

  keptReference(): string | undefined {
    if (isForm(this.#hints.contentType) || TEXT_TASKS.has(this.#endpoint)) return undefined;
    return keptReferenceIn(parseObject(this.body.toString('utf8')));
  }

  isServedBy(provider: Provider, upstreamModel: string): boolean {
    const bridge = findBridge(provider, this.#endpoint, upstreamModel);
    return bridge !== undefined || hasTask(provider, this.#endpoint, upstreamModel);
  }

  plan(target: UpstreamTarget): UpstreamPlan {
    const bridge = findBridge(target.provider, this.#endpoint, target.model);
    return bridge === undefined ? this.#planNative(target) : this.#planBridged(target, bridge);
  }

  #planBridged(target: UpstreamTarget, bridge: NonNullable<ReturnType<typeof findBridge>>): UpstreamPlan {
    const { provider, model } = target;
    const notes = new TranslationNotes(target.unsupported, provider.displayName);
    const own = new Set<string>(EXTENSIONS_OF_PATH);
    const asked = JSON.parse(this.body.toString('utf8')) as JsonObject;
    const said = Object.fromEntries(Object.entries(asked).filter(([name]) => !own.has(name)));
    const bridged = bridge.write(said, this.model, model, provider, notes);
    return {
      method: 'POST',
      endpoint: bridge.to,
      pathSuffix: '',
      stream: false,
      headers: {},
      body: Buffer.from(JSON.stringify(bridged.body)),
      guess: undefined,
      translated: true,
      unsupported: notes.reported,
      ...failuresOf(provider, bridge.to),
      readWhole(body) {
        const answer = parseObject(body.toString('utf8'));
        const written = answer === undefined ? undefined : bridged.readAnswer(answer);
        if (answer === undefined || written === undefined) return undefined;
        const text = Buffer.from(JSON.stringify(written));
        return {
          usage: bridged.usage(answer),
          finishReason: '',
          outputBytes: 0,
          contentType: 'application/json',
          body: text,
          text: text.toString('latin1'),
        };
      },
      createStream: () => undefined,
    };
  }

  #planNative(target: UpstreamTarget): UpstreamPlan {
    const task = this.#task;
    const facts = this.#opened.body;
    const { price } = target;
    const ownUsage = task.ownUsage?.(facts, price);
    const usageOf = (answer: Record<string, unknown>): TokenUsage | undefined =>
      task.usage(answer, facts, price) ?? ownUsage;
    return {
      method: 'POST',
      endpoint: this.#endpoint,
      pathSuffix: '',
      stream: this.stream,
      headers: { 'content-type': sentType(this.#hints.contentType), ...this.#accept() },
      guess: task.guess?.(facts, price),
      ...this.#bodyFor(target),
      translated: false,
      unsupported: [],
      ...failuresOf(target.provider, this.#endpoint),
      readWhole: (body, contentType) => readWhole(body, contentType, usageOf, task),
      createStream: (contentType) => {
        const createSource = eventSourceFor(contentType);
        if (createSource === undefined) {
          return isText(contentType) && !this.#takesText()
            ? undefined
            : new RawStream(mediaTypeOf(contentType), ownUsage);
        }
        return new NativeStream({
          follower: createTaskFollower(usageOf),
          framing: SERVER_SENT_EVENTS,
          createSource,
          lastWord: '',
          failure: (error) => ({
            event: 'error',
            data: encodeBytes(this.#hints.errorBody(error, target.requestId)),
          }),
        });
      },
    };
  }

  #accept(): Readonly<Record<string, string>> {
    return this.stream && this.#task.isBinary?.(this.#opened.body.members) === true ? { accept: '*/*' } : {};
  }

  #takesText(): boolean {
    return this.#endpoint.startsWith('openai-audio-trans');
  }

  /** The model stands in the body, in the path, or where a host of Claude's wants it. */
  #bodyFor({ provider, model }: UpstreamTarget): { readonly body: Buffer; readonly model?: string } {
    if (this.#endpoint === 'anthropic-count-tokens') {
      if (provider.id === 'google-vertex' || provider.id === 'amazon-bedrock') {
        return hostedCountTokens(provider.id, readMessagesRequest(this.body), model);
      }
    }
    return { body: this.#opened.patch(this.#hints.model === undefined ? model : undefined) };
  }
}

function readWhole(
  body: Buffer,
  contentType: string,
  usageOf: (answer: Record<string, unknown>) => TokenUsage | undefined,
  task: Task,
): WholeAnswer | undefined {
  const text = body.toString('latin1');
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const rewritten = task.rewrite?.(answer as Record<string, unknown>);
  return {
    usage: usageOf(answer as Record<string, unknown>),
    finishReason: '',
    outputBytes: 0,
    contentType: contentType === '' ? 'application/json' : mediaTypeOf(contentType),
    body: rewritten === undefined ? body : Buffer.from(rewritten),
    text: rewritten ?? text,
  };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

const MAX_MODEL_LENGTH = 256;

function readModel(value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_MODEL_LENGTH) return value;
  const rule =
    value === undefined
      ? '"model" is required'
      : `"model" must be a string of 1 to ${MAX_MODEL_LENGTH} characters`;
  throw new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param: 'model' });
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function parseMetadata(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isText(contentType: string): boolean {
  return /^(?:text\/|application\/json)/i.test(contentType);
}
