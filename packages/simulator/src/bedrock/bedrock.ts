/** `POST /model/{id}/converse`, `converse-stream`, `invoke` and `invoke-with-response-stream` (Claude's bodies). */
import { buildMessage, type Message, messageBody, messageEvents } from '../anthropic/messages-answer.ts';
import { marksOf as messagesMarksOf, parseMessages } from '../anthropic/messages-request.ts';
import { isObject, parseJson } from '../wire/json.ts';
import { type Reply, WireRefusal } from '../wire/reply.ts';
import {
  type Call,
  plainReply,
  type Reading,
  type Spoken,
  type Stage,
  speak,
  streamReply,
} from '../wire/speech.ts';
import { frameEvents, type WireEvent } from '../wire/sse.ts';
import {
  BEDROCK_ERRORS,
  bedrockFailure,
  bedrockHeaders,
  checkAwsAccess,
  inBedrockWords,
} from './bedrock-error.ts';
import { converseBody, converseEvents } from './converse-answer.ts';
import { marksOf, parseConverse } from './converse-request.ts';
import { eventFrame } from './event-stream.ts';

const JSON_TYPE = ['content-type', 'application/json'];
const EVENTS_TYPE = ['content-type', 'application/vnd.amazon.eventstream'];
const FAILURE: readonly WireEvent[] = [
  {
    event: 'modelStreamErrorException',
    data: '{"message":"The model encountered an error while it was streaming."}',
    isException: true,
  },
];

/** `us.anthropic.sim-claude-v1:0` is `sim-claude`, and so is its ARN. */
function bareModel(id: string): string {
  return id
    .replace(/^arn:.*\//, '')
    .replace(/^(?:[a-z]+\.)?anthropic\./, '')
    .replace(/-v\d+(?::\d+)?$/, '');
}

function readingOf(call: Call, format: string, isStream: boolean, marks: readonly string[]) {
  return {
    format,
    errors: BEDROCK_ERRORS,
    model: bareModel(call.captured[0] ?? ''),
    isStream,
    marks,
    fixedHeaders: bedrockHeaders(call.requestId),
    hasPlainModelIds: true,
  };
}

function perform(
  call: Call,
  stage: Stage,
  reading: Reading,
  tell: (spoken: Spoken, message: Message) => Reply,
): Reply {
  const failure = checkAwsAccess(call, stage);
  if (failure !== null) {
    const { format, model, isStream, fixedHeaders } = reading;
    const facts = {
      format,
      model,
      isStream,
      fixedHeaders,
      controls: {},
      metadata: null,
      user: null,
      inputTokens: 0,
    };
    return { ...facts, kind: 'refusal', failure };
  }
  const spoken = speak(call, stage, reading);
  return spoken.kind === 'denied' ? spoken.reply : tell(spoken, buildMessage(spoken, spoken.model.id));
}

export function answerConverse(call: Call, stage: Stage, isStream: boolean): Reply {
  const body = parseJson(call.bodyText);
  const reading: Reading = {
    ...readingOf(call, 'bedrock-converse', isStream, marksOf(body)),
    parse: (isLenient) => parseConverse(body, bareModel(call.captured[0] ?? ''), isStream, isLenient),
  };
  return perform(call, stage, reading, (spoken, message) => {
    if (!isStream) return plainReply(spoken, JSON_TYPE, JSON.stringify(converseBody(spoken, message)));
    const events = frameEvents(converseEvents(spoken, message), spoken.controls, eventFrame, FAILURE);
    return streamReply(spoken, EVENTS_TYPE, events, { isBinary: true });
  });
}

export function answerInvoke(call: Call, stage: Stage, isStream: boolean): Reply {
  const body = parseJson(call.bodyText);
  const reading: Reading = {
    ...readingOf(call, 'bedrock-invoke', isStream, messagesMarksOf(body)),
    parse: (isLenient) => {
      const request = inBedrockWords(() => parseMessages(withModel(body, call), isLenient));
      return { ...request, stream: isStream };
    },
  };
  return perform(call, stage, reading, (spoken, message) => {
    if (!isStream) {
      const counts = [
        ...['x-amzn-bedrock-input-token-count', String(spoken.usage.promptTokens)],
        ...['x-amzn-bedrock-output-token-count', String(spoken.usage.completionTokens)],
      ];
      return plainReply(spoken, [...JSON_TYPE, ...counts], JSON.stringify(messageBody(spoken, message)));
    }
    const events = frameEvents(chunks(spoken, message), spoken.controls, eventFrame, FAILURE);
    const headers = [...EVENTS_TYPE, 'x-amzn-bedrock-content-type', 'application/json'];
    return streamReply(spoken, headers, events, { isBinary: true });
  });
}

/** The path names the model, and a stream is asked for by the path: the body may hold neither. */
function withModel(body: unknown, call: Call): unknown {
  if (!isObject(body)) throw new WireRefusal(bedrockFailure(400, 'The request body is not valid JSON.'));
  for (const name of ['model', 'stream'])
    if (name in body) throw new WireRefusal(bedrockFailure(400, `${name}: Extra inputs are not permitted`));
  if (body.anthropic_version !== 'bedrock-2023-05-31')
    throw new WireRefusal(bedrockFailure(400, 'anthropic_version: Field required'));
  return { ...body, model: bareModel(call.captured[0] ?? '') };
}

/** Anthropic's events, each in base64 in a chunk of Bedrock's, without pings. */
function* chunks(spoken: Spoken, message: Message): Generator<WireEvent> {
  for (const event of messageEvents(spoken, message)) {
    if (event.event === 'ping') continue;
    const data = event.isEnd === true ? withMetrics(event.data, spoken) : event.data;
    yield {
      ...event,
      event: 'chunk',
      data: JSON.stringify({ bytes: Buffer.from(data).toString('base64'), p: 'abc' }),
    };
  }
}

function withMetrics(data: string, { usage }: Spoken): string {
  const metrics = {
    inputTokenCount: usage.promptTokens,
    outputTokenCount: usage.completionTokens,
    invocationLatency: 42,
    firstByteLatency: 21,
  };
  return JSON.stringify({ ...(JSON.parse(data) as object), 'amazon-bedrock-invocationMetrics': metrics });
}
