import type { Route } from '@tollgate/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyOfRule,
  type DraftCondition,
  findMissing,
  isSameDraft,
  isSamePart,
  moved,
  newCondition,
  newRoute,
  newRule,
  placeOfNewRule,
  sharesOf,
  toDraft,
  toInput,
  valuesOf,
  withKind,
} from './route-draft.ts';

const ROUTE: Route = {
  id: 'route_1',
  name: 'assistant',
  description: null,
  isEnabled: true,
  rules: [
    {
      when: [
        { field: 'tag:tier', operator: 'is', values: ['free', 'trial'] },
        { field: 'inputTokens', operator: 'atLeast', values: ['8000'] },
        { field: 'team', operator: 'isNot', values: ['team_1'] },
      ],
      targets: [{ model: 'gpt-5-mini', credentialId: 'cred_1', weight: 100, problem: null }],
    },
    {
      when: [],
      targets: [
        { model: 'gpt-5.2', credentialId: null, weight: 70, problem: null },
        { model: 'claude', credentialId: null, weight: 30, problem: null },
      ],
    },
  ],
  fallbacks: [{ model: 'gemini-2.5-pro', credentialId: null, problem: null }],
  stickyBy: 'session',
  allowResold: true,
  createdAt: '2026-11-22T00:00:00Z',
  updatedAt: '2026-11-22T00:00:00Z',
  version: 3,
  shadowsModel: false,
  problem: null,
};

const condition = (change: Partial<DraftCondition>): DraftCondition => ({ ...newCondition(), ...change });

describe('a stored route that cannot be read', () => {
  it('has one rule to write anew, and nothing to save before somebody has', () => {
    const unreadable: Route = { ...ROUTE, rules: [], fallbacks: [], problem: 'unreadable' };
    const draft = toDraft(unreadable);
    expect(draft.rules).toHaveLength(1);
    expect(isSameDraft(draft, toDraft(unreadable))).toBe(true);
    expect(findMissing(draft, 'en')).toEqual({ 'rules.0.targets.0.model': 'required' });
  });
});

describe('a route that is edited', () => {
  it('goes back to the API as it came, in both languages', () => {
    for (const locale of ['en', 'de']) {
      const input = toInput(toDraft(ROUTE), locale);
      expect(input.name).toBe('assistant');
      expect(input.rules[0]?.when).toEqual(ROUTE.rules[0]?.when);
      expect(input.rules[1]?.targets).toEqual([
        { model: 'gpt-5.2', credentialId: null, weight: 70 },
        { model: 'claude', credentialId: null, weight: 30 },
      ]);
      expect(input.fallbacks).toEqual([{ model: 'gemini-2.5-pro', credentialId: null }]);
      expect(findMissing(toDraft(ROUTE), locale)).toEqual({});
    }
  });

  it('keeps every value of a condition, those with commas and quotes as well', () => {
    const value = fc.string({ unit: fc.constantFrom(',', '"', ' ', 'D', 'o', 'e'), minLength: 1 });
    const values = fc.uniqueArray(value, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, fc.constantFrom('tag:tier', 'endUser'), (list, field) => {
        const when = [{ field, operator: 'is' as const, values: list }];
        const route = { ...ROUTE, rules: ROUTE.rules.map((rule) => ({ ...rule, when })) };
        expect(toInput(toDraft(route), 'de').rules[0]?.when).toEqual(when);
      }),
    );
  });

  it('is contested nowhere but where its parts differ, whatever their rows are kept under', () => {
    const [first, second] = ROUTE.rules;
    const fewer = toDraft({ ...ROUTE, rules: [second!] });
    expect(fewer.fallbacks).not.toEqual(toDraft(ROUTE).fallbacks);
    expect(isSamePart(fewer.fallbacks, toDraft(ROUTE).fallbacks)).toBe(true);
    expect(isSamePart(fewer.rules, toDraft({ ...ROUTE, rules: [first!] }).rules)).toBe(false);
  });

  it('is the same as long as nothing was changed, whatever its rows are kept under', () => {
    expect(isSameDraft(toDraft(ROUTE), toDraft(ROUTE))).toBe(true);
    const draft = toDraft(ROUTE);
    expect(isSameDraft(draft, { ...draft, rules: moved(draft.rules, 0, 1) })).toBe(false);
  });

  it('says what is missing where the API would', () => {
    const draft = newRoute();
    const rule = { ...newRule([newCondition(), condition({ kind: 'inputTokens', typed: 'many' })]) };
    const targets = [{ key: 0, model: 'gpt-5.2', credentialId: '', weight: '1001' }];
    expect(
      findMissing({ ...draft, rules: [rule, { ...newRule(), targets }], fallbacks: rule.targets }, 'en'),
    ).toEqual({
      name: 'required',
      'rules.0.when.0.field': 'required',
      'rules.0.when.0.values': 'required',
      'rules.0.when.1.values': 'tokens',
      'rules.0.targets.0.model': 'required',
      'rules.1.targets.0.weight': 'weight',
      'fallbacks.0.model': 'required',
    });
  });

  it('reads values as people write them', () => {
    expect(valuesOf(condition({ typed: ' free, trial,,free ' }), 'en')).toEqual(['free', 'trial']);
    const tokens = condition({ kind: 'inputTokens', typed: '8.000' });
    expect(valuesOf(tokens, 'de')).toEqual(['8000']);
    expect(valuesOf(tokens, 'en')).toEqual([]);
    expect(withKind(tokens, 'stream')).toMatchObject({ operator: 'is', chosen: ['true'], typed: '' });
    expect(withKind(condition({ operator: 'isNot' }), 'inputTokens').operator).toBe('atLeast');
  });

  it('draws by weight, and the first where there is none', () => {
    expect(sharesOf([{ weight: '70' }, { weight: '30' }, { weight: '0' }])).toEqual([0.7, 0.3, 0]);
    expect(sharesOf([{ weight: '0' }, { weight: '' }])).toEqual([1, 0]);
  });

  it('is put into another order, and no further than its ends', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
    const { rules } = toDraft(ROUTE);
    expect(placeOfNewRule(rules)).toBe(1);
    expect(placeOfNewRule(rules.slice(0, 1))).toBe(1);
    const [first] = rules;
    if (first) expect(copyOfRule(first).targets[0]?.key).not.toBe(first.targets[0]?.key);
  });
});
