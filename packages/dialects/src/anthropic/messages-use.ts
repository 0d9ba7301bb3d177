/**
 * What a Messages request can use at most. Pure.
 *
 * Works on the parsed body, whose text may be bytes as Latin-1: only structure, numbers and ASCII words are read.
 */
import { type RequestUse, toolPromptTokens } from '../request-use.ts';

/** Members whose value decides; each may stand only once. */
export const USE_MEMBERS = [
  'messages',
  'system',
  'tools',
  'mcp_servers',
  'container',
  'context_management',
  'compaction',
  'anthropic_beta',
  'inference_geo',
] as const;

/** They let other servers be called, code be run, or a summary be written that no output cap bounds. */
const UNBOUNDED_MEMBERS = ['mcp_servers', 'container', 'context_management', 'compaction'] as const;
/** Run by the caller, whatever their type is. */
const OWN_TOOLS = /^(?:custom|bash|text_editor|computer|memory|browser|tool_search_tool)(?:_|$)/;
/** Server tools that cost by the use and may be capped; a fetch costs only the tokens that it brings. */
const CAPPED_TOOLS = /^web_(search|fetch)_/;
const SEEN_BLOCKS: ReadonlySet<unknown> = new Set([
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'server_tool_use',
  'search_result',
]);
const MAX_USES = 10_000;
/** What the provider puts into the prompt for each tool of its own (guide, Tool use, Pricing). */
const OWN_TOOL_TOKENS = 1_024;
/** A beta that opens a larger window than the catalogue tells of. */
const LONG_CONTEXT = /^context-1m/;
const LONG_CONTEXT_TOKENS = 1_000_000;

export function messagesUse(
  body: Readonly<Record<string, unknown>>,
  bytes: number,
  outputCap: number | undefined,
): RequestUse {
  const tools = useOfTools(body.tools);
  return {
    inputTokensMax: bytes + tools.promptTokens,
    unseenInput:
      tools.searches > 0 || tools.fetches > 0 || hasUnseen(body.messages) || hasUnseen(body.system),
    // Each use ends a turn of the provider's, and the next one reads all again; usage is their sum.
    ...(tools.searches + tools.fetches > 0 ? { prompts: 1 + tools.searches + tools.fetches } : {}),
    ...(asksLongContext(body.anthropic_beta) ? { askedWindow: LONG_CONTEXT_TOKENS } : {}),
    outputCap: outputCap ?? null,
    choices: 1,
    audio: false,
    ...(tools.searches > 0 ? { units: { 'unit:web_search': tools.searches } } : {}),
    unbounded: tools.unbounded || UNBOUNDED_MEMBERS.some((name) => isSet(body[name])),
  };
}

function asksLongContext(betas: unknown): boolean {
  return Array.isArray(betas) && betas.some((beta) => typeof beta === 'string' && LONG_CONTEXT.test(beta));
}

interface UseOfTools {
  searches: number;
  fetches: number;
  promptTokens: number;
  unbounded: boolean;
}

function useOfTools(tools: unknown): UseOfTools {
  const use = { searches: 0, fetches: 0, promptTokens: toolPromptTokens(tools), unbounded: false };
  for (const tool of Array.isArray(tools) ? (tools as readonly unknown[]) : []) {
    const { type, max_uses: uses } = (tool ?? {}) as { type?: unknown; max_uses?: unknown };
    if (isSet(type) && type !== 'custom') use.promptTokens += OWN_TOOL_TOKENS;
    if (!isSet(type) || (typeof type === 'string' && OWN_TOOLS.test(type))) continue;
    const capped = typeof type === 'string' ? CAPPED_TOOLS.exec(type)?.[1] : undefined;
    if (capped === undefined || typeof uses !== 'number' || !(uses >= 0 && uses <= MAX_USES)) {
      use.unbounded = true;
    } else if (capped === 'search') use.searches += Math.ceil(uses);
    else use.fetches += Math.ceil(uses);
  }
  return use;
}

/** Pictures, files and what lies behind addresses, also inside the results of tools. */
function hasUnseen(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return (value as readonly unknown[]).some((entry) => {
    if (typeof entry !== 'object' || entry === null) return false;
    const { type, content, source } = entry as { type?: unknown; content?: unknown; source?: unknown };
    if (hasUnseen(content)) return true;
    if (type === undefined || SEEN_BLOCKS.has(type)) return false;
    return !(type === 'document' && (source as { type?: unknown } | null | undefined)?.type === 'text');
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
