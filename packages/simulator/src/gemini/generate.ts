/** `models/{model}:generateContent`, `streamGenerateContent` and `countTokens`, for Gemini and for Vertex AI. */

import type { StreamEvent } from '../stream-events.ts';
import { countPromptTokens } from '../tokens.ts';
import { parseJson } from '../wire/json.ts';
import { type Failure, type Reply, WireRefusal } from '../wire/reply.ts';
import {
  type Call,
  plainReply,
  type Reading,
  type Spoken,
  type Stage,
  speak,
  streamReply,
} from '../wire/speech.ts';
import { frameEvents, sseFrame, type WireEvent } from '../wire/sse.ts';
import { GEMINI_HEADERS, GEMINI_JSON, geminiErrors, geminiFailure } from './gemini-error.ts';
import { generateBody, generateEvents, promptBlock } from './generate-answer.ts';
import { marksOf, parseGenerate } from './generate-request.ts';

/** @param failure Of the credential, which this provider and Vertex check differently. */
export function answerGenerate(call: Call, stage: Stage, isStream: boolean, failure: Failure | null): Reply {
  const method = isStream ? 'streamGenerateContent' : 'generateContent';
  const reading = readingOf(call, method, isStream);
  if (failure !== null) return refusal(reading, failure);
  const spoken = speak(call, stage, reading);
  if (spoken.kind === 'denied') return spoken.reply;
  if (spoken.controls['safety-block'] === 'prompt') return blocked(spoken, call);
  if (!isStream) return plainReply(spoken, GEMINI_JSON, `${JSON.stringify(generateBody(spoken), null, 2)}\n`);
  return streamed(spoken, generateEvents(spoken), call);
}

export function refusal(reading: Pick<Reading, 'format' | 'model' | 'isStream'>, failure: Failure): Reply {
  const { format, model, isStream } = reading;
  return {
    kind: 'refusal',
    format,
    model,
    isStream,
    controls: {},
    metadata: null,
    user: null,
    inputTokens: 0,
    fixedHeaders: GEMINI_HEADERS,
    failure,
  };
}

function readingOf(call: Call, method: string, isStream: boolean): Reading {
  const body = parseJson(call.bodyText);
  const model = call.captured[0] ?? '';
  return {
    format: method === 'countTokens' ? 'gemini-count-tokens' : 'gemini-generate',
    errors: geminiErrors(method),
    model,
    isStream,
    marks: marksOf(method === 'countTokens' ? countedOf(body) : body),
    fixedHeaders: GEMINI_HEADERS,
    parse: (isLenient) => {
      if (body === undefined)
        throw new WireRefusal(geminiFailure(400, 'Invalid JSON payload received. Unexpected token.'));
      return parseGenerate(method === 'countTokens' ? countedOf(body) : body, model, isStream, isLenient);
    },
  };
}

/** What is counted may stand in a request of its own. */
function countedOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('generateContentRequest' in body)) return body;
  return body.generateContentRequest;
}

function blocked(spoken: Spoken, call: Call): Reply {
  const usage = { ...spoken.usage, completionTokens: 0, reasoningTokens: 0 };
  const nothing = { ...spoken, usage };
  const body = promptBlock(spoken);
  if (!spoken.request.stream) return plainReply(nothing, GEMINI_JSON, `${JSON.stringify(body, null, 2)}\n`);
  return streamed(nothing, [{ event: null, data: JSON.stringify(body), isUsage: true }], call);
}

function streamed(spoken: Spoken, events: Iterable<WireEvent>, call: Call): Reply {
  const { controls } = spoken;
  const error = geminiErrors('streamGenerateContent').forStatus(503, spoken.model.id, controls).body;
  const failure = [{ event: null, data: JSON.stringify(JSON.parse(error)) }];
  if (call.query.get('alt') === 'sse') {
    const framed = frameEvents(events, controls, sseFrame(controls, '\r\n'), failure);
    return streamReply(
      spoken,
      ['content-type', 'text/event-stream', 'content-disposition', 'attachment'],
      framed,
    );
  }
  return streamReply(
    spoken,
    GEMINI_JSON,
    jsonArray(frameEvents(events, controls, ({ data }) => data, failure)),
  );
}

/** Without `alt=sse` a stream is one JSON array whose elements arrive one by one. */
function* jsonArray(events: Iterable<StreamEvent>): Generator<StreamEvent> {
  let before = '[';
  for (const event of events) {
    yield { ...event, text: `${before}${event.text}\n` };
    before = ',\r\n';
  }
  yield { text: before === '[' ? '[]' : ']', tokens: 0, isUsage: false };
}

export function answerGeminiCount(call: Call, stage: Stage, failure: Failure | null): Reply {
  const reading = readingOf(call, 'countTokens', false);
  if (failure !== null) return refusal(reading, failure);
  const spoken = speak(call, stage, reading);
  if (spoken.kind === 'denied') return spoken.reply;
  const { messages, tools } = spoken.request;
  const totalTokens = Math.floor(spoken.controls['input-tokens'] ?? countPromptTokens({ messages, tools }));
  const promptTokensDetails = [{ modality: 'TEXT', tokenCount: totalTokens }];
  const usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  return plainReply(
    { ...spoken, usage },
    GEMINI_JSON,
    JSON.stringify({ totalTokens, promptTokensDetails }, null, 2),
  );
}
