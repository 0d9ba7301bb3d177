/**
 * What a chat completion request can use at most. Pure.
 *
 * Works on the parsed body, whose text may be bytes as Latin-1: only structure, numbers and ASCII words are read.
 */
import { countChoices, type RequestUse, toolPromptTokens } from '../request-use.ts';

/** They make the provider search, or bill what no output cap bounds. OpenAI's, xAI's, OpenRouter's names. */
const UNBOUNDED_MEMBERS = [
  'web_search_options',
  'search_parameters',
  'plugins',
  'extra_body',
  'prediction',
  'compound_custom',
] as const;
/** Members whose value decides; each may stand only once, because a provider might read the other one. */
export const USE_MEMBERS = ['messages', 'n', 'modalities', 'audio', 'tools', ...UNBOUNDED_MEMBERS] as const;
/** The caller's own functions cost nothing but their tokens. */
const OWN_TOOLS: ReadonlySet<unknown> = new Set(['function', 'custom']);
/** Parts whose tokens are in the request's own bytes. */
const SEEN_PARTS: ReadonlySet<unknown> = new Set(['text', 'refusal', 'thinking', 'redacted_thinking']);

export function chatUse(
  body: Readonly<Record<string, unknown>>,
  bytes: number,
  outputCap: number | undefined,
): RequestUse {
  const { n, modalities, tools } = body;
  const input = inputOf(body.messages);
  return {
    inputTokensMax: bytes + toolPromptTokens(tools),
    unseenInput: input.unseen,
    outputCap: outputCap ?? null,
    choices: countChoices(n),
    audio:
      input.audio ||
      (Array.isArray(modalities) && modalities.includes('audio')) ||
      (body.audio !== undefined && body.audio !== null),
    unbounded: UNBOUNDED_MEMBERS.some((name) => isSet(body[name])) || hasServerTool(tools),
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function hasServerTool(tools: unknown): boolean {
  if (!Array.isArray(tools)) return false;
  return tools.some((tool: unknown) => !OWN_TOOLS.has((tool as { type?: unknown } | null)?.type));
}

function inputOf(messages: unknown): { readonly unseen: boolean; readonly audio: boolean } {
  let unseen = false;
  let audio = false;
  for (const message of Array.isArray(messages) ? (messages as readonly unknown[]) : []) {
    if (typeof message !== 'object' || message === null) continue;
    const { content, audio: earlier } = message as { content?: unknown; audio?: unknown };
    if (isSet(earlier)) {
      unseen = true;
      audio = true;
    }
    if (!Array.isArray(content)) continue;
    for (const part of content as readonly unknown[]) {
      const type = (part as { type?: unknown } | null)?.type;
      if (type === 'input_audio') audio = true;
      // Audio has fewer tokens than bytes; pictures and files may have more.
      else if (!SEEN_PARTS.has(type)) unseen = true;
    }
  }
  return { unseen, audio };
}
