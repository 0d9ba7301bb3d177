/** The identity provider that members of the organization sign in by: one, by OpenID Connect. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  can,
  deleteIdentityProvider,
  type EnforcementBlocker,
  findEnforcementBlockers,
  findIdentityProvider,
  type IdentityProviderRow,
  lockIdentityProvider,
  type OrganizationActor,
  saveIdentityProvider,
} from '@tollgate/identity';
import { inspectIssuer } from '@tollgate/identity/oidc';
import type { ApiContext } from '../framework/api-context.ts';
import { filledText, id, iso } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { assertPersonSets } from '../single-sign-on/assert-person-sets.ts';
import { countMembersByDomain } from '../single-sign-on/count-members.ts';
import { parseIssuer } from '../single-sign-on/issuer-url.ts';
import { IdentityProviderTest, SingleSignOn } from '../single-sign-on/shapes.ts';

const issuer = filledText(2_048).openapi({
  description: 'As the provider itself writes it, to the letter.',
  example: 'https://login.acme.example',
});

const Input = z.strictObject({
  name: filledText(60),
  issuer,
  clientId: filledText(500),
  clientSecret: z
    .string()
    .min(1)
    .max(2_000)
    .regex(/^[\x21-\x7e]+$/)
    .exactOptional()
    .openapi({
      description:
        'Kept sealed, and never told again. Left out: the one that is kept; needed with another issuer or client.',
    }),
  enforced: z.boolean(),
  provisioning: z.boolean(),
  defaultRole: id.openapi({ description: 'No more than one’s own role allows.' }),
});

export const identityProviderRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/identity-provider',
    tag: 'single-sign-on',
    summary: 'The identity provider of the organization, and what enforcing it comes to',
    access: 'sso:read',
    response: SingleSignOn,
    run: async ({ context, tx, organizationId, actor, headers }) => {
      const row = await findIdentityProvider(tx, organizationId);
      if (row !== undefined) setEtag(headers, row.version);
      return present(context, tx, actor, row);
    },
  }),
  route({
    method: 'put',
    path: '/identity-provider',
    tag: 'single-sign-on',
    summary: 'Connect the identity provider, or change it',
    description:
      'Another issuer or client is another provider: it gets a new id, its people are linked anew by their addresses, and sessions by the one before end. To enforce it takes a verified domain, and somebody who has signed in by it. Takes a person who signed in within the last 15 minutes.',
    access: 'sso:write',
    recentSignIn: true,
    body: Input,
    response: SingleSignOn,
    status: 200,
    run: async ({ context, tx, organizationId, actor, body, origin, nowMs, request, headers }) => {
      assertPersonSets(actor);
      parseIssuer(body.issuer, context.settings.allowedPrivateOrigins);
      const before = await lockIdentityProvider(tx, organizationId);
      if (before !== undefined) assertIfMatch(request, before.version);
      const change = { tx, actor, origin, nowMs };
      const row = await saveIdentityProvider(change, context.encryptionKeys, before, body);
      setEtag(headers, row.version);
      return present(context, tx, actor, row);
    },
  }),
  route({
    method: 'post',
    path: '/identity-provider/test',
    tag: 'single-sign-on',
    summary: 'Ask an issuer for what a sign-in needs, and tell what is wrong by field',
    description: 'Nothing is kept. Whether client and secret are right shows at the first sign-in.',
    access: 'sso:write',
    detached: true,
    throttle: { limit: 60, windowSeconds: 3_600 },
    body: z.strictObject({ issuer }),
    response: IdentityProviderTest,
    status: 200,
    run: async ({ context, actor, body }) => {
      assertPersonSets(actor);
      const { allowedPrivateOrigins } = context.settings;
      const startedMs = performance.now();
      const found = await inspectIssuer(
        { allowedPrivateOrigins },
        parseIssuer(body.issuer, allowedPrivateOrigins),
      );
      return { ...found, problems: [...found.problems], tookMs: Math.round(performance.now() - startedMs) };
    },
  }),
  route({
    method: 'delete',
    path: '/identity-provider',
    tag: 'single-sign-on',
    summary: 'Disconnect the identity provider; its sessions end, and people sign in as before',
    description: 'Takes a person who signed in within the last 15 minutes.',
    access: 'sso:write',
    recentSignIn: true,
    run: async ({ tx, organizationId, actor, origin, nowMs, request }) => {
      const before = await lockIdentityProvider(tx, organizationId);
      if (before === undefined) throw notFound('identity provider');
      assertPersonSets(actor);
      assertIfMatch(request, before.version);
      await deleteIdentityProvider({ tx, actor, origin, nowMs }, before);
      return undefined;
    },
  }),
];

const BLOCKERS = {
  sso_no_domain: 'no_verified_domain',
  sso_never_used: 'never_signed_in',
  sso_locks_out: 'locks_you_out',
} as const satisfies Record<EnforcementBlocker, string>;

async function present(
  context: ApiContext,
  tx: Transaction,
  actor: OrganizationActor,
  row: IdentityProviderRow | undefined,
) {
  const redirectUri = `${context.settings.consoleUrl}/api/auth/callback/sso`;
  const blockers = await findEnforcementBlockers(tx, actor, row);
  return {
    identityProvider: row === undefined ? null : presentProvider(row, redirectUri),
    redirectUri,
    enforcement: {
      ...(await countAffected(tx, actor)),
      blockers: blockers.map((blocker) => BLOCKERS[blocker]),
    },
  };
}

async function countAffected(tx: Transaction, actor: OrganizationActor) {
  if (!can(actor, 'members:read')) return { affectedCount: null, exemptOwnerCount: null };
  const { organizationId } = actor;
  const domains = await tx.domain.findMany({
    where: { organizationId, verifiedAt: { not: null } },
    select: { name: true },
  });
  const counts = await countMembersByDomain(tx, organizationId);
  const found = domains.flatMap(({ name: domain }) => counts.get(domain) ?? []);
  const owners = found.reduce((sum, count) => sum + count.owners, 0);
  const members = found.reduce((sum, count) => sum + count.members, 0);
  return { affectedCount: members - owners, exemptOwnerCount: owners };
}

function presentProvider(row: IdentityProviderRow, redirectUri: string) {
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    clientId: row.clientId,
    enforced: row.enforced,
    provisioning: row.provisioning,
    defaultRole: row.defaultRole,
    disabledAt: iso(row.disabledAt),
    redirectUri,
    signedInAt: iso(row.signedInAt),
    version: row.version,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
