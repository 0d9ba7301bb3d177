/** A refusal by a budget or a rate limit as one sentence. Pure: names and formats are given. */
import type { Budget, RateLimit } from '@tollgate/api';
import type { Messages } from '../../i18n/texts.ts';
import type { Refusal } from './read-refusal.ts';

const BUDGET_CODES: readonly string[] = [
  'budget_exceeded',
  'request_exceeds_budget',
  'budget_in_flight',
  'unbounded_cost',
];

export function isBudgetCode(code: string): boolean {
  return BUDGET_CODES.includes(code);
}

/** Where the rule is shown; undefined for what is no rule of ours. */
export function ruleHref(ruleId: string): string | undefined {
  if (ruleId.startsWith('bud_')) return `/budgets?open=${encodeURIComponent(ruleId)}`;
  return ruleId.startsWith('lim_') ? `/rate-limits?open=${encodeURIComponent(ruleId)}` : undefined;
}

export interface RefusalWords {
  readonly money: (value: string) => string;
  /** What somebody set, to its last digit. */
  readonly limitMoney: (value: string) => string;
  readonly number: (value: number) => string;
  readonly rateRule: (rule: Pick<RateLimit, 'metric' | 'limit' | 'windowSeconds'>) => string;
  readonly budgetName: (budget: Budget) => string;
}

export interface RefusalFacts {
  readonly text: Messages<'requests'>['refusal'];
  readonly refusal: Refusal;
  readonly code: string;
  readonly rule: Budget | RateLimit | undefined;
  /** "Team Search"; undefined where the refusal does not say. */
  readonly who: string | undefined;
  readonly words: RefusalWords;
}

export function describeRefusal({ text, refusal, code, rule, who, words }: RefusalFacts): string {
  const codes: Readonly<Record<string, string>> = text.codes;
  const whose = who ?? text.somebody;
  const { limit, used, requested } = refusal;
  if (code === 'rate_limit_exceeded' && limit !== undefined) {
    const today = rule !== undefined && 'metric' in rule ? rule : undefined;
    // The limit is that of then; only how it counts is taken from the rule.
    const allowed = today ? words.rateRule({ ...today, limit: Number(limit) }) : words.number(Number(limit));
    return text.sentences.rate(whose, allowed, words.number(Number(used ?? limit)));
  }
  const budget = rule !== undefined && 'limitUsd' in rule ? words.budgetName(rule) : undefined;
  const name = budget === undefined ? text.aBudget : text.budgetNamed(budget);
  if (code === 'unbounded_cost') {
    // No price of the organization's counts for what is resold.
    const isResold = rule !== undefined && 'counts' in rule && rule.counts === 'resold';
    return isResold ? text.sentences.unboundedResold(name, whose) : text.sentences.unbounded(name, whose);
  }
  if (limit === undefined) return codes[code] ?? code;
  const figures = [words.limitMoney(limit), words.money(used ?? '0')] as const;
  if (code === 'budget_exceeded') return text.sentences.exceeded(name, whose, ...figures);
  if (code === 'budget_in_flight') return text.sentences.inFlight(name, whose, ...figures);
  if (code === 'request_exceeds_budget') {
    return text.sentences.tooDear(name, whose, ...figures, requested && words.money(requested));
  }
  return codes[code] ?? code;
}
