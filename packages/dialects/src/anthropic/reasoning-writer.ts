/**
 * How hard the model shall think, in the words of the model at hand: a budget for the older ones, effort and
 * adaptive thinking for the newer.
 */
import type { JsonObject, NeutralRequest, ReasoningEffort, TranslationNotes } from '../neutral/index.ts';
import type { ClaudeAbilities } from './models.ts';
import { FORMAT } from './signature.ts';

export interface WrittenReasoning {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  /** Least `max_tokens` that leaves room for an answer behind the thinking. */
  readonly leastMaxTokens: number;
}

const LEAST_BUDGET = 1_024;
const ROOM_FOR_ANSWER = 4_096;
/** Ours: Anthropic's own budgets are free numbers; from 1,024 up to what its guide calls large. */
const BUDGET_BY_EFFORT = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
} as const satisfies Record<ReasoningEffort, number>;

export function writeReasoningWish(
  request: NeutralRequest,
  abilities: ClaudeAbilities,
  notes: TranslationNotes,
): WrittenReasoning {
  const wish = request.reasoning;
  if (wish === undefined) return NO_REASONING;
  if (wish.budgetTokens === 0 || wish.effort === 'none') {
    return { ...NO_REASONING, ...(abilities.thinks ? { thinking: { type: 'disabled' } } : {}) };
  }
  if (!abilities.thinks) return { ...NO_REASONING, ...report(notes, 'is a model that does not think') };
  const effort = writeEffort(wish.effort, abilities, notes);
  const refused = whyNotNow(request, abilities);
  if (refused !== undefined) return { ...NO_REASONING, ...effort, ...report(notes, refused) };
  const thinking = writeThinking(request, abilities, notes);
  return { ...effort, ...thinking };
}

const NO_REASONING: WrittenReasoning = { leastMaxTokens: 0 };

function report(notes: TranslationNotes, why: string): Record<string, never> {
  notes.cannot('reasoning', 'hint', why);
  return {};
}

function writeEffort(
  effort: ReasoningEffort | undefined,
  { takesEffort, takesHighestEffort }: ClaudeAbilities,
  notes: TranslationNotes,
): { readonly effort?: string } {
  if (effort === undefined || effort === 'none' || !takesEffort) return {};
  if (effort === 'minimal') return { effort: 'low' };
  if (effort !== 'xhigh' || takesHighestEffort) return { effort };
  notes.cannot('reasoning.effort', 'hint', 'is a model without "xhigh"; "high" is used');
  return { effort: 'high' };
}

/** Anthropic refuses thinking where a call is forced, and, with a budget, behind calls without their thinking. */
function whyNotNow(request: NeutralRequest, { adapts }: ClaudeAbilities): string | undefined {
  const choice = request.toolChoice;
  const forced =
    choice?.kind === 'required' ||
    choice?.kind === 'tool' ||
    (choice?.kind === 'allowed' && choice.mode === 'required');
  if (forced) return 'does not think where a tool call is forced';
  if (!adapts && continuesCallsWithoutThinking(request)) {
    return 'does not think on where the thinking before a tool call was not sent back';
  }
  return undefined;
}

function continuesCallsWithoutThinking({ messages }: NeutralRequest): boolean {
  if (messages.at(-1)?.role !== 'tool') return false;
  const turn = messages.findLast(({ role }) => role === 'assistant');
  return !turn?.content.some(
    (part) =>
      part.kind === 'reasoning' && (part.signature?.format === FORMAT || part.redacted?.format === FORMAT),
  );
}

function writeThinking(
  request: NeutralRequest,
  abilities: ClaudeAbilities,
  notes: TranslationNotes,
): WrittenReasoning {
  const { budgetTokens, effort, summary } = request.reasoning ?? {};
  const display = summary === undefined ? {} : { display: summary === 'none' ? 'omitted' : 'summarized' };
  const wantsBudget = typeof budgetTokens === 'number';
  if (abilities.adapts && !(wantsBudget && abilities.takesBudget)) {
    if (wantsBudget) notes.cannot('reasoning.budget', 'hint', 'is a model that chooses its own budget');
    return { leastMaxTokens: 0, thinking: { type: 'adaptive', ...display } };
  }
  const wanted = wantsBudget ? budgetTokens : BUDGET_BY_EFFORT[effort ?? 'medium'];
  const budget = Math.max(wanted, LEAST_BUDGET);
  const { maxOutputTokens } = request;
  if (maxOutputTokens === undefined || maxOutputTokens > budget) {
    return {
      leastMaxTokens: budget + ROOM_FOR_ANSWER,
      thinking: { type: 'enabled', budget_tokens: budget, ...display },
    };
  }
  const fitting = Math.floor(maxOutputTokens * 0.8);
  if (fitting < LEAST_BUDGET) {
    return { ...NO_REASONING, ...report(notes, `needs more than ${LEAST_BUDGET} output tokens to think`) };
  }
  notes.cannot('reasoning.budget', 'hint', 'keeps the budget below the output limit');
  return { leastMaxTokens: 0, thinking: { type: 'enabled', budget_tokens: fitting, ...display } };
}
