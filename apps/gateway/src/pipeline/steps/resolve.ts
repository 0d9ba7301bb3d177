/** Which credentials can serve the model that was asked for, in the order in which they are tried. */
import { GatewayError } from '@tollgate/errors';
import { findProvider, type Provider } from '@tollgate/providers';
import { routeKey } from '@tollgate/routing';
import { candidateKey, substituteCandidates } from '@tollgate/routing/candidates';
import { type Candidate, preferProviders, resolveModel, supplyOf } from '../candidates.ts';
import { type Exchange, known } from '../exchange.ts';
import { keptReference, namesKept, ownOnly } from '../kept.ts';
import { notFound } from '../not-found.ts';
import { candidatesByRoute, findAskedRoute, refuseRoute } from '../routed-candidates.ts';

export function resolve(exchange: Exchange): void {
  const { handling } = exchange.endpoint;
  if (handling.kind === 'resource') {
    refuseRoute(exchange);
    exchange.candidates = [keeperOf(exchange)];
    return;
  }
  const isKept = handling.kind === 'task' && handling.isKept === true;
  if (isKept) refuseRoute(exchange);
  resolveAsked(exchange, isKept);
  const isNarrowed = exchange.route !== undefined && exchange.extensions?.fallbackModels.length === 0;
  const named = isNarrowed ? undefined : keptReference(exchange, exchange.candidates);
  exchange.candidates = keepingCandidates(exchange, exchange.candidates, named);
  if (exchange.candidates.length > 0) return;
  throw named === undefined ? needsOwnCredential(exchange) : namesKept(named);
}

/**
 * Only the organization's own for what a provider keeps: what is to be kept goes to the first of them, by the rule by
 * which it is asked for afterwards; what is named may be kept by any.
 */
function keepingCandidates(
  exchange: Exchange,
  candidates: readonly Candidate[],
  named: string | undefined,
): readonly Candidate[] {
  const { handling } = exchange.endpoint;
  const isKept = handling.kind === 'task' && handling.isKept === true;
  if (!isKept && named === undefined) return candidates;
  const own = ownOnly(candidates);
  return isKept ? own.filter(({ provider }) => mayKeep(exchange, provider)).slice(0, 1) : own;
}

/**
 * Who may serve the request with another model than it asks for; by the same rules, but without its own wishes.
 */
export function candidatesInstead(exchange: Exchange, model: string): readonly Candidate[] {
  // What asks for no model is not done by another one.
  if (exchange.endpoint.handling.kind === 'resource') return [];
  const asked = known(exchange.asked, 'the request');
  const candidates = substituteCandidates(
    model,
    known(exchange.key, 'the key'),
    supplyOf(known(exchange.organization, 'the organization'), known(exchange.platform, 'the catalogue')),
    exchange.candidates,
    allowsResold(exchange),
  );
  const serving = candidates.filter(({ provider, upstreamModel }) =>
    asked.isServedBy(provider, upstreamModel),
  );
  return keepingCandidates(exchange, serving, keptReference(exchange, serving));
}

/** The route by which it came says so. */
function allowsResold({ route, organization }: Exchange): boolean {
  return route !== undefined && organization?.routes?.get(routeKey(route.name))?.allowResold === true;
}

/**
 * The account that keeps what is asked for: the first of the organization's own, or that of the provider named in
 * `x-tollgate-provider`. An operator's account is shared: what one tenant keeps there another could list.
 */
function keeperOf(exchange: Exchange): Candidate {
  const asked = known(exchange.asked, 'the request');
  const key = known(exchange.key, 'the key');
  // Which models a batch asks for is found out by reading its lines.
  if (key.models !== null && !asked.isFree && asked.batch === undefined) throw modelsAreScoped(exchange);
  for (const credential of known(exchange.organization, 'the organization').credentials) {
    const provider = findProvider(credential.provider);
    if (provider === undefined || (key.providers !== null && !key.providers.has(provider.id))) continue;
    if (!mayKeep(exchange, provider)) continue;
    if (asked.isServedBy(provider, '')) return { credential, provider, upstreamModel: '', model: '' };
  }
  throw needsOwnCredential(exchange);
}

/** Unless the client has named another. */
function mayKeep(exchange: Exchange, provider: Provider): boolean {
  const wanted = wantedKeeper(exchange);
  return wanted === undefined || findProvider(wanted) === provider;
}

function wantedKeeper({ request }: Exchange): string | undefined {
  return request.headers['x-tollgate-provider']?.toString();
}

/** Names the header where there is one: the credential may be there, and only be passed over for it. */
function needsOwnCredential(exchange: Exchange): GatewayError {
  const wanted = wantedKeeper(exchange);
  return new GatewayError(
    'permission_denied',
    `Cannot serve ${exchange.endpoint.name}: what a provider keeps needs a credential of the organization's own, for a ` +
      (wanted === undefined
        ? 'provider that has this endpoint.'
        : `provider that has this endpoint, and x-tollgate-provider is "${wanted}": only that one is asked.`),
  );
}

function modelsAreScoped({ endpoint, key }: Exchange): GatewayError {
  return new GatewayError(
    'permission_denied',
    `Cannot serve ${endpoint.name}: the key may use some models only, and this may ask any.`,
    { scope: { type: 'key', id: key?.keyId ?? '', name: key?.name ?? '' } },
  );
}

/** @param isKept Where it goes is not a route's to say: by the model's own name, whatever routes are called. */
function resolveAsked(exchange: Exchange, isKept: boolean): void {
  const asked = known(exchange.asked, 'the request');
  const extensions = known(exchange.extensions, 'the extensions');
  const route = isKept ? undefined : findAskedRoute(exchange);
  const candidates = route === undefined ? [] : [...candidatesByRoute(exchange, route)];
  const names = route === undefined ? [asked.model, ...extensions.fallbackModels] : extensions.fallbackModels;
  for (const name of names) {
    const { candidates: found } = candidatesOf(exchange, name);
    candidates.push(...preferProviders(found, extensions.providers));
  }
  if (candidates.length === 0) throw notFound(exchange, 'model', asked.model);
  const serving = candidates.filter(({ provider, upstreamModel }) =>
    asked.isServedBy(provider, upstreamModel),
  );
  if (serving.length === 0) throw notServed(exchange, asked.model, candidates[0]!);
  exchange.candidates =
    extensions.fallbackModels.length === 0 ? serving : withFallbacks(serving, route?.allowResold === true);
}

/** A request's own fall-backs lead no further than a route would: from own to resold only if a route says so. */
function withFallbacks(serving: readonly Candidate[], allowResold: boolean): readonly Candidate[] {
  const taken = new Set<string>();
  let isOwn = false;
  return serving.filter((candidate) => {
    const key = candidateKey(candidate);
    if (taken.has(key)) return false;
    taken.add(key);
    if (candidate.credential.owner === 'organization') isOwn = true;
    return !isOwn || allowResold || candidate.credential.owner === 'organization';
  });
}

function candidatesOf(exchange: Exchange, name: string): ReturnType<typeof resolveModel> {
  return resolveModel(
    name,
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  );
}

function notServed({ endpoint }: Exchange, name: string, { provider }: Candidate): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot use the model "${name}" here: ${provider.displayName} has no ${endpoint.name}.`,
    { param: 'model' },
  );
}
