/**
 * From names to the credentials that can serve them. Pure, and the same for gateways that send and for people who ask
 * beforehand. Server code: it knows all providers.
 *
 * A model's name is `provider/model` where the part before the first slash is a known provider, else a bare name. The
 * organization's own credentials come before the operator's, each in the order that they are given in. Falling back from
 * own to resold is a route's decision, so where an own credential serves a model no resold one is a candidate.
 */
import { type ModelScope, scopeAllows } from '@tollgate/keys';
import { findProvider, type Provider } from '@tollgate/providers';
import type { RoutedRequest } from './condition.ts';
import { type PlannedTarget, planRoute } from './plan-route.ts';
import type { Route, RouteTarget } from './route.ts';

export { canServe, ROUTED_ENDPOINTS } from './served-endpoints.ts';

export interface ServingCredential {
  readonly id: string;
  readonly owner: 'organization' | 'operator';
  readonly provider: string;
  /** Null: all that the catalogue lists for the provider. */
  readonly models: ReadonlySet<string> | null;
}

export interface Candidate<C extends ServingCredential> {
  readonly credential: C;
  readonly provider: Provider;
  /** As the provider is asked for it. */
  readonly upstreamModel: string;
  /** Canonical: prices and the ledger know it by this name. */
  readonly model: string;
}

/** Provider, then name or alias. */
export type ModelIndex = ReadonlyMap<string, ReadonlyMap<string, { readonly name: string }>>;

/** What an organization can be served by; both lists in the order in which they are tried. */
export interface Supply<C extends ServingCredential> {
  readonly own: readonly C[];
  readonly resold: readonly C[];
  readonly models: ModelIndex;
}

export interface Resolution<C extends ServingCredential> {
  readonly candidates: readonly Candidate<C>[];
  /** Some credential serves the model, but this key may not use it. */
  readonly forbidden: boolean;
}

export function resolveModel<C extends ServingCredential>(
  name: string,
  scope: ModelScope,
  supply: Supply<C>,
): Resolution<C> {
  const parsed = parseModelName(name);
  const own = servedBy(supply.own, parsed, scope, supply.models);
  if (own.candidates.length > 0) return own;
  const resold = servedBy(supply.resold, parsed, scope, supply.models);
  return resold.candidates.length > 0 || resold.forbidden ? resold : own;
}

/**
 * Who may take a request over with another model, because a budget says so. It is a falling back like any other: behind a
 * credential of the organization's own nothing of the operator's is tried unless a route says so.
 *
 * @param before What the request was to be served by.
 */
export function substituteCandidates<C extends ServingCredential>(
  name: string,
  scope: ModelScope,
  supply: Supply<C>,
  before: readonly Candidate<C>[],
  allowResold: boolean,
): readonly Candidate<C>[] {
  const { candidates } = resolveModel(name, scope, supply);
  const isOwn = ({ credential }: Candidate<C>): boolean => credential.owner === 'organization';
  return allowResold || !before.some(isOwn) ? candidates : candidates.filter(isOwn);
}

function servedBy<C extends ServingCredential>(
  credentials: readonly C[],
  name: ParsedName,
  scope: ModelScope,
  models: ModelIndex,
): Resolution<C> {
  const candidates: Candidate<C>[] = [];
  let forbidden = false;
  for (const credential of credentials) {
    const candidate = candidateOf(credential, name, models);
    if (candidate === undefined) continue;
    if (mayUse(scope, candidate)) candidates.push(candidate);
    else forbidden = true;
  }
  return { candidates, forbidden: forbidden && candidates.length === 0 };
}

/** By the rule that people are told beforehand, too. */
export function mayUse(
  scope: ModelScope,
  {
    provider,
    model,
    upstreamModel,
  }: Pick<Candidate<ServingCredential>, 'provider' | 'model' | 'upstreamModel'>,
): boolean {
  if (scope.models === null && scope.providers === null) return true;
  return scopeAllows(scope, provider.id, [model, upstreamModel]);
}

export interface ParsedName {
  readonly providerId: string | undefined;
  readonly model: string;
}

export function parseModelName(name: string): ParsedName {
  const slash = name.indexOf('/');
  const provider = slash === -1 ? undefined : findProvider(name.slice(0, slash));
  return provider === undefined
    ? { providerId: undefined, model: name }
    : { providerId: provider.id, model: name.slice(slash + 1) };
}

function candidateOf<C extends ServingCredential>(
  credential: C,
  name: ParsedName,
  models: ModelIndex,
): Candidate<C> | undefined {
  if (name.providerId !== undefined && credential.provider !== name.providerId) return undefined;
  const provider = findProvider(credential.provider);
  if (provider === undefined) return undefined;
  const listed = models.get(credential.provider)?.get(name.model);
  if (!serves(credential, name.model, listed)) return undefined;
  return { credential, provider, upstreamModel: name.model, model: listed?.name ?? name.model };
}

function serves(
  credential: ServingCredential,
  name: string,
  listed: { readonly name: string } | undefined,
): boolean {
  if (credential.models === null) return listed !== undefined;
  return credential.models.has(name) || (listed !== undefined && credential.models.has(listed.name));
}

/** Why a target of a route is not tried. */
export const LEFT_OUT = [
  /** The credential that it names is gone or disabled. */
  'credentialGone',
  /** No credential within reach serves the model. */
  'notServed',
  /** The key may not use the model or its provider. */
  'keyScope',
  /** The provider cannot do what is asked, or the request does not want it. */
  'notForRequest',
  /** The operator's credential, after one of the organization's own. */
  'resoldNotAllowed',
  /** All its credentials are tried for the same model already. */
  'triedBefore',
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

export interface RoutedTarget<C extends ServingCredential> {
  readonly planned: PlannedTarget;
  /** In the order in which they are tried; empty where it is left out. */
  readonly candidates: readonly Candidate<C>[];
  readonly leftOut: LeftOut | null;
}

export interface RoutedRequestPlan<C extends ServingCredential> {
  readonly rule: number;
  readonly sticky: boolean;
  /** All targets of the rule and all fall-backs, in the order in which they are tried. */
  readonly targets: readonly RoutedTarget<C>[];
}

/**
 * A route never widens a key: the scope holds for each target.
 *
 * @param narrow What of a target's candidates can do what is asked. @returns Undefined: no rule matches.
 */
export function routeCandidates<C extends ServingCredential>(
  route: Route,
  request: RoutedRequest,
  scope: ModelScope,
  supply: Supply<C>,
  narrow: (candidates: readonly Candidate<C>[]) => readonly Candidate<C>[],
): RoutedRequestPlan<C> | undefined {
  const found = new Map<RouteTarget, Expanded<C>>();
  const expanded = (target: RouteTarget): Expanded<C> => {
    const known = found.get(target) ?? expand(target, route.allowResold, scope, supply, narrow);
    found.set(target, known);
    return known;
  };
  const plan = planRoute(route, request, (target) => expanded(target).leftOut === null);
  if (plan === undefined) return undefined;
  const queue = new Queue<C>(route.allowResold);
  const targets = plan.order.map((planned): RoutedTarget<C> => {
    const { candidates, leftOut } = expanded(planned.target);
    return leftOut === null ? { planned, ...queue.take(candidates) } : { planned, candidates, leftOut };
  });
  return { rule: plan.rule, sticky: plan.sticky, targets };
}

/** Whether a key can be served under a route at all, by some rule: for lists of what it may ask for. */
export function reachesRoute<C extends ServingCredential>(
  { rules, fallbacks }: Route,
  scope: ModelScope,
  supply: Supply<C>,
  reaches: (target: RouteTarget) => boolean = (target) => reachesTarget(target, scope, supply),
): boolean {
  return rules.some(({ targets }) => targets.some(reaches)) || (rules.length > 0 && fallbacks.some(reaches));
}

/** Whatever else the route says: where nothing of one's own serves a target, the operator's may. */
export function reachesTarget<C extends ServingCredential>(
  target: RouteTarget,
  scope: ModelScope,
  supply: Supply<C>,
): boolean {
  return expand(target, false, scope, supply, (candidates) => candidates).leftOut === null;
}

/** Of equal ones a request tries the first only: an alias and the model's own name are the same model. */
export function candidateKey({ credential, model }: Candidate<ServingCredential>): string {
  return `${credential.id} ${model}`;
}

interface Expanded<C extends ServingCredential> {
  readonly candidates: readonly Candidate<C>[];
  readonly leftOut: LeftOut | null;
}

function expand<C extends ServingCredential>(
  { model, credentialId }: RouteTarget,
  allowResold: boolean,
  scope: ModelScope,
  supply: Supply<C>,
  narrow: (candidates: readonly Candidate<C>[]) => readonly Candidate<C>[],
): Expanded<C> {
  const none = (leftOut: LeftOut): Expanded<C> => ({ candidates: [], leftOut });
  const own = credentialId === null ? supply.own : supply.own.filter(({ id }) => id === credentialId);
  if (credentialId !== null && own.length === 0) return none('credentialGone');
  const parsed = parseModelName(model);
  const ofOwn = servedBy(own, parsed, scope, supply.models);
  const mayResell = credentialId === null && (allowResold || ofOwn.candidates.length === 0);
  const ofResold = mayResell ? servedBy(supply.resold, parsed, scope, supply.models) : undefined;
  const reachable = [...ofOwn.candidates, ...(ofResold?.candidates ?? [])];
  if (reachable.length === 0) return none(ofOwn.forbidden || ofResold?.forbidden ? 'keyScope' : 'notServed');
  const candidates = narrow(reachable);
  return candidates.length === 0 ? none('notForRequest') : { candidates, leftOut: null };
}

/** What is tried one after the other: each credential once for each model, and nothing resold behind what is own. */
class Queue<C extends ServingCredential> {
  readonly #allowResold: boolean;
  readonly #taken = new Set<string>();
  #isOwn = false;

  constructor(allowResold: boolean) {
    this.#allowResold = allowResold;
  }

  take(candidates: readonly Candidate<C>[]): Expanded<C> {
    const fresh = candidates.filter((candidate) => {
      const name = candidateKey(candidate);
      if (this.#taken.has(name)) return false;
      this.#taken.add(name);
      return true;
    });
    if (fresh.length === 0) return { candidates: [], leftOut: 'triedBefore' };
    const allowed =
      this.#allowResold || !this.#isOwn
        ? fresh
        : fresh.filter(({ credential }) => credential.owner === 'organization');
    this.#isOwn ||= allowed.some(({ credential }) => credential.owner === 'organization');
    return { candidates: allowed, leftOut: allowed.length === 0 ? 'resoldNotAllowed' : null };
  }
}
