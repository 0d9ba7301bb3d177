/** The vendors' own SDKs, asked the way their users ask; retries are off, so that one question is one request. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { readAnthropic, readAnthropicEvents } from '../reading/read-anthropic.ts';
import { readChat, readChatChunks } from '../reading/read-chat.ts';
import { readGemini } from '../reading/read-gemini.ts';
import { readResponses, readResponsesEvents } from '../reading/read-responses.ts';
import type { Json, Reading } from '../reading/reading.ts';
import type { ClientAnswer, ClientFormat, Question } from './client-format.ts';

const PROMPT = 'Say something.';

const ASK: Readonly<Record<ClientFormat, (question: Question) => Promise<ClientAnswer>>> = {
  'openai-chat': askChat,
  'openai-responses': askResponses,
  'anthropic-messages': askMessages,
  'gemini-generate': askGemini,
};

/** What an SDK throws is an answer too; what is no error of the SDK's own classes is thrown on. */
export async function askOfficial(format: ClientFormat, question: Question): Promise<ClientAnswer> {
  try {
    return await ASK[format](question);
  } catch (error) {
    const isKnown =
      error instanceof OpenAI.OpenAIError ||
      error instanceof Anthropic.AnthropicError ||
      error instanceof ApiError;
    // What `@google/genai` cannot parse, it throws without a class of its own.
    const isUnreadable = error instanceof Error && /JSON/.test(error.message);
    if (!isKnown && !isUnreadable) throw error;
    const { status } = error as { status?: number };
    return { kind: 'error', name: error.constructor.name, status, message: error.message };
  }
}

function openai({ origin, apiKey, headers = {} }: Question): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers });
}

async function askChat(question: Question): Promise<ClientAnswer> {
  const { model, body = {} } = question;
  const completions = openai(question).chat.completions;
  const asked = { model, messages: [{ role: 'user' as const, content: PROMPT }], ...body };
  if (!question.stream) return answer(await completions.create({ ...asked, stream: false }), readChat);
  const stream = completions.stream({ ...asked, stream: true, stream_options: { include_usage: true } });
  const events = await collect(stream);
  return answer(await stream.finalChatCompletion(), readChat, events, readChatChunks);
}

async function askResponses(question: Question): Promise<ClientAnswer> {
  const { model, body = {} } = question;
  const responses = openai(question).responses;
  const asked = { model, input: PROMPT, ...body };
  if (!question.stream) return answer(await responses.create({ ...asked, stream: false }), readResponses);
  const stream = responses.stream({ ...asked, stream: true });
  const events = await collect(stream);
  return answer(await stream.finalResponse(), readResponses, events, readResponsesEvents);
}

async function askMessages(question: Question): Promise<ClientAnswer> {
  const { origin, apiKey, model, headers = {}, body = {} } = question;
  const client = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0, defaultHeaders: headers });
  const asked = { model, max_tokens: 4096, messages: [{ role: 'user' as const, content: PROMPT }], ...body };
  if (!question.stream)
    return answer(await client.messages.create({ ...asked, stream: false }), readAnthropic);
  const stream = client.messages.stream(asked);
  const events = await collect(stream);
  return answer(await stream.finalMessage(), readAnthropic, events, readAnthropicEvents);
}

async function askGemini(question: Question): Promise<ClientAnswer> {
  const { origin, apiKey, model, headers = {}, body = {} } = question;
  const client = new GoogleGenAI({
    apiKey,
    vertexai: false,
    httpOptions: { baseUrl: origin, headers: { ...headers } },
  });
  const asked = { model, contents: PROMPT, ...body };
  if (!question.stream)
    return answer(await client.models.generateContent(asked), (value) => readGemini([value]));
  const events = await collect(await client.models.generateContentStream(asked));
  return answer(events, (value) => readGemini(value as Json[]), events, readGemini);
}

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const events: unknown[] = [];
  // A copy: some SDKs go on writing into what they handed over.
  for await (const event of stream) events.push(JSON.parse(JSON.stringify(event)));
  return events;
}

function answer(
  value: unknown,
  read: (value: Json) => Reading,
  events: unknown[] = [],
  readEvents: (events: readonly Json[]) => Reading = () => read(plain(value)),
): ClientAnswer {
  const reading = readEvents(events as Json[]);
  return { kind: 'answer', reading, assembled: read(plain(value)), value, events };
}

/** SDKs hand over objects of classes of their own. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
