/**
 * What a client gets for a recorded answer: the seam that the gateway uses, without the gateway. The provider is
 * Tollgate's own entry of it, bound to the format of the recording.
 */

import type { TokenUsage } from '@tollgate/catalog';
import { GatewayError } from '@tollgate/errors';
import {
  type AnswerStream,
  EVENT_STREAM,
  findProvider,
  type Provider,
  readGenerateRequest,
  type UpstreamPlan,
} from '@tollgate/providers';
import type { ClientFormat } from '../clients/client-format.ts';
import type { ContentFormat, Exchange } from '../fixtures/exchange.ts';
import type { PreparedAnswer } from './answer-server.ts';

/** Where a recording's provider is none of Tollgate's, the one that stands for its kind. */
const STAND_IN: Readonly<Record<ContentFormat, string>> = {
  'openai-chat': 'openai-compatible',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  'gemini-generate': 'google',
  'bedrock-converse': 'amazon-bedrock',
  'cohere-chat': 'cohere',
};

export interface SeamAnswer extends PreparedAnswer {
  readonly usage: TokenUsage | undefined;
  readonly isTranslated: boolean;
}

export function providerOf(exchange: Exchange): Provider {
  const format = exchange.format!;
  const provider = findProvider(exchange.provider) ?? findProvider(STAND_IN[format]);
  if (provider === undefined)
    throw new RangeError(`Cannot replay ${exchange.id}: no provider speaks ${format}`);
  return { ...provider, formats: [format], modelFormats: [], wireFormat: format };
}

const BODY: Readonly<Record<ClientFormat, (stream: boolean) => object>> = {
  'openai-chat': (stream) => ({
    model: 'any',
    messages: [{ role: 'user', content: 'Say something.' }],
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  }),
  'openai-responses': (stream) => ({ model: 'any', input: 'Say something.', stream }),
  'anthropic-messages': (stream) => ({
    model: 'any',
    max_tokens: 4096,
    messages: [{ role: 'user', content: 'Say something.' }],
    stream,
  }),
  'gemini-generate': () => ({ contents: [{ role: 'user', parts: [{ text: 'Say something.' }] }] }),
};

export function planFor(exchange: Exchange, client: ClientFormat): UpstreamPlan {
  const stream = exchange.framing !== 'json';
  const body = Buffer.from(JSON.stringify(BODY[client](stream)));
  return readGenerateRequest(client, body, { model: 'any', stream }).plan({
    provider: providerOf(exchange),
    model: 'any',
    outputCap: undefined,
    unsupported: 'report',
    requestId: 'req_conformance',
    nowSeconds: 1_795_000_000,
    price: undefined,
  });
}

/** @returns Undefined where the provider's answer is none of its format. */
export function answerThroughSeam(exchange: Exchange, client: ClientFormat): SeamAnswer | undefined {
  const plan = planFor(exchange, client);
  if (exchange.framing === 'json') {
    const whole = plan.readWhole(exchange.body, 'application/json');
    return (
      whole && {
        status: 200,
        headers: { 'content-type': whole.contentType },
        chunks: [whole.body],
        usage: whole.usage,
        isTranslated: plan.translated,
      }
    );
  }
  const { text, stream } = streamThrough(plan, exchange, [exchange.body]);
  return {
    status: 200,
    headers: { 'content-type': EVENT_STREAM },
    chunks: [Buffer.from(text, 'latin1')],
    usage: stream.usage,
    isTranslated: plan.translated,
  };
}

/** The stream as the client gets it, with the ends that the gateway gives it. */
export function streamThrough(
  plan: UpstreamPlan,
  exchange: Exchange,
  chunks: readonly Buffer[],
): { text: string; stream: AnswerStream } {
  const contentType =
    exchange.framing === 'event-stream' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
  const stream = plan.createStream(contentType);
  if (stream === undefined) throw new Error(`Cannot stream ${exchange.id}: ${contentType} is not known`);
  let text = '';
  for (const chunk of chunks) text += stream.feed(chunk);
  text += stream.close();
  text += stream.state.kind === 'complete' ? stream.finish() : stream.fail(failureOf(plan, stream));
  return { text, stream };
}

function failureOf(plan: UpstreamPlan, { state }: AnswerStream): GatewayError {
  if (state.kind === 'failed') return plan.streamFailure(state.body, 'the provider', '');
  return new GatewayError('upstream_error', 'The stream broke off.');
}
