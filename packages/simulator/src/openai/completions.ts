/** `POST /v1/completions`, the older one: prompts in, texts out. */
import type { ChatRequest } from '../chat-request.ts';
import { usageJson } from '../completion-body.ts';
import { cutIntoPieces } from '../tokens.ts';
import { asNumber, type Body, isObject, parseJson } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { type Call, plainReply, type Spoken, type Stage, speak, streamReply } from '../wire/speech.ts';
import { frameEvents, sseFrame, type WireEvent } from '../wire/sse.ts';
import { names, textsOf } from './openai-task.ts';
import { guarded, JSON_TYPE, OPENAI_ERRORS, openAiHeaders, refuse } from './openai-wire.ts';

const PARAMETERS = names(
  'model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream ' +
    'stream_options suffix temperature top_p user',
);
const TOKENS_USUAL = 16;

export function answerCompletions(call: Call, stage: Stage): Reply {
  const format = 'openai-completions';
  return guarded(call, stage, format, () => {
    const body = parseJson(call.bodyText);
    if (!isObject(body)) refuse('We could not parse the JSON body of your request.', null, null);
    const spoken = speak(call, stage, {
      format,
      errors: OPENAI_ERRORS,
      model: typeof body.model === 'string' ? body.model : '',
      isStream: body.stream === true,
      marks: textsOf(body.prompt),
      fixedHeaders: openAiHeaders(call.requestId),
      user: typeof body.user === 'string' ? body.user : null,
      parse: (isLenient) => parse(body, isLenient),
    });
    return spoken.kind === 'denied' ? spoken.reply : tell(spoken);
  });
}

function parse(body: Body, isLenient: boolean): ChatRequest {
  for (const name of Object.keys(body))
    if (!isLenient && !PARAMETERS.has(name))
      refuse(`Unknown parameter: '${name.slice(0, 100)}'.`, name.slice(0, 100), 'unknown_parameter');
  if (typeof body.model !== 'string') refuse('you must provide a model parameter', null, null);
  const prompts = textsOf(body.prompt ?? '');
  const options = isObject(body.stream_options) ? body.stream_options : {};
  const stop = textsOf(body.stop);
  return {
    model: body.model,
    messages: prompts.map((content) => ({ role: 'user', content })),
    stream: body.stream === true,
    includeUsage: options.include_usage === true,
    includeObfuscation: false,
    choiceCount: readCount(body.n),
    maxTokens: asNumber(body.max_tokens) ?? TOKENS_USUAL,
    stop,
    tools: [],
    toolChoice: { kind: 'auto' },
    parallelToolCalls: null,
    responseFormat: 'text',
    responseSchema: null,
    logprobs: typeof body.logprobs === 'number',
    serviceTier: 'default',
    metadata: null,
    user: typeof body.user === 'string' ? body.user : null,
  };
}

function readCount(value: unknown): number {
  const count = value === undefined || value === null ? 1 : asNumber(value);
  if (count !== null && Number.isInteger(count) && count >= 1 && count <= 128) return count;
  return refuse("Invalid 'n': expected an integer from 1 to 128.", 'n', 'invalid_value');
}

function headOf({ answer }: Spoken): object {
  return {
    id: `cmpl-${answer.id.slice(9)}`,
    object: 'text_completion',
    created: answer.created,
    model: answer.model,
    system_fingerprint: answer.fingerprint,
  };
}

function usageOf({ usage, controls }: Spoken): unknown {
  return controls['no-usage'] === true ? undefined : (JSON.parse(usageJson(usage, controls)) as unknown);
}

function tell(spoken: Spoken): Reply {
  const { answer, request, controls } = spoken;
  if (request.stream) {
    const error = {
      error: { message: 'The server had an error.', type: 'server_error', param: null, code: null },
    };
    return streamReply(
      spoken,
      ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'],
      frameEvents(eventsOf(spoken), controls, sseFrame(controls), [
        { event: null, data: JSON.stringify(error) },
      ]),
      { hiddenTokens: spoken.usage.reasoningTokens },
    );
  }
  const choices = answer.choices.map(({ text, finishReason }, index) => ({
    text: text ?? '',
    index,
    logprobs: request.logprobs ? logprobsOf(text ?? '') : null,
    finish_reason: controls.finish ?? finishReason,
  }));
  return plainReply(
    spoken,
    JSON_TYPE,
    JSON.stringify({ ...headOf(spoken), choices, usage: usageOf(spoken) }),
  );
}

function logprobsOf(text: string): object {
  const tokens = [...cutIntoPieces(text)].map((piece) => piece.text);
  let at = 0;
  const text_offset = tokens.map((token) => {
    at += token.length;
    return at - token.length;
  });
  return { tokens, token_logprobs: tokens.map(() => -0.0001), top_logprobs: null, text_offset };
}

function* eventsOf(spoken: Spoken): Generator<WireEvent> {
  const { answer, request } = spoken;
  const head = headOf(spoken);
  for (const [index, choice] of answer.choices.entries()) {
    for (const { text, tokens } of cutIntoPieces(choice.text ?? '')) {
      const choices = [{ text, index, logprobs: null, finish_reason: null }];
      yield { event: null, data: JSON.stringify({ ...head, choices }), tokens };
    }
    const finish_reason = spoken.controls.finish ?? choice.finishReason;
    const choices = [{ text: '', index, logprobs: null, finish_reason }];
    yield { event: null, data: JSON.stringify({ ...head, choices }) };
  }
  if (request.includeUsage)
    yield {
      event: null,
      data: JSON.stringify({ ...head, choices: [], usage: usageOf(spoken) }),
      isUsage: true,
    };
  yield { event: null, data: '[DONE]', isEnd: true };
}
