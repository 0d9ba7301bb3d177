/**
 * What a client gets for a recorded answer that is no conversation: the recorded request where there is one, else
 * the least that the endpoint takes, planned as the gateway plans it and answered with the recorded bytes.
 */
import type { PriceComponents, TokenUsage } from '@tollgate/catalog';
import { anthropicErrorBody, geminiErrorBody, openAiErrorBody } from '@tollgate/dialects';
import {
  EVENT_STREAM,
  readGenerateRequest,
  readResourceRequest,
  readTaskRequest,
  type TaskEndpoint,
  type UnderstoodRequest,
  type UpstreamPlan,
} from '@tollgate/providers';
import type { Exchange } from '../fixtures/exchange.ts';
import { pathOf, type ServedTask } from './task-endpoints.ts';

const BOUNDARY = 'conformance-boundary';
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
const TEXTS = { model: 'any', input: 'Say something.' };

const LEAST: Readonly<Record<string, object>> = {
  'anthropic-count-tokens': { model: 'any', messages: [{ role: 'user', content: 'Say something.' }] },
  'gemini-count-tokens': { contents: [{ role: 'user', parts: [{ text: 'Say something.' }] }] },
  'gemini-embed': { content: { parts: [{ text: 'Say something.' }] } },
  'gemini-batch-embed': { requests: [{ content: { parts: [{ text: 'Say something.' }] } }] },
  'cohere-rerank': { model: 'any', query: 'one', documents: ['one', 'two'] },
  'openai-images-generations': { model: 'any', prompt: 'A square.' },
};

export interface PlannedTask {
  readonly request: UnderstoodRequest;
  readonly plan: UpstreamPlan;
  /** The body as the client sends it, where it was recorded and is the client's as well as the provider's. */
  readonly recorded: Buffer | undefined;
  readonly model: string;
}

export function planTask(exchange: Exchange, { provider, endpoint }: ServedTask): PlannedTask {
  const sent = exchange.request?.body ?? Buffer.alloc(0);
  // Bedrock's count wraps what Anthropic's clients send.
  const recorded = sent.length > 2 && provider.id !== 'amazon-bedrock' ? sent : undefined;
  const request = readRequest(exchange, endpoint, recorded);
  const model = modelIn(exchange) ?? request.model;
  const plan = request.plan({
    provider,
    model,
    outputCap: undefined,
    unsupported: 'report',
    requestId: 'req_conformance',
    nowSeconds: 1_795_000_000,
    price: PRICES[endpoint],
  });
  return { request, plan, recorded, model };
}

/** By the character, so that there is something to count. */
const PRICES: Readonly<Record<string, PriceComponents>> = {
  'openai-audio-speech': { 'unit:input_character': 1n },
};

function readRequest(
  exchange: Exchange,
  endpoint: ServedTask['endpoint'],
  recorded: Buffer | undefined,
): UnderstoodRequest {
  if (endpoint === 'openai-files' || endpoint === 'openai-batches') {
    const path = pathOf(exchange.request!.path);
    return readResourceRequest(endpoint, recorded ?? Buffer.alloc(0), {
      method: exchange.request!.method as 'GET' | 'POST',
      subject: path.replace(/^.*\/v1\/(?:files|batches)\/?/, ''),
      query: '',
      contentType: endpoint === 'openai-files' ? FORM : 'application/json',
    });
  }
  if (endpoint === 'openai-completions') {
    const stream = exchange.framing === 'sse';
    return readGenerateRequest(endpoint, stream ? streamed(recorded!) : recorded!, { model: 'any', stream });
  }
  const model = endpoint.startsWith('gemini-') ? (modelIn(exchange) ?? 'any') : undefined;
  const isForm = endpoint === 'openai-audio-transcriptions';
  const least = isForm ? leastForm(exchange) : Buffer.from(JSON.stringify(LEAST[endpoint] ?? TEXTS));
  return readTaskRequest(endpoint as TaskEndpoint, recorded ?? least, {
    contentType: isForm ? FORM : 'application/json',
    errorBody: errorBodyOf(endpoint),
    ...(model === undefined ? {} : { model }),
  });
}

/** A recording of a stream left out that one was asked for. */
function streamed(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), stream: true }));
}

function errorBodyOf(endpoint: string): typeof openAiErrorBody {
  if (endpoint.startsWith('gemini-')) return geminiErrorBody;
  return endpoint.startsWith('anthropic-') ? anthropicErrorBody : openAiErrorBody;
}

function leastForm({ headers }: Exchange): Buffer {
  const isText = headers['content-type']?.startsWith('text/plain') === true;
  const fields: Readonly<Record<string, string>> = {
    'name="model"': 'any',
    ...(isText ? { 'name="response_format"': 'text' } : {}),
    'name="file"; filename="a.mp3"': 'sound',
  };
  const parts = Object.entries(fields).map(
    ([head, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`);
}

/** Where the path names it. */
function modelIn({ request }: Exchange): string | undefined {
  const found = /\/models?\/([^/:]+(?::\d+)?)[:/]/.exec(decodeURIComponent(pathOf(request?.path ?? '')));
  return found?.[1];
}

export interface TaskAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly usage: TokenUsage | undefined;
  readonly isComplete: boolean;
}

/** @returns Undefined where the gateway would not pass on the answer. */
export function answerTask(plan: UpstreamPlan, exchange: Exchange): TaskAnswer | undefined {
  const type = exchange.headers['content-type'] ?? '';
  if (!plan.stream) {
    const whole = plan.readWhole(exchange.body, type);
    return (
      whole && { contentType: whole.contentType, body: whole.body, usage: whole.usage, isComplete: true }
    );
  }
  const stream = plan.createStream(exchange.framing === 'sse' ? EVENT_STREAM : type);
  if (stream === undefined) return undefined;
  let text = '';
  // In two pieces, as it may come.
  const middle = exchange.body.length >> 1;
  for (const piece of [exchange.body.subarray(0, middle), exchange.body.subarray(middle)])
    text += stream.feed(piece);
  text += stream.close() + stream.finish();
  return {
    contentType: stream.contentType,
    body: Buffer.from(text, 'latin1'),
    usage: stream.usage,
    isComplete: stream.state.kind === 'complete',
  };
}
