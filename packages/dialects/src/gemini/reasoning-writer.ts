/** How hard the model shall think, in the words of the model at hand: a level for the newer, a budget for the older. */
import type { TranslationNotes } from '../neutral/notes.ts';
import type { NeutralRequest, ReasoningEffort } from '../neutral/request.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import type { GeminiAbilities } from './models.ts';

/** Google's own figures for OpenAI's words (ai.google.dev, OpenAI compatibility, Thinking). */
const BUDGET_BY_EFFORT = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 32_768,
} as const satisfies Record<ReasoningEffort, number>;

const LEVEL_BY_EFFORT = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
} as const satisfies Record<ReasoningEffort, string>;

/** @returns Undefined where nothing is to be said. */
export function writeThinking(
  { reasoning }: NeutralRequest,
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, summary } = reasoning;
  if (abilities.thinking === 'none') {
    const isOff = effort === 'none' || budgetTokens === 0;
    if (!isOff) notes.cannot('reasoning', 'hint', 'is a model that does not think');
    return undefined;
  }
  if (summary === 'concise' || summary === 'detailed') {
    notes.cannot('reasoning.summary', 'hint', 'has summaries of one kind');
  }
  const written = {
    ...writeAmount(effort, budgetTokens, abilities, notes),
    ...(summary === undefined ? {} : { includeThoughts: summary !== 'none' }),
  };
  return Object.keys(written).length === 0 ? undefined : written;
}

/** Level and budget together are refused: a number says it more exactly. */
function writeAmount(
  effort: ReasoningEffort | undefined,
  budgetTokens: number | 'dynamic' | undefined,
  abilities: GeminiAbilities,
  notes: TranslationNotes,
): JsonObject {
  if (typeof budgetTokens === 'number') {
    if (effort !== undefined) notes.cannot('reasoning.effort', 'hint', 'takes effort or budget');
    return { thinkingBudget: budgetWithin(budgetTokens, abilities, notes) };
  }
  if (effort !== undefined && abilities.thinking === 'level') {
    return { thinkingLevel: levelFor(effort, abilities, notes) };
  }
  if (effort !== undefined)
    return { thinkingBudget: budgetWithin(BUDGET_BY_EFFORT[effort], abilities, notes) };
  return budgetTokens === 'dynamic' ? { thinkingBudget: -1 } : {};
}

function budgetWithin(
  tokens: number,
  { leastBudget, mostBudget }: GeminiAbilities,
  notes: TranslationNotes,
): number {
  const within = Math.min(Math.max(tokens, leastBudget), mostBudget);
  if (within > tokens)
    notes.cannot('reasoning', 'hint', `is a model that thinks with ${leastBudget} tokens at least`);
  return within;
}

function levelFor(effort: ReasoningEffort, { levels }: GeminiAbilities, notes: TranslationNotes): string {
  const level = LEVEL_BY_EFFORT[effort];
  if (effort === 'none') notes.cannot('reasoning.effort', 'hint', 'is a model that always thinks');
  if (levels.includes(level)) return level;
  notes.cannot('reasoning.effort', 'hint', `is a model without "${effort}"`);
  return level === 'MINIMAL' ? 'LOW' : 'HIGH';
}
