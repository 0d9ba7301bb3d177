/**
 * Decides a conversation request of any format: refused, or answered by which model with which words.
 *
 * A format reads its body into the simulator's own request (that of chat completions, the first format it spoke)
 * and puts the answer into its own shape; models, controls, words, tokens and prices are the same for all.
 */
import type { IncomingMessage } from 'node:http';
import { type Answer, billedPromptTokens, buildAnswer, type Units, type Usage } from '../answer.ts';
import type { ChatRequest } from '../chat-request.ts';
import {
  ControlError,
  type Controls,
  controlsOfHeaders,
  controlsOfModel,
  controlsOfText,
  mergeControls,
  refusalStatusOf,
} from '../controls.ts';
import { paceOf, plainDelayMs, type Settings } from '../decide-chat.ts';
import type { Pacing, SimulatedModel } from '../models.ts';
import type { Runtime } from '../runtime.ts';
import type { StreamEvent } from '../stream-events.ts';
import type { Memory } from './memory.ts';
import { type Failure, type Reply, WireRefusal } from './reply.ts';

/** One request as the router hands it to a format. */
export interface Call {
  readonly message: IncomingMessage;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the route's pattern captured, decoded. */
  readonly captured: readonly string[];
  readonly bytes: Buffer;
  readonly bodyText: string;
  readonly sequence: number;
  readonly requestId: string;
}

export interface Stage {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly memory: Memory;
}

/** A format's own errors. */
export interface WireErrors {
  forStatus(status: number, model: string, controls: Controls): Failure;
  invalid(message: string, param: string | null): Failure;
  unknownModel(model: string): Failure;
}

/** What a format reads before it looks closely: enough to know the controls. */
export interface Reading {
  readonly format: string;
  readonly errors: WireErrors;
  readonly model: string;
  readonly isStream: boolean;
  /** Beginnings of messages that may carry controls. */
  readonly marks: readonly string[];
  readonly fixedHeaders: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly user?: string | null;
  /** Model ids of this format contain colons, so they carry no controls. */
  readonly hasPlainModelIds?: boolean;
  /** @throws {WireRefusal} */
  parse(isLenient: boolean): ChatRequest;
}

export interface Facts {
  readonly format: string;
  readonly controls: Controls;
  readonly model: string | null;
  readonly isStream: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly user: string | null;
  readonly inputTokens: number;
  readonly fixedHeaders: readonly string[];
}

export interface Spoken {
  readonly kind: 'spoken';
  readonly facts: Facts;
  readonly request: ChatRequest;
  readonly controls: Controls;
  readonly model: SimulatedModel;
  readonly pacing: Pacing;
  readonly answer: Answer;
  readonly usage: Usage;
}

export interface Denied {
  readonly kind: 'denied';
  readonly reply: Reply;
}

export function speak(call: Call, stage: Stage, reading: Reading): Spoken | Denied {
  let facts: Facts = {
    format: reading.format,
    controls: {},
    model: reading.model,
    isStream: reading.isStream,
    metadata: reading.metadata ?? null,
    user: reading.user ?? null,
    inputTokens: 0,
    fixedHeaders: reading.fixedHeaders,
  };
  try {
    const { name, controls } = readControls(call, stage, reading);
    facts = { ...facts, controls };
    const { model, request } = admit(call, stage, reading, name, controls);
    const pacing = paceOf(model, controls, stage.settings);
    const promptTokens = billedPromptTokens({ ...promptOf(request) }, controls);
    if (promptTokens > model.contextTokensMax)
      throw new WireRefusal(reading.errors.invalid(tooLong(model, promptTokens), 'messages'));
    facts = { ...facts, model: model.id, inputTokens: promptTokens };
    const answer = buildAnswer(request, controls, model.id, promptTokens, {
      seed: stage.runtime.seed,
      sequence: call.sequence,
      createdSeconds: Math.floor(stage.runtime.now() / 1000),
    });
    return {
      kind: 'spoken',
      facts,
      request,
      controls,
      model,
      pacing,
      answer,
      usage: withUnits(answer.usage, controls),
    };
  } catch (error) {
    if (error instanceof ControlError)
      return deny(facts, reading.errors.invalid(error.message, 'simulator_control'));
    if (error instanceof WireRefusal) return deny(facts, error.failure);
    throw error;
  }
}

function readControls(call: Call, { settings }: Stage, reading: Reading) {
  const named = reading.hasPlainModelIds === true ? null : controlsOfModel(reading.model);
  const controls = mergeControls(
    settings.behaviour,
    ...reading.marks.map(controlsOfText),
    named?.controls ?? {},
    controlsOfHeaders(call.message.rawHeaders),
  );
  return { name: named?.model ?? reading.model, controls };
}

function admit(call: Call, stage: Stage, { errors, parse }: Reading, name: string, controls: Controls) {
  const { settings, runtime } = stage;
  const status = refusalStatusOf(controls);
  const times = controls['fail-times'];
  if (times === undefined && status !== undefined && status >= 300)
    throw new WireRefusal(errors.forStatus(Math.min(status, 599), name, controls));
  const request = parse(controls.lenient === true || settings.unknownParameters === 'accept');
  const model = settings.models.get(name);
  if (model === undefined) throw new WireRefusal(errors.unknownModel(name));
  if (times !== undefined && runtime.failures.next(controls.nonce ?? call.bodyText) <= times)
    throw new WireRefusal(errors.forStatus(status ?? 500, name, controls));
  return { model, request };
}

function deny(facts: Facts, failure: Failure): Denied {
  return { kind: 'denied', reply: { ...facts, kind: 'refusal', failure } };
}

function tooLong(model: SimulatedModel, tokens: number): string {
  return `prompt is too long: ${tokens} tokens > ${model.contextTokensMax} maximum`;
}

/** The prompt as chat completions would carry it: one token rule for every format. */
function promptOf({ messages, tools, responseFormat, responseSchema }: ChatRequest): Record<string, unknown> {
  const format =
    responseFormat === 'json_schema'
      ? { response_format: { type: 'json_schema', schema: responseSchema } }
      : {};
  return { messages, tools, ...format };
}

function withUnits(usage: Usage, controls: Controls): Usage {
  const left = usage.promptTokens - usage.cachedTokens;
  const write = Math.min(Math.floor(controls['cache-write-tokens'] ?? 0), left);
  const write1h = Math.min(Math.floor(controls['cache-write-1h-tokens'] ?? 0), left - write);
  if (write === 0 && write1h === 0) return usage;
  const units: Units = { cacheWriteTokens: write, cacheWrite1hTokens: write1h };
  return { ...usage, units };
}

/** @param headers The format's own, content type included. */
export function plainReply(
  { facts, usage, controls, pacing }: Spoken,
  headers: readonly string[],
  body: string | Buffer,
): Reply {
  return {
    ...facts,
    kind: 'plain',
    status: 200,
    headers,
    body,
    usage,
    hasUsage: controls['no-usage'] !== true,
    delayMs: plainDelayMs({ controls, pacing }, usage.completionTokens),
  };
}

export function streamReply(
  { facts, usage, pacing }: Spoken,
  headers: readonly string[],
  events: Iterator<StreamEvent>,
  more: { readonly hiddenTokens?: number; readonly isBinary?: boolean } = {},
): Reply {
  const { hiddenTokens = 0, isBinary = false } = more;
  return { ...facts, kind: 'stream', headers, events, usage, pacing, hiddenTokens, isBinary };
}
