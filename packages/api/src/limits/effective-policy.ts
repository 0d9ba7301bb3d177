/**
 * What holds for a key or a team: the models it reaches, the limits and budgets it falls under, and which of them
 * decides. From the same rules that gateways decide by (`matchScope`), so that it can promise nothing else.
 */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  type BudgetRecord,
  countsOwner,
  getBudgetValue,
  matchScope,
  type RateLimitRecord,
  type RateUse,
  type RateUseQuestion,
  SCOPE_TYPES,
  type Scope,
  type ScopeSubject,
  toBudgetRule,
  toRateRule,
} from '@tollgate/limits';
import { timestamp } from '../framework/field.ts';
import { Budget, BudgetValue, isResold, presentBudgets, presentValue } from './present-budget.ts';
import { presentRateLimits, RateLimit } from './present-rate-limit.ts';
import { findScopeNames } from './scope-names.ts';

/** What a rule depends on that only a request can tell. */
const CONDITIONS = ['endUser', 'model', 'tag'] as const;
type Condition = (typeof CONDITIONS)[number];
/** Whose credential serves it, too: what the operator bounds is what they resell. */
const BUDGET_CONDITIONS = [...CONDITIONS, 'credential'] as const;
type BudgetCondition = (typeof BUDGET_CONDITIONS)[number];

export const AppliedBudget = z
  .object({
    budget: Budget,
    /** The standing of the value that it falls under; null where only a request can tell which. */
    standing: BudgetValue.nullable(),
    dependsOn: z.enum(BUDGET_CONDITIONS).nullable().openapi({
      description:
        'Null: it always applies. Else it depends on what a request says, or (`credential`) on whether the operator’s credential serves it.',
    }),
    /** Of all hard budgets that always apply, the one with least left. */
    decides: z.boolean(),
  })
  .openapi('AppliedBudget');

export const AppliedRateLimit = z
  .object({
    rateLimit: RateLimit,
    value: z.string().nullable(),
    dependsOn: z.enum(CONDITIONS).nullable(),
    /** What all gateways together have used just now; null where it cannot be told. */
    used: z.int().nullable(),
    remaining: z.int().nullable(),
    resetsAt: timestamp.nullable(),
    /** Of its metric, the one that is reached first. */
    decides: z.boolean(),
  })
  .openapi('AppliedRateLimit');

export type Applied = z.input<typeof AppliedBudget>;
export type AppliedRate = z.input<typeof AppliedRateLimit>;

export type ReadRateUse = (questions: readonly RateUseQuestion[]) => Promise<readonly RateUse[]>;

const MAX_RULES = 500;

interface Match {
  /** Undefined: only a request can tell. */
  readonly value: string | undefined;
  readonly dependsOn: Condition | null;
}

/** @returns What a rule of this scope means for the subject; undefined: nothing. @param model Empty: not known yet. */
export function matchRule(scope: Scope, subject: ScopeSubject, model = ''): Match | undefined {
  const [value] = matchScope(scope, subject, model);
  if (value !== undefined) return { value, dependsOn: null };
  const condition = CONDITIONS.find((each) => each === scope.type);
  // A model that is known and does not match: the rule is not about it.
  if (condition === 'model' && model !== '') return undefined;
  if (condition === 'endUser' && subject.endUser !== '') return undefined;
  return condition === undefined ? undefined : { value: undefined, dependsOn: condition };
}

/** Rules that can be about the subject at all: an organization may have one for each of its keys. */
function scopesOf(subject: ScopeSubject) {
  const named: readonly [string, readonly string[]][] = [
    ['team', subject.teamPath.split('/')],
    ['key', [subject.keyId]],
    ['member', [subject.memberId]],
    ['serviceAccount', [subject.serviceAccountId]],
  ];
  return [
    { scopeId: '*' },
    { scopeType: { in: ['organization', 'endUser', 'model', 'tag'] } },
    ...named.map(([scopeType, ids]) => ({ scopeType, scopeId: { in: ids.filter((id) => id !== '') } })),
  ];
}

/** What would serve a request. */
export interface Serving {
  readonly model: string;
  readonly owner: 'organization' | 'operator';
}

/** @param serving Undefined: not known yet. */
export async function listAppliedBudgets(
  tx: Transaction,
  organizationId: string,
  subject: ScopeSubject,
  nowMs: number,
  serving?: Serving,
): Promise<Applied[]> {
  const rows = await tx.budget.findMany({
    where: { organizationId, archivedAt: null, OR: scopesOf(subject) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: MAX_RULES,
  });
  const matches = new Map<string, BudgetMatch>();
  for (const row of rows) {
    const match = matchBudget(row, subject, serving);
    if (match !== undefined) matches.set(row.id, match);
  }
  const matching = rows.filter((row) => matches.has(row.id)).toSorted(fromWideToNarrow);
  const shown = await presentBudgets(tx, organizationId, matching, nowMs);
  const applied: Applied[] = [];
  for (const [index, row] of matching.entries()) {
    const { value, dependsOn } = matches.get(row.id)!;
    const standing = value === undefined ? null : await standingOf(tx, organizationId, row, value, nowMs);
    applied.push({ budget: shown[index]!, standing, dependsOn, decides: false });
  }
  return markDecidingBudget(applied);
}

interface BudgetMatch {
  readonly value: string | undefined;
  readonly dependsOn: BudgetCondition | null;
}

function matchBudget(
  row: BudgetRecord,
  subject: ScopeSubject,
  serving: Serving | undefined,
): BudgetMatch | undefined {
  const rule = toBudgetRule(row);
  const match = matchRule(rule.scope, subject, serving?.model);
  if (match === undefined || (serving !== undefined && !countsOwner(rule, serving.owner))) return undefined;
  return serving === undefined && isResold(row) ? { ...match, dependsOn: 'credential' } : match;
}

function fromWideToNarrow(left: { scopeType: string }, right: { scopeType: string }): number {
  const place = ({ scopeType }: { scopeType: string }) =>
    (SCOPE_TYPES as readonly string[]).indexOf(scopeType);
  return place(left) - place(right);
}

async function standingOf(
  tx: Transaction,
  organizationId: string,
  row: BudgetRecord,
  value: string,
  nowMs: number,
): Promise<z.input<typeof BudgetValue>> {
  const { type } = toBudgetRule(row).scope;
  const nameOf = await findScopeNames(tx, organizationId, [{ type, id: value }]);
  const standing = await getBudgetValue(tx, organizationId, row, value, nowMs);
  return presentValue(standing, nameOf({ type, id: value }));
}

/** Money is compared as text of the same scale, never as a number. */
function markDecidingBudget(applied: readonly Applied[]): Applied[] {
  const binding = applied.filter(
    ({ budget, standing, dependsOn }) =>
      budget.kind === 'hard' && budget.state === 'active' && standing !== null && dependsOn === null,
  );
  const least = binding.toSorted((left, right) =>
    compareUsd(left.standing!.remainingUsd, right.standing!.remainingUsd),
  )[0];
  return applied.map((each) => ({ ...each, decides: each === least }));
}

/** Of amounts that are not negative. */
export function compareUsd(left: string, right: string): number {
  const scaled = (value: string): bigint => {
    const [whole = '0', fraction = ''] = value.split('.');
    return BigInt(whole + fraction.padEnd(12, '0'));
  };
  const difference = scaled(left) - scaled(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export async function listAppliedRateLimits(
  tx: Transaction,
  organizationId: string,
  subject: ScopeSubject,
  model = '',
): Promise<AppliedRate[]> {
  const rows: RateLimitRecord[] = await tx.rateLimit.findMany({
    where: { organizationId, OR: scopesOf(subject) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: MAX_RULES,
  });
  const matching = rows.toSorted(fromWideToNarrow).flatMap((row) => {
    const rule = toRateRule(row);
    const match = matchRule(rule.scope, subject, model);
    if (match === undefined || (model !== '' && rule.model !== null && rule.model !== model)) return [];
    const byModel = model === '' && rule.model !== null ? ('model' as const) : null;
    return [{ row, ...match, dependsOn: match.dependsOn ?? byModel }];
  });
  const shown = await presentRateLimits(
    tx,
    organizationId,
    matching.map(({ row }) => row),
  );
  return matching.map(({ value, dependsOn }, index) => ({
    rateLimit: shown[index]!,
    value: value ?? null,
    dependsOn,
    used: null,
    remaining: null,
    resetsAt: null,
    decides: false,
  }));
}

/** Asks what is used, outside of the transaction. Where that cannot be told, the rest still can. */
export async function withRateUse(
  applied: readonly AppliedRate[],
  readRateUse: ReadRateUse | undefined,
): Promise<AppliedRate[]> {
  const known = applied.filter(({ value }) => value !== null);
  const questions = known.map(({ rateLimit, value }) => ({
    ruleId: rateLimit.id,
    windowSeconds: rateLimit.windowSeconds,
    value: value!,
  }));
  const uses = readRateUse === undefined ? [] : await readRateUse(questions).catch(() => []);
  const byLimit = new Map(known.map((each, index) => [each, uses[index]]));
  return markDecidingRates(
    applied.map((each) => {
      const use = byLimit.get(each);
      if (use === undefined) return each;
      const remaining = Math.max(0, each.rateLimit.limit - use.used);
      return { ...each, used: use.used, remaining, resetsAt: use.resetsAt?.toISOString() ?? null };
    }),
  );
}

/** By what is left, else by what a second allows. */
function markDecidingRates(applied: readonly AppliedRate[]): AppliedRate[] {
  const rate = ({ rateLimit }: AppliedRate) => rateLimit.limit / Math.max(1, rateLimit.windowSeconds);
  const share = (each: AppliedRate) =>
    each.remaining === null || each.rateLimit.limit === 0 ? 1 : each.remaining / each.rateLimit.limit;
  const first = (metric: string) =>
    applied
      .filter((each) => each.rateLimit.metric === metric && each.dependsOn === null)
      .toSorted((left, right) => share(left) - share(right) || rate(left) - rate(right))[0];
  const deciding = new Set(['requests', 'tokens', 'concurrency'].map(first));
  return applied.map((each) => ({ ...each, decides: deciding.has(each) }));
}
