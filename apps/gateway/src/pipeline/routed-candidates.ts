/**
 * Requests that ask for a route: by `x-tollgate-route`, or by its name as their model.
 *
 * Only what a request asks for first is looked up among routes. Its own fall-backs, the model that a budget names
 * instead, and lines of batches are models.
 */
import { GatewayError, type GatewayErrorDetails } from '@tollgate/errors';
import { type Route, type RoutedRequest, routeKey } from '@tollgate/routing';
import { type LeftOut, type RoutedTarget, routeCandidates } from '@tollgate/routing/candidates';
import type { CredentialEntry } from '../policy/policy.ts';
import { countTokens } from '../token-counter.ts';
import { type Candidate, preferProviders, supplyOf } from './candidates.ts';
import { type Exchange, known } from './exchange.ts';
import { namesKept, ownOnly } from './kept.ts';
import { notFound } from './not-found.ts';

const HEADER = 'x-tollgate-route';
const SHOWN_NAME_LENGTH = 100;

/** @returns Undefined: it asks for a model. @throws {GatewayError} It names a route that is not there. */
export function findAskedRoute(exchange: Exchange): Route | undefined {
  const { request, asked, organization } = exchange;
  const wanted = request.headers[HEADER];
  const routes = organization?.routes ?? null;
  if (wanted === undefined) return routes === null ? undefined : routes.get(routeKey(asked?.model ?? ''));
  const name = String(wanted);
  const route = routes?.get(routeKey(name));
  if (route !== undefined) return route;
  throw notFound(exchange, 'route', name.slice(0, SHOWN_NAME_LENGTH), {
    param: HEADER,
    scope: { type: 'route', id: '', name: name.slice(0, SHOWN_NAME_LENGTH) },
  });
}

/** @throws {GatewayError} What the request asks for goes to the account that keeps it: no route says which. */
export function refuseRoute({ endpoint, request }: Exchange): void {
  if (request.headers[HEADER] === undefined) return;
  throw new GatewayError(
    'unsupported_parameter',
    `Cannot use "${HEADER}" with ${endpoint.name}: what a provider keeps lies with the account that was given it.`,
    { param: HEADER },
  );
}

/** In the order in which they are tried; notes at the exchange by what it is served. */
export function candidatesByRoute(exchange: Exchange, route: Route): readonly Candidate[] {
  const asked = known(exchange.asked, 'the request');
  const { providers } = known(exchange.extensions, 'the extensions');
  const supply = supplyOf(
    known(exchange.organization, 'the organization'),
    known(exchange.platform, 'the catalogue'),
  );
  let named: string | undefined;
  let isLooked = false;
  const narrow = (found: readonly Candidate[]): readonly Candidate[] => {
    const serving = preferProviders(found, providers).filter(({ provider, upstreamModel }) =>
      asked.isServedBy(provider, upstreamModel),
    );
    if (!isLooked && serving.some(({ credential }) => credential.owner === 'operator')) {
      isLooked = true;
      named = asked.keptReference();
    }
    return named === undefined ? serving : ownOnly(serving);
  };
  const key = known(exchange.key, 'the key');
  const plan = routeCandidates(route, routedRequest(exchange), key, supply, narrow);
  if (plan === undefined) throw noRuleMatches(route);
  const first = plan.targets.find(({ leftOut }) => leftOut === null);
  if (first === undefined) throw nothingUsable(exchange, route, plan.targets, named);
  exchange.route = { id: route.id, name: route.name, rule: plan.rule, target: first.planned.target.model };
  exchange.subject = { ...known(exchange.subject, 'the subject'), routeId: route.id };
  return plan.targets.flatMap(({ candidates }) => candidates);
}

function routedRequest({ asked, use, requestId, subject }: Exchange): RoutedRequest {
  const { keyId, teamPath, serviceAccountId, endUser, sessionId, tags, endpoint } = known(
    subject,
    'the subject',
  );
  return {
    requestId,
    keyId,
    teamPath,
    serviceAccountId,
    endUser,
    session: sessionId,
    tags,
    endpoint,
    stream: known(asked, 'the request').stream,
    inputTokens: countTokens(known(use, 'what the request can use').inputTokensMax),
  };
}

const ruleOf = ({ id, name }: Route): GatewayErrorDetails => ({
  param: 'model',
  ruleId: id,
  scope: { type: 'route', id, name },
});

function noRuleMatches(route: Route): GatewayError {
  return new GatewayError(
    'model_not_found',
    `Cannot serve the request: no rule of the route "${route.name}" matches it.`,
    ruleOf(route),
  );
}

function nothingUsable(
  exchange: Exchange,
  route: Route,
  targets: readonly RoutedTarget<CredentialEntry>[],
  named: string | undefined,
): GatewayError {
  const { endpoint, key } = exchange;
  const { id, name } = route;
  const isLeftOut = (code: LeftOut): boolean => targets.some(({ leftOut }) => leftOut === code);
  if (isLeftOut('notForRequest')) {
    if (named !== undefined) return namesKept(named);
    return new GatewayError(
      'invalid_request',
      `Cannot use the route "${name}" here: no provider that it leads to has ${endpoint.name}, or the request wants others.`,
      ruleOf(route),
    );
  }
  if (isLeftOut('keyScope')) {
    const scope = { type: 'key', id: key?.keyId ?? '', name: key?.name ?? '' } as const;
    return notFound(exchange, 'route', name, { param: 'model', ruleId: id, scope });
  }
  return new GatewayError(
    'model_not_found',
    `Cannot use the route "${name}": no credential serves any of the models that it leads to.`,
    ruleOf(route),
  );
}
