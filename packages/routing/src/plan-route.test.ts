/** The draw and the order of what is tried: properties over all routes and requests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConditionFault, type RoutedRequest } from './condition.ts';
import { planRoute } from './plan-route.ts';
import { readRoute } from './read-route.ts';
import { type Condition, isRouteName, type Route, type RouteTarget, STICKY_BY } from './route.ts';

const REQUEST: RoutedRequest = {
  requestId: 'req_1',
  keyId: 'key_1',
  teamPath: 'team_root/team_child',
  serviceAccountId: '',
  endUser: '',
  session: '',
  tags: { tier: 'gold' },
  endpoint: 'chat.completions',
  stream: false,
  inputTokens: 1_000,
};

const model = fc.constantFrom('a', 'b', 'openai/c', 'd', 'e');
const credentialId = fc.constantFrom(null, 'cred_1', 'cred_2');
const target = fc.record({ model, credentialId });
const weighted = fc.record({ model, credentialId, weight: fc.integer({ min: 0, max: 1_000 }) });
const route: fc.Arbitrary<Route> = fc.record({
  id: fc.constantFrom('route_1', 'route_2'),
  name: fc.constant('fast'),
  rules: fc.array(
    fc.record({ when: fc.constant([]), targets: fc.array(weighted, { minLength: 1, maxLength: 10 }) }),
    { minLength: 1, maxLength: 3 },
  ),
  fallbacks: fc.array(target, { maxLength: 4 }),
  stickyBy: fc.constantFrom(...STICKY_BY),
  allowResold: fc.boolean(),
});
const usable = fc.func(fc.boolean());

function routeTo(weights: readonly number[], more: Partial<Route> = {}): Route {
  const targets = weights.map((weight, index) => ({ model: `m${index}`, credentialId: null, weight }));
  const rules = [{ when: [], targets }];
  return { id: 'route_1', name: 'fast', rules, fallbacks: [], stickyBy: 'none', allowResold: false, ...more };
}

const firstOf = (
  of: Route,
  request: Partial<RoutedRequest>,
  isUsable: (target: RouteTarget) => boolean = () => true,
) =>
  planRoute(of, { ...REQUEST, ...request }, isUsable)!.order.find((planned) => planned.usable)?.target.model;

describe('planRoute()', () => {
  it('tries each target of the rule and each fall-back exactly once, and nothing else', () => {
    fc.assert(
      fc.property(route, fc.uuid(), usable, (of, requestId, isUsable) => {
        const plan = planRoute(of, { ...REQUEST, requestId }, isUsable)!;
        const places = plan.order.map(({ from, index }) => `${from} ${index}`);
        const rule = of.rules[plan.rule]!;
        expect(places.toSorted()).toEqual(
          [
            ...rule.targets.map((_, index) => `rule ${index}`),
            ...of.fallbacks.map((_, index) => `fallback ${index}`),
          ].toSorted(),
        );
        for (const { from, index, target: tried } of plan.order) {
          expect(tried).toBe(from === 'rule' ? rule.targets[index] : of.fallbacks[index]);
        }
        // Behind the first everything stands in the route's own order.
        const rest = plan.order.slice(1).filter(({ from }) => from === 'rule');
        expect(rest.map(({ index }) => index)).toEqual(
          rest.map(({ index }) => index).toSorted((a, b) => a - b),
        );
        expect(plan.order.slice(rule.targets.length).map(({ index }) => index)).toEqual([
          ...of.fallbacks.keys(),
        ]);
      }),
    );
  });

  it('gives shares that add up to one over what is usable, and draws nothing else', () => {
    fc.assert(
      fc.property(route, fc.uuid(), usable, (of, requestId, isUsable) => {
        const { order } = planRoute(of, { ...REQUEST, requestId }, isUsable)!;
        const ofRule = order.filter(({ from }) => from === 'rule');
        const total = ofRule.reduce((sum, { share }) => sum + share, 0);
        expect(total).toBeCloseTo(ofRule.some((planned) => planned.usable) ? 1 : 0, 9);
        if (total > 0) expect(order[0]!.share).toBeGreaterThan(0);
        for (const { share, usable: isOne } of order) if (!isOne) expect(share).toBe(0);
      }),
    );
  });

  it('sends the same sticky value to the same target, whichever request asks', () => {
    const sticky = fc.constantFrom('session', 'endUser', 'key') satisfies fc.Arbitrary<Route['stickyBy']>;
    fc.assert(
      fc.property(
        route,
        sticky,
        fc.string({ minLength: 1 }),
        fc.uuid(),
        fc.uuid(),
        (of, stickyBy, value, one, other) => {
          const values = { session: value, endUser: value, keyId: value };
          const ask = (requestId: string) =>
            planRoute({ ...of, stickyBy }, { ...REQUEST, ...values, requestId }, () => true)!;
          expect(ask(one)).toEqual(ask(other));
          expect(ask(one).sticky).toBe(true);
        },
      ),
    );
  });

  it.each([
    { weights: [1, 1], expected: [0.5, 0.5] },
    { weights: [90, 10], expected: [0.9, 0.1] },
    { weights: [1, 0, 2, 1], expected: [0.25, 0, 0.5, 0.25] },
    { weights: [0, 0, 0], expected: [1, 0, 0] },
  ])('draws $weights in these shares', ({ weights, expected }) => {
    const draws = 20_000;
    const of = routeTo(weights);
    const counts = new Map<string | undefined, number>();
    for (let index = 0; index < draws; index += 1) {
      const first = firstOf(of, { requestId: `req_${index}` });
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    for (const [index, share] of expected.entries()) {
      expect(Math.abs((counts.get(`m${index}`) ?? 0) / draws - share)).toBeLessThan(0.015);
    }
    expect(
      planRoute(of, REQUEST, () => true)!
        .order.toSorted((a, b) => a.index - b.index)
        .map(({ share }) => share),
    ).toEqual(expected);
  });

  it('gives the share of a target that is left out to the others by their weights', () => {
    const of = routeTo([50, 30, 10]);
    const draws = 10_000;
    let second = 0;
    for (let index = 0; index < draws; index += 1) {
      const first = firstOf(of, { requestId: `req_${index}` }, ({ model: name }) => name !== 'm0');
      expect(first).not.toBe('m0');
      if (first === 'm1') second += 1;
    }
    expect(Math.abs(second / draws - 0.75)).toBeLessThan(0.02);
  });

  it('draws anew for each request where the sticky value is missing', () => {
    const of = routeTo([1, 1], { stickyBy: 'session' });
    const seen = new Set(
      Array.from({ length: 50 }, (_, index) => firstOf(of, { requestId: `req_${index}` })),
    );
    expect(seen).toEqual(new Set(['m0', 'm1']));
  });
});

describe('conditions', () => {
  const holds = (condition: Condition, request: Partial<RoutedRequest> = {}) => {
    const rules = [{ when: [condition], targets: [{ model: 'a', credentialId: null, weight: 1 }] }];
    return planRoute(routeTo([1], { rules }), { ...REQUEST, ...request }, () => true) !== undefined;
  };

  it.each<{ condition: Condition; request?: Partial<RoutedRequest>; expected: boolean }>([
    { condition: { field: 'tag:tier', operator: 'is', values: ['gold', 'silver'] }, expected: true },
    { condition: { field: 'tag:tier', operator: 'isNot', values: ['gold'] }, expected: false },
    { condition: { field: 'tag:other', operator: 'is', values: ['gold'] }, expected: false },
    { condition: { field: 'tag:other', operator: 'isNot', values: ['gold'] }, expected: true },
    { condition: { field: 'tag:__proto__', operator: 'is', values: ['[object Object]'] }, expected: false },
    { condition: { field: 'team', operator: 'is', values: ['team_root'] }, expected: true },
    { condition: { field: 'team', operator: 'isNot', values: ['team_child'] }, expected: false },
    { condition: { field: 'team', operator: 'is', values: ['team'] }, expected: false },
    {
      condition: { field: 'team', operator: 'is', values: [''] },
      request: { teamPath: '' },
      expected: false,
    },
    { condition: { field: 'key', operator: 'is', values: ['key_1'] }, expected: true },
    { condition: { field: 'serviceAccount', operator: 'isNot', values: ['sa_1'] }, expected: true },
    {
      condition: { field: 'endUser', operator: 'is', values: ['u'] },
      request: { endUser: 'u' },
      expected: true,
    },
    { condition: { field: 'endpoint', operator: 'is', values: ['messages'] }, expected: false },
    { condition: { field: 'stream', operator: 'is', values: ['false'] }, expected: true },
    { condition: { field: 'inputTokens', operator: 'atLeast', values: ['1000'] }, expected: true },
    { condition: { field: 'inputTokens', operator: 'atLeast', values: ['1001'] }, expected: false },
    { condition: { field: 'inputTokens', operator: 'atMost', values: ['999'] }, expected: false },
  ])(
    '$condition.field $condition.operator $condition.values: $expected',
    ({ condition, request, expected }) => {
      expect(holds(condition, request)).toBe(expected);
    },
  );

  it('takes the first rule whose conditions all hold, and none where none does', () => {
    const targets = [{ model: 'a', credentialId: null, weight: 1 }];
    const gold: Condition = { field: 'tag:tier', operator: 'is', values: ['gold'] };
    const long: Condition = { field: 'inputTokens', operator: 'atLeast', values: ['2000'] };
    const of = routeTo([1], {
      rules: [
        { when: [gold, long], targets },
        { when: [gold], targets },
      ],
    });
    expect(planRoute(of, REQUEST, () => true)?.rule).toBe(1);
    expect(planRoute(of, { ...REQUEST, inputTokens: 2_000 }, () => true)?.rule).toBe(0);
    expect(planRoute(of, { ...REQUEST, tags: {} }, () => true)).toBeUndefined();
  });

  it.each<[string, Condition, string | undefined]>([
    ['a name of a tag', { field: 'tag:a', operator: 'is', values: ['x'] }, undefined],
    ['no name of a tag', { field: 'tag:', operator: 'is', values: ['x'] }, 'field'],
    ['a number for text', { field: 'team', operator: 'atLeast', values: ['1'] }, 'operator'],
    ['text for a number', { field: 'inputTokens', operator: 'atLeast', values: ['many'] }, 'values'],
    ['two numbers', { field: 'inputTokens', operator: 'atMost', values: ['1', '2'] }, 'values'],
    ['neither true nor false', { field: 'stream', operator: 'is', values: ['yes'] }, 'values'],
    ['nothing', { field: 'key', operator: 'is', values: [] }, 'values'],
  ])('finds the fault of %s', (_, condition, part) => {
    expect(findConditionFault(condition)?.part).toBe(part);
  });
});

describe('readRoute()', () => {
  it('reads what is stored, and refuses everything else', () => {
    fc.assert(
      fc.property(route, (of) => {
        expect(readRoute(JSON.parse(JSON.stringify(of)))).toEqual(of);
      }),
    );
    const stored = { id: 'route_1', name: 'fast', fallbacks: [], stickyBy: 'none', allowResold: false };
    fc.assert(
      fc.property(fc.jsonValue(), (rules) => {
        if (Array.isArray(rules) && rules.length === 0) return;
        expect(() => readRoute({ ...stored, rules })).toThrow(/Cannot read a route/);
      }),
    );
  });
});

describe('isRouteName()', () => {
  it.each(['fast', 'gpt-5.2', 'openai/gpt-5.2', 'a', '9:x', 'a'.repeat(100)])('takes %j', (name) => {
    expect(isRouteName(name)).toBe(true);
  });
  it.each(['', '-a', ' a', 'a b', 'ä', 'a\n', 'a'.repeat(101), '/a'])('refuses %j', (name) => {
    expect(isRouteName(name)).toBe(false);
  });
});
