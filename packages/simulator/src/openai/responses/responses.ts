/** `POST /v1/responses` and what is kept of it: `GET` and `DELETE /v1/responses/{id}`, input items. */
import { isObject, parseJson } from '../../wire/json.ts';
import type { Reply } from '../../wire/reply.ts';
import { type Call, plainReply, type Spoken, type Stage, speak, streamReply } from '../../wire/speech.ts';
import { frameEvents, sseFrame } from '../../wire/sse.ts';
import { freeReply, guarded, JSON_TYPE, OPENAI_ERRORS, refuse } from '../openai-wire.ts';
import { finalStatus, outputItems, responseObject } from './response-object.ts';
import { ResponseEvents } from './responses-events.ts';
import { marksOf, parseResponses, type ResponsesRequest } from './responses-request.ts';

export function answerResponses(call: Call, stage: Stage): Reply {
  return guarded(call, stage, 'openai-responses', (facts) => {
    const body = parseJson(call.bodyText);
    if (!isObject(body)) refuse('We could not parse the JSON body of your request.', null, null);
    const spoken = speak(call, stage, {
      format: facts.format,
      errors: OPENAI_ERRORS,
      model: typeof body.model === 'string' ? body.model : '',
      isStream: body.stream === true,
      marks: marksOf(body),
      fixedHeaders: facts.fixedHeaders,
      metadata: isObject(body.metadata) ? body.metadata : null,
      user: typeof body.user === 'string' ? body.user : null,
      parse: (isLenient) => parseResponses(body, stage.memory, isLenient),
    });
    return spoken.kind === 'denied' ? spoken.reply : tell(spoken, body, call, stage);
  });
}

function tell(spoken: Spoken, body: Readonly<Record<string, unknown>>, call: Call, stage: Stage): Reply {
  const items = outputItems(spoken, stage.runtime.seed, call.sequence);
  const whole = responseObject(spoken, body, finalStatus(spoken), items);
  const request = spoken.request as ResponsesRequest;
  if (request.isStored) {
    stage.memory.responses.set(String(whole.id), { response: whole, items: [...request.items, ...items] });
    for (const item of items) stage.memory.items.set(item.id, item);
  }
  if (!request.stream) return plainReply(spoken, JSON_TYPE, JSON.stringify(whole, null, 2));
  const { controls } = spoken;
  const events = new ResponseEvents(spoken, body, items);
  // Numbered only when it is needed.
  const failure = { [Symbol.iterator]: () => events.failure()[Symbol.iterator]() };
  const isShown = items.some((item) => Array.isArray(item.summary) && item.summary.length > 0);
  return streamReply(
    spoken,
    ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'],
    frameEvents(events.all(), controls, sseFrame(controls), failure),
    { hiddenTokens: isShown ? 0 : spoken.usage.reasoningTokens },
  );
}

export function answerKeptResponse(call: Call, stage: Stage): Reply {
  return guarded(call, stage, 'openai-responses', (facts) => {
    const id = call.captured[0] ?? '';
    const kept = stage.memory.responses.get(id);
    if (kept === undefined) refuse(`Response with id '${id.slice(0, 100)}' not found.`, null, null, 404);
    if (call.method === 'DELETE') {
      stage.memory.responses.delete(id);
      return freeReply(facts, JSON.stringify({ id, object: 'response', deleted: true }));
    }
    return freeReply(facts, JSON.stringify(kept.response, null, 2));
  });
}
