/** Effective policy: what a key or a team may call, spend and use, and which rule decides. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import type { ScopeSubject } from '@tollgate/limits';
import { idParam, text } from '../framework/field.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import {
  AppliedBudget,
  AppliedRateLimit,
  listAppliedBudgets,
  listAppliedRateLimits,
  withRateUse,
} from '../limits/effective-policy.ts';
import { listUsableModels, type UsableModel } from '../prices/usable-models.ts';
import { getKey } from '../virtual-keys/key-store.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';

const SHOWN_MODELS = 50;

const Rules = z.object({
  budgets: z.array(AppliedBudget),
  rateLimits: z.array(AppliedRateLimit),
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
    /** Some of them. */
    reachable: z.array(z.string()),
  }),
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
    description: 'With `endUser`, also what holds for that end user.',
    access: 'keys:read',
    alsoNeeds: ['budgets:read', 'rate-limits:read'],
    params: idParam,
    query: z.strictObject({ endUser: text(300).exactOptional() }),
    response: KeyPolicy,
    detached: true,
    run: async (call) => {
      const { params, query, tenant, organizationId } = call;
      const found = await tenant(async (tx) => {
        const key = await getKey(tx, organizationId, params.id);
        const subject = await subjectOfKey(tx, organizationId, key, query.endUser ?? '');
        const models = (await listUsableModels(tx, organizationId)).filter((model) => reaches(key, model));
        return { key, models, ...(await listRules(tx, call, subject)) };
      });
      const names = found.models.map(({ provider, name }) => `${provider}/${name}`);
      return {
        ...(await withUse(call, found)),
        models: {
          ...restriction(found.key.models),
          reachableCount: names.length,
          reachable: names.slice(0, SHOWN_MODELS),
        },
        providers: restriction(found.key.providers),
        endpoints: restriction(found.key.endpoints),
        ipAllowlist: restriction(found.key.ipAllowlist),
      };
    },
  }),
  route({
    method: 'get',
    path: '/teams/{id}/policy',
    tag: 'teams',
    summary: 'What a team may spend and use, and which rule decides',
    access: 'teams:read',
    alsoNeeds: ['budgets:read', 'rate-limits:read'],
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
  return {
    budgets: can(actor, 'budgets:read') ? await listAppliedBudgets(tx, organizationId, subject, nowMs) : [],
    rateLimits: can(actor, 'rate-limits:read')
      ? await listAppliedRateLimits(tx, organizationId, subject)
      : [],
  };
}

async function withUse({ context }: RuleCall, { budgets, rateLimits }: FoundRules) {
  return { budgets, rateLimits: await withRateUse(rateLimits, context.readRateUse) };
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

/** As the gateway reads a key's scope: a model by its name or with its provider. */
function reaches(key: KeyRow, { provider, name }: UsableModel): boolean {
  const byProvider = key.providers.length === 0 || key.providers.includes(provider);
  const byModel =
    key.models.length === 0 || key.models.includes(name) || key.models.includes(`${provider}/${name}`);
  return byProvider && byModel;
}

function restriction(values: readonly string[]) {
  return { values: [...values], decidedBy: values.length === 0 ? null : ('key' as const) };
}
