/**
 * A route while somebody edits it: what the form holds, how it changes, and how it becomes what the API takes. Pure.
 *
 * Rows have keys of their own, so that a row that is moved stays the same row for who edits it.
 */
import type { Route } from '@tollgate/api';
import { parseCount } from '../limits/amount.ts';
import type { Condition, RouteInput, StickyBy, Target } from './route-types.ts';
import { parseTypedList, typedList } from './typed-list.ts';

export const CONDITION_KINDS = [
  'tag',
  'inputTokens',
  'endpoint',
  'stream',
  'team',
  'key',
  'serviceAccount',
  'endUser',
] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];
export type Operator = Condition['operator'];

type StoredRule = { readonly when: readonly Condition[]; readonly targets: readonly Target[] };

export interface DraftCondition {
  readonly key: number;
  readonly kind: ConditionKind;
  readonly tagName: string;
  readonly operator: Operator;
  /** Ids, endpoints, `true` or `false`. */
  readonly chosen: readonly string[];
  /** Tags, end users, a count; several as a typed list. */
  readonly typed: string;
}

export interface DraftTarget {
  readonly key: number;
  readonly model: string;
  /** Empty: any. */
  readonly credentialId: string;
  readonly weight: string;
}

export interface DraftRule {
  readonly key: number;
  readonly when: readonly DraftCondition[];
  readonly targets: readonly DraftTarget[];
}

export interface RouteDraft {
  readonly name: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly rules: readonly DraftRule[];
  readonly fallbacks: readonly DraftTarget[];
  readonly stickyBy: StickyBy;
  readonly allowResold: boolean;
}

export const MOST = { rules: 20, conditions: 10, targets: 10, fallbacks: 10 } as const;
const MOST_WEIGHT = 1_000;
const USUAL_WEIGHT = '100';

/** Of rows that are added; those that came from the API count up in each draft, so that equal routes are equal drafts. */
let lastNewKey = 0;
function newKey(): number {
  lastNewKey -= 1;
  return lastNewKey;
}

export const newTarget = (): DraftTarget => ({
  key: newKey(),
  model: '',
  credentialId: '',
  weight: USUAL_WEIGHT,
});

export const newCondition = (): DraftCondition => ({
  key: newKey(),
  kind: 'tag',
  tagName: '',
  operator: 'is',
  chosen: [],
  typed: '',
});

export const newRule = (when: readonly DraftCondition[] = []): DraftRule => ({
  key: newKey(),
  when,
  targets: [newTarget()],
});

export const newRoute = (): RouteDraft => ({
  name: '',
  description: '',
  isEnabled: true,
  rules: [newRule()],
  fallbacks: [],
  stickyBy: 'none',
  allowResold: false,
});

export function copyOfRule(rule: DraftRule): DraftRule {
  return {
    key: newKey(),
    when: rule.when.map((condition) => ({ ...condition, key: newKey() })),
    targets: rule.targets.map((target) => ({ ...target, key: newKey() })),
  };
}

export function toDraft(route: Route): RouteDraft {
  let lastKey = 0;
  const keyed = <T>(row: T): T & { readonly key: number } => ({ ...row, key: ++lastKey });
  return {
    name: route.name,
    description: route.description ?? '',
    isEnabled: route.isEnabled,
    rules: rulesToEdit(route).map(({ when, targets }) =>
      keyed({
        when: when.map((condition) => keyed(toDraftCondition(condition))),
        targets: targets.map((target) => keyed(toDraftTarget(target))),
      }),
    ),
    fallbacks: route.fallbacks.map((target) => keyed(toDraftTarget(target))),
    stickyBy: route.stickyBy,
    allowResold: route.allowResold,
  };
}

/** Where nothing can be read, one rule to write anew. */
function rulesToEdit({ rules, problem }: Route): readonly StoredRule[] {
  return problem === 'unreadable' ? [{ when: [], targets: [{ model: '', credentialId: null }] }] : rules;
}

function toDraftTarget({ model, credentialId, weight }: Target): Omit<DraftTarget, 'key'> {
  return {
    model,
    credentialId: credentialId ?? '',
    weight: weight === undefined ? USUAL_WEIGHT : String(weight),
  };
}

const isTyped = (kind: ConditionKind) => kind === 'tag' || kind === 'endUser' || kind === 'inputTokens';

function toDraftCondition({ field, operator, values }: Condition): Omit<DraftCondition, 'key'> {
  const tagName = field.startsWith('tag:') ? field.slice('tag:'.length) : '';
  const kind = CONDITION_KINDS.find((each) => each === field) ?? 'tag';
  // There are two ways of streaming: not the one is the other.
  if (kind === 'stream' && operator === 'isNot' && values.length === 1) {
    return toDraftCondition({ field, operator: 'is', values: [values[0] === 'true' ? 'false' : 'true'] });
  }
  return {
    kind,
    tagName,
    operator,
    chosen: isTyped(kind) ? [] : values,
    typed: isTyped(kind) ? typedList(values) : '',
  };
}

/** Which operators a kind has; the first is the usual one. */
export function operatorsOf(kind: ConditionKind): readonly Operator[] {
  if (kind === 'inputTokens') return ['atLeast', 'atMost'];
  return kind === 'stream' ? ['is'] : ['is', 'isNot'];
}

/** What is compared decides what it can be compared with. */
export function withKind(condition: DraftCondition, kind: ConditionKind): DraftCondition {
  const [usual = 'is'] = operatorsOf(kind);
  const operator = operatorsOf(kind).includes(condition.operator) ? condition.operator : usual;
  return { ...condition, kind, operator, typed: '', chosen: kind === 'stream' ? ['true'] : [] };
}

/** @returns What the API compares with; empty while nothing is given, or nothing that can be read. */
export function valuesOf({ kind, chosen, typed }: DraftCondition, locale: string): readonly string[] {
  if (!isTyped(kind)) return chosen;
  if (kind === 'inputTokens') {
    const count = parseCount(typed, locale);
    return count === undefined ? [] : [String(count)];
  }
  return parseTypedList(typed);
}

export function weightOf({ weight }: Pick<DraftTarget, 'weight'>): number | undefined {
  const text = weight.trim();
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= MOST_WEIGHT ? value : undefined;
}

/** @returns The share of each that is drawn, of 1. Where nothing has a weight, the first has all. */
export function sharesOf(targets: readonly Pick<DraftTarget, 'weight'>[]): readonly number[] {
  const weights = targets.map((target) => weightOf(target) ?? 0);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight, index) => (sum === 0 ? Number(index === 0) : weight / sum));
}

export function toInput(draft: RouteDraft, locale: string): RouteInput {
  return {
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    isEnabled: draft.isEnabled,
    rules: draft.rules.map(({ when, targets }) => ({
      when: when.map((condition) => ({
        field: condition.kind === 'tag' ? `tag:${condition.tagName.trim()}` : condition.kind,
        operator: condition.operator,
        values: [...valuesOf(condition, locale)],
      })),
      targets: targets.map((target) => ({ ...toTarget(target), weight: weightOf(target) ?? 0 })),
    })),
    fallbacks: draft.fallbacks.map(toTarget),
    stickyBy: draft.stickyBy,
    allowResold: draft.allowResold,
  };
}

/** Of a route that is tried, nothing counts but where it sends; a disabled one is tried as if it were enabled. */
export function toRouteOfPreview(draft: RouteDraft, locale: string) {
  const { rules, fallbacks, stickyBy, allowResold } = toInput(draft, locale);
  return { rules, fallbacks, stickyBy, allowResold, isEnabled: true };
}

function toTarget({ model, credentialId }: DraftTarget) {
  return { model: model.trim(), credentialId: credentialId === '' ? null : credentialId };
}

export type Missing = 'required' | 'tokens' | 'weight' | 'condition';

/** What cannot be sent as it is, by the path of the API. */
export function findMissing(draft: RouteDraft, locale: string): Readonly<Record<string, Missing>> {
  const found: Record<string, Missing> = {};
  if (draft.name.trim() === '') found.name = 'required';
  for (const [place, { when, targets }] of draft.rules.entries()) {
    const rule = `rules.${place}`;
    // What is below a rule that always holds would never be asked.
    if (when.length === 0 && place < draft.rules.length - 1) found[`${rule}.when`] = 'condition';
    for (const [index, condition] of when.entries()) {
      const path = `${rule}.when.${index}`;
      if (condition.kind === 'tag' && condition.tagName.trim() === '') found[`${path}.field`] = 'required';
      if (valuesOf(condition, locale).length === 0)
        found[`${path}.values`] = condition.kind === 'inputTokens' ? 'tokens' : 'required';
    }
    for (const [index, target] of targets.entries()) {
      if (target.model.trim() === '') found[`${rule}.targets.${index}.model`] = 'required';
      if (weightOf(target) === undefined) found[`${rule}.targets.${index}.weight`] = 'weight';
    }
  }
  for (const [index, { model }] of draft.fallbacks.entries()) {
    if (model.trim() === '') found[`fallbacks.${index}.model`] = 'required';
  }
  return found;
}

export function isSameDraft(left: RouteDraft, right: RouteDraft): boolean {
  return isSamePart(left, right);
}

/** Of parts of a draft: whatever their rows are kept under. */
export function isSamePart(left: unknown, right: unknown): boolean {
  return toText(left) === toText(right);
}

const toText = (part: unknown) => JSON.stringify(part, (name, value) => (name === 'key' ? undefined : value));

/** @returns The same list where there is nowhere to move to. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): readonly T[] {
  const item = list[from];
  const to = from + by;
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** A new rule stands above the one that answers all others, else below all. */
export function placeOfNewRule(rules: readonly DraftRule[]): number {
  return rules.at(-1)?.when.length === 0 ? rules.length - 1 : rules.length;
}
