/** `POST /v1/messages`, `/v1/messages/count_tokens` and `/v1/models` as Anthropic answers them. */
import { NO_CONTROLS } from '../controls.ts';
import type { SimulatedModel } from '../models.ts';
import { countPromptTokens } from '../tokens.ts';
import { isObject, parseJson } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { WireRefusal } from '../wire/reply.ts';
import {
  type Call,
  plainReply,
  type Reading,
  type Spoken,
  type Stage,
  speak,
  streamReply,
} from '../wire/speech.ts';
import { frameEvents, sseFrame } from '../wire/sse.ts';
import {
  anthropicErrors,
  anthropicFailure,
  checkAccess,
  fixedHeaders,
  rateLimitHeaders,
} from './anthropic-error.ts';
import { buildMessage, messageBody, messageEvents } from './messages-answer.ts';
import { marksOf, parseMessages } from './messages-request.ts';

const JSON_TYPE = ['content-type', 'application/json'];

export function answerMessages(call: Call, stage: Stage): Reply {
  const denied = denyAccess(call, stage, 'anthropic-messages');
  if (denied !== null) return denied;
  const body = parseJson(call.bodyText);
  const spoken = speak(call, stage, readingOf(call, body));
  return spoken.kind === 'denied' ? spoken.reply : tellMessage(spoken, call.requestId);
}

function readingOf(call: Call, body: unknown): Reading {
  const { requestId } = call;
  return {
    format: 'anthropic-messages',
    errors: anthropicErrors(requestId),
    model: isObject(body) && typeof body.model === 'string' ? body.model : '',
    isStream: isObject(body) && body.stream === true,
    marks: marksOf(body),
    fixedHeaders: fixedHeaders(requestId),
    metadata: isObject(body) && isObject(body.metadata) ? body.metadata : null,
    parse: (isLenient) => withRequestId(requestId, () => parseMessages(bodyOrRefuse(body), isLenient)),
  };
}

function bodyOrRefuse(body: unknown): unknown {
  if (body !== undefined) return body;
  throw new WireRefusal(anthropicFailure('', 400, 'The request body is not valid JSON'));
}

/** Readers deep inside do not know the request's id. */
export function withRequestId<T>(requestId: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error;
    const body = error.failure.body.replace('"request_id":""', `"request_id":"${requestId}"`);
    throw new WireRefusal({ ...error.failure, body });
  }
}

/** Also what Vertex sends for Claude; Bedrock's invoke has other frames. */
export function tellMessage(spoken: Spoken, requestId: string): Reply {
  const message = buildMessage(spoken, spoken.model.id);
  if (!spoken.request.stream)
    return plainReply(
      spoken,
      [...JSON_TYPE, ...rateLimitHeaders()],
      JSON.stringify(messageBody(spoken, message)),
    );
  const { controls } = spoken;
  const error = {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
    request_id: requestId,
  };
  const events = frameEvents(messageEvents(spoken, message), controls, sseFrame(controls), [
    { event: 'error', data: JSON.stringify(error) },
  ]);
  const headers = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'];
  return streamReply(spoken, [...headers, ...rateLimitHeaders()], events);
}

export function answerCountTokens(call: Call, stage: Stage): Reply {
  const format = 'anthropic-count-tokens';
  const denied = denyAccess(call, stage, format);
  if (denied !== null) return denied;
  const body = parseJson(call.bodyText);
  const { requestId } = call;
  const reading: Reading = {
    ...readingOf(call, body),
    format,
    isStream: false,
    parse: (isLenient) => withRequestId(requestId, () => parseMessages(bodyOrRefuse(body), isLenient, false)),
  };
  const spoken = speak(call, stage, reading);
  return spoken.kind === 'denied' ? spoken.reply : countMessage(spoken);
}

export function countMessage(spoken: Spoken): Reply {
  const { messages, tools } = spoken.request;
  const input_tokens = Math.floor(spoken.controls['input-tokens'] ?? countPromptTokens({ messages, tools }));
  return free(spoken, JSON.stringify({ input_tokens }));
}

/** Counting costs nothing. */
function free(spoken: Spoken, body: string): Reply {
  const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  return { ...plainReply({ ...spoken, usage }, JSON_TYPE, body), kind: 'plain', hasUsage: false } as Reply;
}

export function answerModels(call: Call, stage: Stage): Reply {
  const denied = denyAccess(call, stage, 'anthropic-models');
  if (denied !== null) return denied;
  const models = [...stage.settings.models.values()].filter(isClaude);
  const id = call.captured[0];
  if (id === undefined) {
    const data = models.map(modelOf);
    return given(call, {
      data,
      has_more: false,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    });
  }
  const model = models.find((item) => item.id === id);
  if (model !== undefined) return given(call, modelOf(model));
  return refusal(call, 'anthropic-models', anthropicErrors(call.requestId).unknownModel(id));
}

function isClaude(model: SimulatedModel): boolean {
  return model.kind === 'chat';
}

function modelOf(model: SimulatedModel) {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: new Date(model.created * 1000).toISOString().replace('.000', ''),
    max_input_tokens: model.contextTokensMax,
    max_tokens: 64_000,
  };
}

function factsOf(call: Call, format: string) {
  return {
    format,
    controls: NO_CONTROLS,
    model: null,
    isStream: false,
    metadata: null,
    user: null,
    inputTokens: 0,
    fixedHeaders: fixedHeaders(call.requestId),
  };
}

function given(call: Call, body: object): Reply {
  const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  return {
    ...factsOf(call, 'anthropic-models'),
    kind: 'plain',
    status: 200,
    headers: JSON_TYPE,
    body: JSON.stringify(body),
    usage,
    hasUsage: false,
    delayMs: 0,
  };
}

function refusal(call: Call, format: string, failure: ReturnType<typeof anthropicFailure>): Reply {
  return { ...factsOf(call, format), kind: 'refusal', failure };
}

function denyAccess(call: Call, { settings }: Stage, format: string): Reply | null {
  const failure = checkAccess(call.message.headers, settings.apiKey, call.requestId);
  return failure === null ? null : refusal(call, format, failure);
}
