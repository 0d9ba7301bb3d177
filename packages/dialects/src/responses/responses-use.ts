/**
 * What a Responses request can use at most. Pure; works on the parsed body, whose text may be bytes as Latin-1: only
 * structure, numbers and ASCII words are read.
 */
import { type RequestUse, toolPromptTokens } from '../request-use.ts';

/** Members whose value decides; each may stand only once, because a provider might read the other one. */
export const USE_MEMBERS: readonly string[] = [
  ...['input', 'tools', 'previous_response_id', 'conversation', 'prompt', 'background', 'max_output_tokens'],
];

/** They run at the caller, so that they cost nothing but their tokens. */
const OWN_TOOLS: ReadonlySet<unknown> = new Set([
  'function',
  'custom',
  'local_shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
]);
/** Parts whose tokens are in the request's own bytes. */
const SEEN_PARTS: ReadonlySet<unknown> = new Set(['input_text', 'output_text', 'text', 'refusal']);
const SEEN_ITEMS: ReadonlySet<unknown> = new Set([
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
]);

export function responsesUse(
  body: Readonly<Record<string, unknown>>,
  bytes: number,
  outputCap: number | undefined,
): RequestUse {
  const { input, tools, background } = body;
  const isKept = isSet(body.previous_response_id) || isSet(body.conversation) || isSet(body.prompt);
  return {
    inputTokensMax: bytes + toolPromptTokens(tools),
    unseenInput: isKept || !isSeen(input),
    outputCap: outputCap ?? null,
    choices: 1,
    audio: false,
    // What runs in the background is fetched later, by another request, and its usage is not seen. A stored prompt
    // may bring tools of its own.
    unbounded: background === true || isSet(body.prompt) || hasServerTool(tools),
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function hasServerTool(tools: unknown): boolean {
  if (!Array.isArray(tools)) return false;
  return tools.some((tool: unknown) => !OWN_TOOLS.has((tool as { type?: unknown } | null)?.type));
}

function isSeen(input: unknown): boolean {
  if (!Array.isArray(input)) return true;
  return (input as readonly unknown[]).every((value) => {
    if (typeof value !== 'object' || value === null) return false;
    const {
      type = 'message',
      content,
      output,
    } = value as { type?: unknown; content?: unknown; output?: unknown };
    return SEEN_ITEMS.has(type) && hasSeenParts(content) && hasSeenParts(output);
  });
}

function hasSeenParts(content: unknown): boolean {
  if (!Array.isArray(content)) return true;
  return content.every((part: unknown) => SEEN_PARTS.has((part as { type?: unknown } | null)?.type));
}
