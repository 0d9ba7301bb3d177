/**
 * Where a request that nobody sends would go under a route, by the functions that gateways decide by. Sends nothing.
 */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { toModelScope } from '@tollgate/keys';
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import { planRoute, ROUTE_BOUNDS, type Route, type RoutedRequest } from '@tollgate/routing';
import { LEFT_OUT, routeCandidates } from '@tollgate/routing/candidates';
import { id, text } from '../framework/field.ts';
import { ApiProblem } from '../framework/problem.ts';
import { getKey } from '../virtual-keys/key-store.ts';
import { presentTarget } from './present-route.ts';
import { RouteTarget } from './route-shapes.ts';
import { canAnswer, indexNames, type RoutedCandidate, readSupply } from './routing-supply.ts';

const SAMPLE_MAX = 1_000;
const TAGS_MAX = 64;

/** As requests may have them: in other letters than those of keys, and longer. */
const tags = z
  .record(text(ROUTE_BOUNDS.tagNameLength).min(1), text(ROUTE_BOUNDS.valueLength))
  .refine((value) => Object.keys(value).length <= TAGS_MAX, `must have at most ${TAGS_MAX} tags`);

/** What rules ask about; what is not said is absent. */
export const previewedRequest = z.strictObject({
  /** Whose scope, team, service account and tags hold; without one: a key without any. */
  keyId: id.exactOptional(),
  endpoint: z.enum(ENDPOINT_SCOPES).default('chat.completions'),
  stream: z.boolean().default(false),
  inputTokens: z.int().min(0).max(ROUTE_BOUNDS.inputTokens).default(1_000),
  tags: tags.default({}),
  endUser: text(ROUTE_BOUNDS.valueLength).default(''),
  session: text(ROUTE_BOUNDS.valueLength).default(''),
});

export const previewSample = z.int().min(0).max(SAMPLE_MAX).default(0);

const Candidate = z.object({
  credentialId: z.string(),
  /** Empty for those who may not see credentials. */
  credentialName: z.string(),
  provider: z.string(),
  model: z.string(),
  owner: z.enum(['organization', 'operator']),
});

export const RoutePreview = z
  .object({
    /** Index of the rule that holds; null: none. */
    rule: z.int().nullable(),
    /** `otherwise`: the rule that asks nothing. `nothingUsable`: the rule holds, and no target of it can be tried. */
    reason: z.enum(['ruleMatched', 'otherwise', 'noRuleMatches', 'nothingUsable', 'disabled']),
    /** Whether requests of the same session, end user or key always draw the same; else `order` is that of one of many. */
    sticky: z.boolean(),
    /** As they are tried: the drawn target, the others of the rule, the fall-backs. */
    order: z.array(
      z.object({
        target: RouteTarget,
        from: z.enum(['rule', 'fallback']),
        /** Of the rule's targets, or of the fall-backs. */
        index: z.int(),
        /** Of the requests under this rule, how many draw it: 0 to 1. */
        share: z.number(),
        /** Of `sample` other requests, how many drew it. */
        drawn: z.int(),
        candidates: z.array(Candidate),
        /** Null: it is tried. */
        leftOut: z.object({ code: z.enum(LEFT_OUT), why: z.string() }).nullable(),
      }),
    ),
  })
  .openapi('RoutePreview');

const WHY: Readonly<Record<(typeof LEFT_OUT)[number], string>> = {
  credentialGone: 'The credential is deleted or disabled.',
  notServed: 'No credential within reach serves the model.',
  keyScope: 'The key may not use the model or its provider.',
  notForRequest: 'The provider cannot answer this kind of request.',
  resoldNotAllowed: 'It is resold, and the route does not go from own credentials to resold ones.',
  triedBefore: 'Its credentials are tried for the same model already.',
};

export interface PreviewCall {
  readonly organizationId: string;
  readonly actor: OrganizationActor;
}

export async function previewRoute(
  tx: Transaction,
  { organizationId, actor }: PreviewCall,
  route: Route & { readonly isEnabled: boolean },
  asked: z.output<typeof previewedRequest>,
  sample: number,
): Promise<z.input<typeof RoutePreview>> {
  const { scope, request } = await readRequest(tx, { organizationId, actor }, asked);
  const supply = await readSupply(tx, organizationId);
  const nothing = { rule: null, sticky: false, order: [] };
  if (!route.isEnabled) return { ...nothing, reason: 'disabled' };
  const plan = routeCandidates(route, request, scope, supply, canAnswer(asked.endpoint));
  if (plan === undefined) return { ...nothing, reason: 'noRuleMatches' };
  const usable = new Set(
    plan.targets.filter(({ planned }) => planned.usable).map(({ planned }) => planned.target),
  );
  const drawn = drawSample(route, request, (target) => usable.has(target), sample);
  const names = indexNames(supply);
  const isUsed = plan.targets.some(({ leftOut }) => leftOut === null);
  const isOtherwise = route.rules[plan.rule]?.when.length === 0;
  return {
    rule: plan.rule,
    reason: isUsed ? (isOtherwise ? 'otherwise' : 'ruleMatched') : 'nothingUsable',
    sticky: plan.sticky,
    order: plan.targets.map(({ planned, candidates, leftOut }) => ({
      target: presentTarget(planned.target, names),
      from: planned.from,
      index: planned.index,
      share: planned.share,
      drawn: drawn.get(planned.target) ?? 0,
      candidates: candidates.map((candidate) => presentCandidate(candidate, actor)),
      leftOut: leftOut === null ? null : { code: leftOut, why: WHY[leftOut] },
    })),
  };
}

async function readRequest(
  tx: Transaction,
  { organizationId, actor }: PreviewCall,
  { keyId, ...asked }: z.output<typeof previewedRequest>,
) {
  const request: RoutedRequest = {
    ...asked,
    requestId: 'preview',
    keyId: '',
    teamPath: '',
    serviceAccountId: '',
  };
  if (keyId === undefined) return { scope: toModelScope([], []), request };
  if (!can(actor, 'keys:read')) {
    throw new ApiProblem('permission_denied', 'Cannot look at this key: the permission keys:read is missing');
  }
  const key = await getKey(tx, organizationId, keyId);
  const where = { organizationId, id: key.teamId ?? '' };
  const team = await tx.team.findFirst({ where, select: { path: true } });
  return {
    scope: toModelScope(key.models, key.providers),
    request: {
      ...request,
      keyId,
      teamPath: team?.path ?? '',
      serviceAccountId: key.serviceAccountId ?? '',
      // The key's own win, as in gateways.
      tags: { ...asked.tags, ...(key.tags as Record<string, string>) },
    },
  };
}

/** What other requests would draw, each with sticky values of its own. */
function drawSample(
  route: Route,
  request: RoutedRequest,
  isUsable: Parameters<typeof planRoute>[2],
  sample: number,
): ReadonlyMap<unknown, number> {
  const drawn = new Map<unknown, number>();
  // Only what is drawn by changes, not which rule holds.
  const rule = planRoute(route, request, isUsable)?.rule ?? 0;
  const always: Route = { ...route, rules: [{ when: [], targets: route.rules[rule]?.targets ?? [] }] };
  for (let index = 0; index < sample; index += 1) {
    const value = `sample-${index}`;
    const other = { ...request, requestId: value, session: value, endUser: value, keyId: value };
    const first = planRoute(always, other, isUsable)?.order.find(({ usable }) => usable);
    if (first !== undefined) drawn.set(first.target, (drawn.get(first.target) ?? 0) + 1);
  }
  return drawn;
}

function presentCandidate(
  { credential, model }: RoutedCandidate,
  actor: OrganizationActor,
): z.input<typeof Candidate> {
  const { id: credentialId, name, provider, owner } = credential;
  const mayRead = can(actor, 'provider-credentials:read');
  return { credentialId, credentialName: mayRead ? name : '', provider, model, owner };
}
