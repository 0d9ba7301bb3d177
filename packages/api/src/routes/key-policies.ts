/** Rules for keys: how often they are rotated, how long they may live, and what new ones are born with. */
import { z } from '@hono/zod-openapi';
import { getTeam } from '@tollgate/identity';
import { id, idParam } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';
import {
  deleteKeyPolicy,
  findKeyPolicy,
  getEffectiveKeyPolicy,
  type KeyPolicyInput,
  saveKeyPolicy,
} from '../virtual-keys/key-policy-store.ts';
import {
  EffectiveKeyRules,
  KeyPolicyRulesAnswer,
  keyPolicyFields,
  presentEffectiveRules,
  presentKeyRules,
} from '../virtual-keys/present-key-policy.ts';
import { assertLimitsEnforced } from './limits-change.ts';

const Body = z.strictObject(keyPolicyFields);

export const keyPolicyRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/key-rules',
    tag: 'keys',
    summary: 'The organization’s rules for keys',
    access: 'keys:read',
    response: KeyPolicyRulesAnswer,
    run: ({ tx, organizationId, headers }) => read(tx, organizationId, '', headers),
  }),
  route({
    method: 'put',
    path: '/key-rules',
    tag: 'keys',
    summary: 'Say the organization’s rules for keys anew',
    description:
      'Bounds hold for every team, whatever it says itself. Defaults are what a new key gets where its maker says nothing. Keys that there are stay as they are.',
    access: 'organization:write',
    body: Body,
    response: KeyPolicyRulesAnswer,
    run: (call) => save(call, ''),
  }),
  route({
    method: 'get',
    path: '/key-rules/effective',
    tag: 'keys',
    summary: 'What holds for keys of a team, and which level says it',
    access: 'keys:read',
    query: z.strictObject({ teamId: id.exactOptional() }),
    response: EffectiveKeyRules,
    run: async ({ tx, organizationId, query }) =>
      presentEffectiveRules(await getEffectiveKeyPolicy(tx, organizationId, query.teamId ?? null)),
  }),
  route({
    method: 'get',
    path: '/teams/{id}/key-rules',
    tag: 'teams',
    summary: 'What a team says about its keys itself',
    access: 'teams:read',
    params: idParam,
    response: KeyPolicyRulesAnswer,
    run: async ({ tx, organizationId, params, headers }) => {
      await getTeam(tx, organizationId, params.id);
      return read(tx, organizationId, params.id, headers);
    },
  }),
  route({
    method: 'put',
    path: '/teams/{id}/key-rules',
    tag: 'teams',
    summary: 'Say a team’s rules for keys anew',
    access: 'teams:write',
    params: idParam,
    body: Body,
    response: KeyPolicyRulesAnswer,
    run: async (call) => {
      await getTeam(call.tx, call.organizationId, call.params.id);
      return save(call, call.params.id);
    },
  }),
  route({
    method: 'delete',
    path: '/teams/{id}/key-rules',
    tag: 'teams',
    summary: 'Leave a team’s keys to the rules above it',
    access: 'teams:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      await getTeam(tx, organizationId, params.id);
      const before = await findKeyPolicy(tx, organizationId, params.id);
      if (before === null) return undefined;
      assertIfMatch(request, before.version);
      await deleteKeyPolicy(call, before);
      return undefined;
    },
  }),
];

type SaveCall = OrganizationCall<z.output<typeof Body>, unknown, unknown>;

async function read(tx: SaveCall['tx'], organizationId: string, teamId: string, headers: Headers) {
  const row = await findKeyPolicy(tx, organizationId, teamId);
  setEtag(headers, row?.version ?? 0);
  return presentKeyRules(teamId, row);
}

async function save(call: SaveCall, teamId: string) {
  const { tx, organizationId, body, request, headers, context } = call;
  if (body.defaultBudget !== null || body.defaultRateLimits.length > 0)
    assertLimitsEnforced(context.settings);
  // Two people who say the rules for the first time: the second one sees what the first has said.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`key-rules:${organizationId}:${teamId}`}, 0))::text`;
  const before = await findKeyPolicy(tx, organizationId, teamId);
  assertIfMatch(request, before?.version ?? 0);
  const row = await saveKeyPolicy(call, teamId, before, body satisfies KeyPolicyInput);
  setEtag(headers, row.version);
  return presentKeyRules(teamId, row);
}
