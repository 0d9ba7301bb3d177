/** Effective policy: what a key or a team may call, spend and use, and which rule decides; before and after a request. */
import { isIP } from 'node:net';
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { parseId } from '@tollgate/ids';
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import type { ScopeSubject } from '@tollgate/limits';
import { idParam, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import {
  type CheckedAgainst,
  decideRequest,
  keyReaches,
  RequestCheck,
  readForCheck,
} from '../limits/check-request.ts';
import {
  AppliedBudget,
  AppliedRateLimit,
  listAppliedBudgets,
  listAppliedRateLimits,
  withRateUse,
} from '../limits/effective-policy.ts';
import { explainRefusal, RefusalExplanation } from '../limits/explain-refusal.ts';
import { previewScope, ScopePreview } from '../limits/scope-preview.ts';
import { listUsableModels } from '../prices/usable-models.ts';
import { findRequestRow } from '../requests/request-store.ts';
import { KeyRoute, listRoutesOfKey } from '../routing/key-routes.ts';
import { scopeFields } from '../virtual-keys/key-scope.ts';
import { getKey } from '../virtual-keys/key-store.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';

const SHOWN_MODELS = 50;

const Rules = z.object({
  budgets: z.array(AppliedBudget),
  rateLimits: z.array(AppliedRateLimit),
  /** What the caller may not read: empty above, and not because there is none. */
  withheld: z.array(z.enum(['budgets', 'rateLimits'])),
});

const Restriction = z.object({
  /** Empty: no restriction. */
  values: z.array(z.string()),
  /** The rule that restricts: the key, or nothing. */
  decidedBy: z.enum(['key']).nullable(),
});

export const KeyPolicy = Rules.extend({
  models: Restriction.extend({
    /** How many models are within reach, by scope and by credentials. */
    reachableCount: z.int(),
    /** Some of them; none for those who may not see models. */
    reachable: z.array(z.string()),
  }),
  /** Enabled ones of which the key may use a target; none for those who may not see routes. */
  routes: z.array(KeyRoute),
  providers: Restriction,
  endpoints: Restriction,
  ipAllowlist: Restriction,
}).openapi('KeyPolicy');

export const TeamPolicy = Rules.openapi('TeamPolicy');

export const policyRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/keys/{id}/policy',
    tag: 'keys',
    summary: 'What a key may call, spend and use, and which rule decides',
    description:
      'With `endUser`, also what holds for that end user. Budgets and rate limits are left out where the caller may not read them; `withheld` says which.',
    access: 'keys:read',
    params: idParam,
    query: z.strictObject({ endUser: text(300).exactOptional() }),
    response: KeyPolicy,
    detached: true,
    run: async (call) => {
      const { params, query, tenant, organizationId } = call;
      const found = await tenant(async (tx) => {
        const key = await getKey(tx, organizationId, params.id);
        const subject = await subjectOfKey(tx, organizationId, key, query.endUser ?? '');
        const models = (await listUsableModels(tx, organizationId)).filter((model) => keyReaches(key, model));
        const routes = can(call.actor, 'routes:read') ? await listRoutesOfKey(tx, organizationId, key) : [];
        return { key, models, routes, ...(await listRules(tx, call, subject)) };
      });
      const names = found.models.map(({ provider, name }) => `${provider}/${name}`);
      return {
        ...(await withUse(call, found)),
        models: {
          ...restriction(found.key.models),
          reachableCount: names.length,
          reachable: can(call.actor, 'models:read') ? names.slice(0, SHOWN_MODELS) : [],
        },
        routes: found.routes,
        providers: restriction(found.key.providers),
        endpoints: restriction(found.key.endpoints),
        ipAllowlist: restriction(found.key.ipAllowlist),
      };
    },
  }),
  route({
    method: 'post',
    path: '/keys/{id}/policy/check',
    tag: 'keys',
    summary: 'A request that nobody has sent: is it allowed, which rule says no, what would it hold?',
    description:
      'Sends nothing and counts nothing. Asks what a gateway asks, and tells everything that stands in the way. `depends`: only the moment can tell. Of a route that draws by session, or among requests, it tells what one of them would draw.',
    access: 'keys:read',
    alsoNeeds: ['budgets:read', 'rate-limits:read', 'models:read'],
    params: idParam,
    body: z.strictObject({
      model: text(300).min(1),
      endpoint: z.enum(ENDPOINT_SCOPES).exactOptional(),
      inputTokens: z.int().min(0).max(100_000_000).default(1_000),
      outputTokens: z.int().min(0).max(100_000_000).exactOptional(),
      ipAddress: z
        .string()
        .max(64)
        .refine((value) => isIP(value) !== 0, refusal('must be an IP address', 'address_range'))
        .exactOptional(),
      endUser: text(300).exactOptional(),
      /** For rules of routes. */
      stream: z.boolean().default(false),
    }),
    response: RequestCheck,
    status: 200,
    detached: true,
    run: async (call) => {
      const { params, body, tenant, organizationId, context } = call;
      const asked = {
        ...body,
        endpoint: body.endpoint,
        outputTokens: body.outputTokens,
        ipAddress: body.ipAddress,
      };
      const { against, found } = await tenant(async (tx) => {
        const key = await getKey(tx, organizationId, params.id);
        const against = await readAgainst(tx, organizationId, key, body.endUser ?? '');
        return { against, found: await readForCheck(tx, call, against, asked) };
      });
      return decideRequest(found, against, asked, context.readRateUse);
    },
  }),
  route({
    method: 'post',
    path: '/keys/{id}/policy/preview',
    tag: 'keys',
    summary: 'What a change of a key’s scope would take away and add',
    description:
      'Changes nothing. `lostInUse` are models that the key used in the last seven days and would no longer reach.',
    access: 'keys:read',
    alsoNeeds: ['models:read'],
    params: idParam,
    body: z.strictObject({
      models: scopeFields.models,
      providers: scopeFields.providers,
    }),
    response: ScopePreview,
    status: 200,
    run: async ({ tx, organizationId, actor, params, body, nowMs }) => {
      const key = await getKey(tx, organizationId, params.id);
      const after = { models: body.models ?? key.models, providers: body.providers ?? key.providers };
      return previewScope(tx, organizationId, key, after, can(actor, 'usage:read') ? nowMs : undefined);
    },
  }),
  route({
    method: 'get',
    path: '/requests/{id}/refusal',
    tag: 'requests',
    summary: 'Why a request was refused, and what would have to change',
    access: 'requests:read',
    params: idParam,
    response: RefusalExplanation,
    run: async (call) => {
      const { tx, organizationId, params } = call;
      const parsed = parseId('request', params.id);
      if (parsed === undefined) throw notFound('request');
      const row = await findRequestRow(tx, organizationId, new Date(parsed.timeMs), params.id);
      if (row === undefined) throw notFound('request');
      return explainRefusal(tx, call, row);
    },
  }),
  route({
    method: 'get',
    path: '/teams/{id}/policy',
    tag: 'teams',
    summary: 'What a team may spend and use, and which rule decides',
    description:
      'Budgets and rate limits are left out where the caller may not read them; `withheld` says which.',
    access: 'teams:read',
    params: idParam,
    response: TeamPolicy,
    detached: true,
    run: async (call) => {
      const { params, tenant, organizationId } = call;
      const found = await tenant(async (tx) => {
        const team = await tx.team.findFirst({ where: { organizationId, id: params.id } });
        if (team === null) throw notFound('team');
        const subject = { ...NOBODY, organizationId, teamId: team.id, teamPath: team.path };
        return listRules(tx, call, subject);
      });
      return withUse(call, found);
    },
  }),
];

const NOBODY: ScopeSubject = {
  organizationId: '',
  teamId: '',
  teamPath: '',
  keyId: '',
  memberId: '',
  serviceAccountId: '',
  endUser: '',
  tags: {},
};

type RuleCall = Pick<DetachedCall<unknown, unknown, unknown>, 'organizationId' | 'nowMs' | 'context'> & {
  readonly actor: OrganizationActor;
};
type FoundRules = Awaited<ReturnType<typeof listRules>>;

/** What somebody may not read is left out. */
async function listRules(tx: Transaction, { organizationId, nowMs, actor }: RuleCall, subject: ScopeSubject) {
  const mayBudgets = can(actor, 'budgets:read');
  const mayLimits = can(actor, 'rate-limits:read');
  return {
    budgets: mayBudgets ? await listAppliedBudgets(tx, organizationId, subject, nowMs) : [],
    rateLimits: mayLimits ? await listAppliedRateLimits(tx, organizationId, subject) : [],
    withheld: [
      ...(mayBudgets ? [] : (['budgets'] as const)),
      ...(mayLimits ? [] : (['rateLimits'] as const)),
    ],
  };
}

async function withUse({ context }: RuleCall, { budgets, rateLimits, withheld }: FoundRules) {
  return { budgets, withheld, rateLimits: await withRateUse(rateLimits, context.readRateUse) };
}

async function subjectOfKey(
  tx: Transaction,
  organizationId: string,
  key: KeyRow,
  endUser: string,
): Promise<ScopeSubject> {
  const { teamId } = key;
  const team =
    teamId === null
      ? null
      : await tx.team.findFirst({ where: { organizationId, id: teamId }, select: { path: true } });
  return {
    organizationId,
    teamId: teamId ?? '',
    teamPath: team?.path ?? '',
    keyId: key.id,
    memberId: key.memberId ?? '',
    serviceAccountId: key.serviceAccountId ?? '',
    endUser,
    tags: key.tags as Record<string, string>,
  };
}

async function readAgainst(
  tx: Transaction,
  organizationId: string,
  key: KeyRow,
  endUser: string,
): Promise<CheckedAgainst> {
  const { serviceAccountId } = key;
  const organization = await tx.organization.findUniqueOrThrow({ where: { id: organizationId } });
  const account =
    serviceAccountId === null
      ? null
      : await tx.serviceAccount.findFirst({ where: { organizationId, id: serviceAccountId } });
  return {
    key,
    subject: await subjectOfKey(tx, organizationId, key, endUser),
    suspended: organization.suspendedAt !== null,
    accountDisabled: account !== null && account.disabledAt !== null,
  };
}

function restriction(values: readonly string[]) {
  return { values: [...values], decidedBy: values.length === 0 ? null : ('key' as const) };
}
