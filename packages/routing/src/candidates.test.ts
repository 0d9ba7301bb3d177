/** Credentials behind a route: never more than the key, the route and the organization allow. */
import { scopeAllows } from '@tollgate/keys';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachesRoute, routeCandidates, type ServingCredential, type Supply } from './candidates.ts';
import type { RoutedRequest } from './condition.ts';
import type { Route, RouteTarget } from './route.ts';

const REQUEST: RoutedRequest = {
  requestId: 'req_1',
  keyId: 'key_1',
  teamPath: '',
  serviceAccountId: '',
  endUser: '',
  session: '',
  tags: {},
  endpoint: 'chat.completions',
  stream: false,
  inputTokens: 0,
};
const MODELS = ['gpt-5.2', 'gpt-5-mini', 'claude-5'];
const PROVIDERS = ['openai', 'anthropic', 'azure-openai'];
const NO_SCOPE = { models: null, providers: null };

const models = new Map(
  PROVIDERS.map((provider) => [
    provider,
    new Map([
      ...MODELS.slice(0, 2).map((name) => [name, { name }] as const),
      ['gpt-alias', { name: 'gpt-5.2' }],
    ]),
  ]),
);
const credential = (id: string, owner: ServingCredential['owner'], provider: string, names?: string[]) => ({
  id,
  owner,
  provider,
  models: names === undefined ? null : new Set(names),
});
const all = <T>(candidates: readonly T[]) => candidates;

function routeTo(
  targets: readonly (Partial<RouteTarget> & { weight?: number })[],
  more: Partial<Route> = {},
): Route {
  const full = targets.map((target) => ({ model: 'gpt-5.2', credentialId: null, weight: 1, ...target }));
  const rules = [{ when: [], targets: full }];
  return { id: 'route_1', name: 'fast', rules, fallbacks: [], stickyBy: 'none', allowResold: false, ...more };
}

const names = fc.option(fc.subarray(MODELS, { minLength: 1 }), { nil: undefined });
const credentials = (owner: ServingCredential['owner']) =>
  fc
    .array(fc.tuple(fc.constantFrom(...PROVIDERS), names), { maxLength: 3 })
    .map((found) =>
      found.map(([provider, served], index) => credential(`cred_${owner}_${index}`, owner, provider, served)),
    );
const target = fc.record({
  model: fc.constantFrom(...MODELS, 'gpt-alias', 'openai/gpt-5.2', 'anthropic/claude-5', 'nothing'),
  credentialId: fc.constantFrom(null, 'cred_organization_0', 'cred_operator_0', 'cred_gone'),
});
const route: fc.Arbitrary<Route> = fc
  .record({
    targets: fc.array(target, { minLength: 1, maxLength: 5 }),
    fallbacks: fc.array(target, { maxLength: 3 }),
    allowResold: fc.boolean(),
  })
  .map(({ targets, ...more }) => routeTo(targets, more));
const scope = fc.record({
  models: fc.option(
    fc.subarray([...MODELS, 'openai/*', 'gpt-5*'], { minLength: 1 }).map((list) => new Set(list)),
  ),
  providers: fc.option(fc.subarray(PROVIDERS, { minLength: 1 }).map((list) => new Set(list))),
});

describe('routeCandidates()', () => {
  it('never leads to what the key, the target or the organization does not allow, and tries nothing twice', () => {
    fc.assert(
      fc.property(
        route,
        scope,
        credentials('organization'),
        credentials('operator'),
        fc.uuid(),
        (of, ofKey, own, resold, requestId) => {
          const supply: Supply<ServingCredential> = { own, resold, models };
          const { targets } = routeCandidates(of, { ...REQUEST, requestId }, ofKey, supply, all)!;
          const tried = targets.flatMap(({ planned, candidates }) =>
            candidates.map((candidate) => ({ planned, candidate })),
          );
          for (const { planned, candidate } of tried) {
            const { provider, model, upstreamModel } = candidate;
            expect(scopeAllows(ofKey, provider.id, [model, upstreamModel])).toBe(true);
            expect([...own, ...resold]).toContain(candidate.credential);
            expect([upstreamModel, `${provider.id}/${upstreamModel}`]).toContain(planned.target.model);
            const { credentialId } = planned.target;
            if (credentialId !== null) expect(candidate.credential.id).toBe(credentialId);
          }
          const once = tried.map(({ candidate }) => `${candidate.credential.id} ${candidate.model}`);
          expect(new Set(once).size).toBe(once.length);
          const owners = tried.map(({ candidate }) => candidate.credential.owner);
          if (!of.allowResold && owners.includes('organization')) {
            expect(owners.slice(owners.indexOf('organization'))).not.toContain('operator');
          }
          for (const { candidates, leftOut } of targets)
            expect(candidates.length === 0).toBe(leftOut !== null);
          expect(reachesRoute(of, ofKey, supply)).toBe(tried.length > 0);
        },
      ),
    );
  });

  const own = credential('cred_own', 'organization', 'openai');
  const resold = credential('cred_resold', 'operator', 'anthropic', ['claude-5']);
  const both = credential('cred_both', 'operator', 'openai');
  const supply = { own: [own], resold: [resold, both], models };
  const outcome = (of: Route, ofKey: Parameters<typeof routeCandidates>[2] = NO_SCOPE) =>
    routeCandidates(of, REQUEST, ofKey, supply, all)!.targets.map(({ candidates, leftOut }) =>
      leftOut === null ? candidates.map((candidate) => candidate.credential.id) : leftOut,
    );

  it('goes from own to resold only if the route says so, and says what it left out', () => {
    const toBoth = { fallbacks: [{ model: 'claude-5', credentialId: null }] };
    expect(outcome(routeTo([{}], toBoth))).toEqual([['cred_own'], 'resoldNotAllowed']);
    expect(outcome(routeTo([{}], { ...toBoth, allowResold: true }))).toEqual([
      ['cred_own', 'cred_both'],
      ['cred_resold'],
    ]);
  });

  it('says why a target is left out', () => {
    expect(outcome(routeTo([{ credentialId: 'cred_gone' }]))).toEqual(['credentialGone']);
    expect(outcome(routeTo([{ model: 'nothing' }]))).toEqual(['notServed']);
    expect(outcome(routeTo([{}]), { models: new Set(['claude-5']), providers: null })).toEqual(['keyScope']);
    expect(outcome(routeTo([{ weight: 1 }, { model: 'openai/gpt-5.2', weight: 0 }]))).toEqual([
      ['cred_own'],
      'triedBefore',
    ]);
    expect(outcome(routeTo([{}, { model: 'gpt-alias', weight: 0 }]))).toEqual([['cred_own'], 'triedBefore']);
    const of = routeTo([{}]);
    expect(routeCandidates(of, REQUEST, NO_SCOPE, supply, () => [])!.targets[0]!.leftOut).toBe(
      'notForRequest',
    );
  });
});
