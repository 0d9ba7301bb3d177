/** `POST /v2/chat` as Cohere answers it, whole and streamed. */
import type { AnsweredChoice } from '../answer.ts';
import { countTokens, cutIntoPieces } from '../tokens.ts';
import { isObject, parseJson } from '../wire/json.ts';
import { type Reply, WireRefusal } from '../wire/reply.ts';
import { type Call, plainReply, type Spoken, type Stage, speak, streamReply } from '../wire/speech.ts';
import { bendUsage, frameEvents, sseFrame, type WireEvent } from '../wire/sse.ts';
import { checkCohereKey, cohereErrors, cohereHeaders, uuidOf } from './cohere-error.ts';
import { marksOf, parseCohere } from './cohere-request.ts';

const FINISH_REASONS = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL' } as const;
const TOOL_PLAN = 'I will call the tool.';

export function answerCohereChat(call: Call, stage: Stage): Reply {
  const body = parseJson(call.bodyText);
  const { requestId } = call;
  const facts = {
    format: 'cohere-chat',
    model: isObject(body) && typeof body.model === 'string' ? body.model : '',
    isStream: isObject(body) && body.stream === true,
    fixedHeaders: cohereHeaders(requestId),
  };
  const failure = checkCohereKey(call, stage);
  if (failure !== null)
    return { ...facts, kind: 'refusal', controls: {}, metadata: null, user: null, inputTokens: 0, failure };
  const spoken = speak(call, stage, {
    ...facts,
    errors: cohereErrors(requestId),
    marks: marksOf(body),
    parse: (isLenient) => withId(requestId, () => parseCohere(body, isLenient)),
  });
  if (spoken.kind === 'denied') return spoken.reply;
  const id = uuidOf(requestId);
  if (!spoken.request.stream)
    return plainReply(spoken, ['content-type', 'application/json'], JSON.stringify(bodyOf(spoken, id)));
  const { controls } = spoken;
  const lost = { type: 'message-end', delta: { error: 'internal server error', finish_reason: 'ERROR' } };
  const events = frameEvents(eventsOf(spoken, id), controls, sseFrame(controls), [
    { event: 'message-end', data: JSON.stringify(lost) },
  ]);
  return streamReply(spoken, ['content-type', 'text/event-stream'], events);
}

export function withId<T>(requestId: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error;
    const body = error.failure.body.replace('"id":""', `"id":"${uuidOf(requestId)}"`);
    throw new WireRefusal({ ...error.failure, body });
  }
}

function finishReason(choice: AnsweredChoice, { controls }: Spoken): string {
  if (controls.finish !== undefined) return controls.finish;
  if (choice.isStopped) return 'STOP_SEQUENCE';
  // A call that was forced by name ends as `stop` elsewhere; Cohere knows no such calls.
  return choice.toolCalls.length > 0 && choice.finishReason === 'stop'
    ? 'TOOL_CALL'
    : FINISH_REASONS[choice.finishReason];
}

/** Billed units leave out Cohere's own preamble and the cached part; here both counts are the same but for that. */
function usageOf({ usage, controls }: Spoken): unknown {
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = usage;
  return bendUsage(
    {
      billed_units: { input_tokens: promptTokens, output_tokens: completionTokens },
      tokens: {
        input_tokens: promptTokens,
        output_tokens: completionTokens,
        ...(reasoningTokens > 0 ? { reasoning_tokens: reasoningTokens } : {}),
      },
      cached_tokens: cachedTokens,
    },
    controls,
  );
}

function bodyOf(spoken: Spoken, id: string): object {
  const choice = spoken.answer.choices[0]!;
  const content = [
    ...(choice.reasoningText === '' ? [] : [{ type: 'thinking', thinking: choice.reasoningText }]),
    ...(choice.text === null ? [] : [{ type: 'text', text: choice.text }]),
  ];
  const calls = choice.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const usage = usageOf(spoken);
  return {
    id,
    message: {
      role: 'assistant',
      ...(calls.length === 0 ? {} : { tool_calls: calls, tool_plan: TOOL_PLAN }),
      ...(content.length === 0 ? {} : { content }),
      ...(spoken.controls.citations === true ? { citations: [citationOf(choice.text ?? '')] } : {}),
    },
    finish_reason: finishReason(choice, spoken),
    ...(usage === undefined ? {} : { usage }),
  };
}

function citationOf(text: string): object {
  const cited = text.slice(0, 20);
  const source = { type: 'document', id: 'doc:0', document: { id: 'doc:0', text: cited } };
  return {
    start: 0,
    end: cited.length,
    text: cited,
    sources: [source],
    content_index: 0,
    type: 'TEXT_CONTENT',
  };
}

function* eventsOf(spoken: Spoken, id: string): Generator<WireEvent> {
  const choice = spoken.answer.choices[0]!;
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  yield event({ id, type: 'message-start', delta: { message } });
  let index = 0;
  if (choice.reasoningText !== '') yield* contentEvents('thinking', choice.reasoningText, index++);
  if (choice.text !== null) yield* contentEvents('text', choice.text, index);
  if (spoken.controls.citations === true) {
    const citations = citationOf(choice.text ?? '');
    yield event({ type: 'citation-start', index: 0, delta: { message: { citations } } });
    yield event({ type: 'citation-end', index: 0 });
  }
  yield* callEvents(choice);
  const usage = usageOf(spoken);
  const delta = { finish_reason: finishReason(choice, spoken), ...(usage === undefined ? {} : { usage }) };
  yield { ...event({ type: 'message-end', delta }), isUsage: usage !== undefined };
  yield { event: null, data: '[DONE]', isEnd: true };
}

function* contentEvents(type: 'text' | 'thinking', whole: string, index: number): Generator<WireEvent> {
  yield event({ type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } });
  for (const { text, tokens } of cutIntoPieces(whole))
    yield event({ type: 'content-delta', index, delta: { message: { content: { [type]: text } } } }, tokens);
  yield event({ type: 'content-end', index });
}

function* callEvents(choice: AnsweredChoice): Generator<WireEvent> {
  if (choice.toolCalls.length > 0)
    yield event({ type: 'tool-plan-delta', delta: { message: { tool_plan: TOOL_PLAN } } });
  for (const [index, call] of choice.toolCalls.entries()) {
    const head = { id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
    const start = { type: 'tool-call-start', index, delta: { message: { tool_calls: head } } };
    yield event(start, countTokens(call.name));
    for (const { text, tokens } of cutIntoPieces(call.arguments)) {
      const delta = { message: { tool_calls: { function: { arguments: text } } } };
      yield event({ type: 'tool-call-delta', index, delta }, tokens);
    }
    yield event({ type: 'tool-call-end', index });
  }
}

function event(content: { readonly type: string; readonly [name: string]: unknown }, tokens = 0): WireEvent {
  return { event: content.type, data: JSON.stringify(content), tokens };
}
