/**
 * Decides the whole answer to a chat request before the first byte: text, tool calls, finish reasons, usage.
 *
 * Pure: the same request, controls, seed and sequence give the same answer. How it travels is decided elsewhere
 * (completion-body.ts for a plain answer, stream-events.ts for a stream).
 */
import type { ChatRequest, ToolDefinition } from './chat-request.ts';
import type { Controls } from './controls.ts';
import { base62Id, hashText, hexId } from './random.ts';
import { valueForSchema } from './schema-value.ts';
import { awkwardTextOfTokens, sentencesFor, textOfTokens } from './text.ts';
import { countPromptTokens, countTokens, cutToTokens } from './tokens.ts';

/** What is billed beside text tokens. Tokens here are also part of the sums of `Usage`; the others are counts. */
export const UNIT_NAMES = [
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'imageInputTokens',
  'imageOutputTokens',
  'images',
  'audioSeconds',
  'characters',
  'searches',
] as const;
export type UnitName = (typeof UNIT_NAMES)[number];
export type Units = { readonly [N in UnitName]?: number };

export interface Usage {
  /** Everything that was read: cached tokens and cache writes included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** Includes the reasoning tokens. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly units?: Units;
}

export interface AnsweredToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls';

export interface AnsweredChoice {
  /** Null when the choice calls tools. */
  readonly text: string | null;
  readonly isRefusal: boolean;
  /** A stop sequence ended it. */
  readonly isStopped: boolean;
  readonly toolCalls: readonly AnsweredToolCall[];
  readonly finishReason: FinishReason;
  readonly reasoningTokens: number;
  /** What the model thought, for formats that show it. */
  readonly reasoningText: string;
  readonly visibleTokens: number;
}

export interface Answer {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  readonly serviceTier: string;
  readonly choices: readonly AnsweredChoice[];
  readonly usage: Usage;
}

export interface Identity {
  readonly seed: number;
  readonly sequence: number;
  readonly createdSeconds: number;
}

const ID_COMPLETION = 1;
const ID_CALL = 2;
const ID_REQUEST = 1_000;
const REFUSAL = "I'm sorry, but I can't help with that.";
const ECHO_CHARACTERS_MAX = 4_000;
const REASONING_TOKENS_USUAL = 12;
const TOOL_CALLS_MAX = 100;

/** Prompt tokens as they are billed: counted by the rule of tokens.ts unless a control says otherwise. */
export function billedPromptTokens(body: Readonly<Record<string, unknown>>, controls: Controls): number {
  return Math.floor(controls['input-tokens'] ?? countPromptTokens(body));
}

export function requestIdOf(seed: number, sequence: number): string {
  return `req_${hexId(seed, sequence, ID_REQUEST, 32)}`;
}

/** @param model The model's own id, without any suffix of controls. */
export function buildAnswer(
  request: ChatRequest,
  controls: Controls,
  model: string,
  promptTokens: number,
  identity: Identity,
): Answer {
  const { seed, sequence } = identity;
  const hash = hashText(`${model}\n${request.messages.length}\n${lastText(request)}`, seed);
  const choices: AnsweredChoice[] = [];
  for (let index = 0; index < request.choiceCount; index += 1) {
    choices.push(
      buildChoice(request, controls, hash + index, (purpose) =>
        base62Id(seed, sequence, ID_CALL + index * 200 + purpose, 24),
      ),
    );
  }
  return {
    id: `chatcmpl-${base62Id(seed, sequence, ID_COMPLETION, 29)}`,
    created: identity.createdSeconds,
    model: controls['response-model'] ?? model,
    fingerprint: `fp_${hexId(seed, 0, ID_COMPLETION, 10)}`,
    serviceTier: request.serviceTier,
    choices,
    usage: sumUsage(choices, promptTokens, controls),
  };
}

function sumUsage(choices: readonly AnsweredChoice[], promptTokens: number, controls: Controls): Usage {
  let reasoningTokens = 0;
  let visibleTokens = 0;
  for (const choice of choices) {
    reasoningTokens += choice.reasoningTokens;
    visibleTokens += choice.visibleTokens;
  }
  return {
    promptTokens,
    cachedTokens: Math.min(Math.floor(controls['cached-tokens'] ?? 0), promptTokens),
    completionTokens: reasoningTokens + visibleTokens,
    reasoningTokens,
  };
}

function buildChoice(
  request: ChatRequest,
  controls: Controls,
  hash: number,
  callId: (purpose: number) => string,
): AnsweredChoice {
  const tokensMax = request.maxTokens ?? Number.POSITIVE_INFINITY;
  const reasoningTokens = Math.min(reasoningTokensOf(request, controls), tokensMax);
  const visibleMax = tokensMax - reasoningTokens;
  const tools = controls.refusal === true ? [] : toolsToCall(request, controls);
  if (tools.length > 0) return callTools(request, tools, hash, reasoningTokens, visibleMax, callId);
  const produced = wholeText(request, controls, hash);
  const isFree = request.responseFormat === 'text' && controls.refusal !== true;
  const whole = isFree ? untilStop(produced, request.stop) : produced;
  const kept = cutToTokens(whole, visibleMax);
  return {
    text: kept,
    isRefusal: controls.refusal === true,
    isStopped: kept.length === whole.length && whole.length < produced.length,
    toolCalls: [],
    finishReason: kept.length < whole.length ? 'length' : 'stop',
    reasoningTokens,
    reasoningText: reasoningTextOf(hash, reasoningTokens),
    visibleTokens: countTokens(kept),
  };
}

function reasoningTokensOf(request: ChatRequest, controls: Controls): number {
  const usual = controls.reasoning === true || request.reasons === true ? REASONING_TOKENS_USUAL : 0;
  return Math.floor(controls['reasoning-tokens'] ?? usual);
}

function reasoningTextOf(hash: number, tokens: number): string {
  return tokens === 0 ? '' : textOfTokens((hash >>> 3) + 7, tokens);
}

/** The tools that this turn calls: none after a tool's answer, several where the request asks for parallel calls. */
function toolsToCall(request: ChatRequest, controls: Controls): readonly ToolDefinition[] {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice.kind === 'none' || controls['no-tools'] === true) return [];
  if (controls.tool !== undefined || controls['tool-calls'] !== undefined)
    return toolsOnDemand(tools, controls);
  const lastRole = request.messages.at(-1)?.role;
  if (lastRole === 'tool' || lastRole === 'function') return [];
  if (toolChoice.kind === 'named') return tools.filter((tool) => tool.name === toolChoice.name).slice(0, 1);
  const isParallel = request.parallelToolCalls ?? toolChoice.kind === 'required';
  return isParallel ? tools : tools.slice(0, 1);
}

/** `tool=NAME` calls that one, `tool-calls=N` calls N times, taking the tools in turns. */
function toolsOnDemand(tools: readonly ToolDefinition[], controls: Controls): readonly ToolDefinition[] {
  const { tool } = controls;
  const named = tool === undefined || tool === '' ? tools : tools.filter(({ name }) => name === tool);
  const count = Math.min(Math.floor(controls['tool-calls'] ?? 1), TOOL_CALLS_MAX);
  return named.length === 0 ? [] : Array.from({ length: count }, (_, i) => named[i % named.length]!);
}

function callTools(
  request: ChatRequest,
  tools: readonly ToolDefinition[],
  hash: number,
  reasoningTokens: number,
  visibleMax: number,
  callId: (purpose: number) => string,
): AnsweredChoice {
  const toolCalls: AnsweredToolCall[] = [];
  let left = visibleMax;
  let isCut = false;
  for (const [i, tool] of tools.entries()) {
    const whole = JSON.stringify(valueForSchema(tool.parameters, hash + i));
    const nameTokens = countTokens(tool.name);
    isCut = left < nameTokens + countTokens(whole);
    if (left < nameTokens) break;
    const kept = cutToTokens(whole, left - nameTokens);
    toolCalls.push({ id: `call_${callId(i)}`, name: tool.name, arguments: kept });
    left -= nameTokens + countTokens(kept);
    if (isCut) break;
  }
  const visibleTokens = toolCalls.reduce(
    (sum, call) => sum + countTokens(call.name) + countTokens(call.arguments),
    0,
  );
  // The provider says `stop`, not `tool_calls`, where the request forced one function by name.
  const whole: FinishReason = request.toolChoice.kind === 'named' ? 'stop' : 'tool_calls';
  const text = toolCalls.length === 0 ? '' : null;
  return {
    text,
    isRefusal: false,
    isStopped: false,
    toolCalls,
    finishReason: isCut ? 'length' : whole,
    reasoningTokens,
    reasoningText: reasoningTextOf(hash, reasoningTokens),
    visibleTokens,
  };
}

function wholeText(request: ChatRequest, controls: Controls, hash: number): string {
  if (controls.refusal === true) return REFUSAL;
  if (request.responseFormat === 'json_object')
    return JSON.stringify({ status: 'ok', answer: sentencesFor(hash) });
  if (request.responseFormat === 'json_schema')
    return JSON.stringify(valueForSchema(request.responseSchema, hash));
  return freeText(request, controls, hash);
}

function freeText(request: ChatRequest, controls: Controls, hash: number): string {
  if (controls.echo === true) return lastText(request).slice(0, ECHO_CHARACTERS_MAX);
  const asked = controls.tokens;
  if (asked === undefined)
    return controls.awkward === true ? awkwardTextOfTokens(hash, 32) : sentencesFor(hash);
  // Nobody gets more than was allowed, so a huge wish with a small limit costs only one token above the limit.
  const tokens = Math.min(Math.floor(asked), (request.maxTokens ?? Number.POSITIVE_INFINITY) + 1);
  return controls.awkward === true ? awkwardTextOfTokens(hash, tokens) : textOfTokens(hash, tokens);
}

function untilStop(text: string, stop: readonly string[]): string {
  let end = text.length;
  for (const sequence of stop) {
    const found = text.indexOf(sequence);
    if (found !== -1 && found < end) end = found;
  }
  return text.slice(0, end);
}

function lastText(request: ChatRequest): string {
  return textOfContent(request.messages.at(-1)?.content);
}

/** The text of a message's content: the string itself, or the first text part. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  for (const part of content) {
    if (typeof part === 'object' && part !== null && typeof part.text === 'string') return part.text;
  }
  return '';
}
