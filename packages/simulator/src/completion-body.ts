/**
 * The bodies of plain answers and the pieces they share with streams: usage and log probabilities.
 *
 * Written as strings where it matters for speed; key order is the provider's.
 */
import type { Answer, AnsweredChoice, Usage } from './answer.ts';
import type { Controls } from './controls.ts';
import { cutIntoPieces } from './tokens.ts';

export interface BodyOptions {
  readonly logprobs: boolean;
  readonly controls: Controls;
}

export function completionBody(answer: Answer, { logprobs, controls }: BodyOptions): string {
  let choices = '';
  for (const [index, choice] of answer.choices.entries()) {
    if (index > 0) choices += ',';
    choices += choiceJson(choice, index, logprobs, controls);
  }
  const usage = controls['no-usage'] === true ? '' : `,"usage":${usageJson(answer.usage, controls)}`;
  return (
    `{"id":"${answer.id}","object":"chat.completion","created":${answer.created},` +
    `"model":${JSON.stringify(answer.model)},"choices":[${choices}]${usage},` +
    `"service_tier":"${answer.serviceTier}","system_fingerprint":"${answer.fingerprint}"}`
  );
}

/** The finish reason that is told: a raw one on demand. */
export function toldFinish(choice: AnsweredChoice, controls: Controls): string {
  if (controls.finish !== undefined) return controls.finish;
  return controls['safety-block'] === undefined ? choice.finishReason : 'content_filter';
}

function choiceJson(choice: AnsweredChoice, index: number, logprobs: boolean, controls: Controls): string {
  const content = choice.isRefusal || choice.text === null ? 'null' : JSON.stringify(choice.text);
  const refusal = choice.isRefusal ? JSON.stringify(choice.text) : 'null';
  const calls =
    choice.toolCalls.length === 0 ? '' : `"tool_calls":${JSON.stringify(choice.toolCalls.map(callJson))},`;
  const probabilities = logprobs && choice.text !== null ? logprobsJson(choice.text) : 'null';
  const thought = controls.reasoning === true && choice.reasoningText !== '' ? choice.reasoningText : null;
  // Not OpenAI's own, but the member that its imitators show reasoning in.
  const reasoning = thought === null ? '' : `"reasoning_content":${JSON.stringify(thought)},`;
  return (
    `{"index":${index},"message":{"role":"assistant","content":${content},${reasoning}${calls}"refusal":${refusal},` +
    `"annotations":[]},"logprobs":${probabilities},"finish_reason":${JSON.stringify(toldFinish(choice, controls))}}`
  );
}

function callJson(call: AnsweredChoice['toolCalls'][number]) {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

/** The `usage` object, or the broken one that `bad-usage` asks for. */
export function usageJson(usage: Usage, controls: Controls): string {
  const broken = controls['bad-usage'];
  if (broken !== undefined) return brokenUsage(usage, broken);
  const total = usage.promptTokens + usage.completionTokens;
  return (
    `{"prompt_tokens":${usage.promptTokens},"completion_tokens":${usage.completionTokens},"total_tokens":${total},` +
    `"prompt_tokens_details":{"cached_tokens":${usage.cachedTokens},"audio_tokens":0},` +
    `"completion_tokens_details":{"reasoning_tokens":${usage.reasoningTokens},"audio_tokens":0,` +
    '"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}'
  );
}

function brokenUsage(usage: Usage, kind: string): string {
  switch (kind) {
    case 'negative':
      return `{"prompt_tokens":${-usage.promptTokens},"completion_tokens":-1,"total_tokens":-1}`;
    case 'huge':
      return '{"prompt_tokens":1e308,"completion_tokens":9007199254740993,"total_tokens":1e308}';
    case 'text':
      return `{"prompt_tokens":"${usage.promptTokens}","completion_tokens":"many","total_tokens":[]}`;
    default:
      return 'null';
  }
}

/** Log probabilities of a text: one entry for each token, with the token's own bytes. */
export function logprobsJson(text: string): string {
  const content = [];
  for (const piece of cutIntoPieces(text)) content.push(logprobOf(piece.text));
  return JSON.stringify({ content, refusal: null });
}

function logprobOf(token: string) {
  return { token, logprob: -0.0001, bytes: [...Buffer.from(token)], top_logprobs: [] };
}
