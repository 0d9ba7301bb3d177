/** A recorded answer as a reading, whatever format it is in. */
import { decodeEventStream } from '../fixtures/event-stream-frame.ts';
import type { ContentFormat, Exchange } from '../fixtures/exchange.ts';
import { readAnthropic, readAnthropicEvents } from './read-anthropic.ts';
import { readBedrock, readBedrockEvents } from './read-bedrock.ts';
import { readChat, readChatChunks } from './read-chat.ts';
import { readCohere, readCohereEvents } from './read-cohere.ts';
import { readGemini } from './read-gemini.ts';
import { readResponses, readResponsesEvents } from './read-responses.ts';
import type { Json, Reading } from './reading.ts';

export interface WireEvent {
  readonly event: string;
  readonly data: Json;
}

const WHOLE: Readonly<Record<ContentFormat, (body: Json) => Reading>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readAnthropic,
  'gemini-generate': (body) => readGemini(Array.isArray(body) ? body : [body]),
  'bedrock-converse': readBedrock,
  'cohere-chat': readCohere,
};

const STREAMED: Readonly<Record<ContentFormat, (events: readonly Json[]) => Reading>> = {
  'openai-chat': readChatChunks,
  'openai-responses': readResponsesEvents,
  'anthropic-messages': readAnthropicEvents,
  'gemini-generate': readGemini,
  'bedrock-converse': readBedrockEvents,
  'cohere-chat': readCohereEvents,
};

export function readWhole(format: ContentFormat, body: Json): Reading {
  return WHOLE[format](body);
}

export function readStreamed(format: ContentFormat, events: readonly Json[]): Reading {
  return STREAMED[format](events);
}

export function readExchange(exchange: Exchange): Reading {
  if (exchange.format === undefined)
    throw new Error(`Cannot read ${exchange.id}: no content of a known format`);
  if (exchange.framing === 'json')
    return readWhole(exchange.format, JSON.parse(exchange.body.toString()) as Json);
  const events = readEvents(exchange).filter(({ data }) => data !== '[DONE]');
  const isConverse = exchange.format === 'bedrock-converse';
  return readStreamed(
    exchange.format,
    events.map(({ event, data }) => (isConverse ? { [event]: data } : data)),
  );
}

/** The events of a recorded stream; OpenAI's last word is the string `[DONE]`. */
export function readEvents(exchange: Exchange): WireEvent[] {
  return exchange.framing === 'event-stream'
    ? readAwsEvents(exchange.body)
    : readServerSentEvents(exchange.body.toString());
}

function readAwsEvents(body: Buffer): WireEvent[] {
  return decodeEventStream(body).map(({ headers, payload }) => {
    const type = headers[':event-type'] ?? headers[':exception-type'] ?? '';
    const value = JSON.parse(payload.toString()) as Json;
    if (type !== 'chunk') return { event: type, data: value };
    const inner = Buffer.from((value as { bytes: string }).bytes, 'base64').toString();
    return { event: '', data: JSON.parse(inner) as Json };
  });
}

/** Deliberately simple: whole text at once, split at empty lines. */
export function readServerSentEvents(body: string): WireEvent[] {
  return body.split(/(?:\r\n|\n|\r){2,}/).flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/);
    const values = (name: string) =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
    const data = values('data').join('\n');
    if (data === '') return [];
    if (data.trim() === '[DONE]') return [{ event: '', data: '[DONE]' }];
    return [{ event: values('event').at(-1) ?? '', data: JSON.parse(data) as Json }];
  });
}
