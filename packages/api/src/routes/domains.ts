/** Domains of the organization: claimed, proved by a record in their DNS, and given up. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  can,
  claimDomain,
  type DomainRow,
  dnsLookUp,
  getDomain,
  MAX_DOMAINS,
  type OrganizationActor,
  recordOf,
  removeDomain,
  verifyDomain,
} from '@tollgate/identity';
import { idParam, iso, text } from '../framework/field.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { assertPersonSets } from '../single-sign-on/assert-person-sets.ts';
import { countMembersByDomain } from '../single-sign-on/count-members.ts';
import { Domain } from '../single-sign-on/shapes.ts';

const HOW = 'Takes a person who signed in within the last 15 minutes.';

export const domainRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/domains',
    tag: 'single-sign-on',
    summary: 'Domains of the organization, and the record that proves each',
    access: 'sso:read',
    response: z.object({ data: z.array(Domain), nextCursor: z.null() }),
    run: async ({ tx, organizationId, actor }) => {
      const rows = await tx.domain.findMany({
        where: { organizationId },
        orderBy: { name: 'asc' },
        take: MAX_DOMAINS * 2,
      });
      const count = await memberCounter(tx, actor);
      return { data: rows.map((row) => present(row, count)), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/domains',
    tag: 'single-sign-on',
    summary: 'Claim a domain; nothing follows from it before it is verified',
    description: `An organization has at most ${MAX_DOMAINS}. ${HOW}`,
    access: 'sso:write',
    recentSignIn: true,
    body: z.strictObject({
      name: text(300).openapi({ description: 'Like `acme.example`; subdomains are domains of their own.' }),
    }),
    response: Domain,
    idempotent: true,
    run: async ({ tx, organizationId, actor, body, origin, nowMs }) => {
      assertPersonSets(actor);
      await assertRoom(tx.domain.count({ where: { organizationId } }), MAX_DOMAINS, 'domains');
      const row = await claimDomain(tx, actor, body.name, origin, nowMs);
      return present(row, await memberCounter(tx, actor));
    },
  }),
  route({
    method: 'post',
    path: '/domains/{id}/verify',
    tag: 'single-sign-on',
    summary: 'Look the record up, and verify the domain where it stands there',
    description: `One organization has a domain at a time: one that another holds moves where that one’s record is gone, else it is refused (\`domain_taken\`). ${HOW}`,
    access: 'sso:write',
    recentSignIn: true,
    detached: true,
    throttle: { limit: 120, windowSeconds: 3_600 },
    params: idParam,
    response: Domain,
    status: 200,
    run: async ({ context, organizationId, actor, params, origin, tenant }) => {
      await tenant((tx) => getDomain(tx, organizationId, params.id));
      assertPersonSets(actor);
      const lookUp = context.lookUpTxt ?? dnsLookUp([]);
      const row = await verifyDomain(context.identity, actor, params.id, lookUp, origin);
      return present(row, await tenant((tx) => memberCounter(tx, actor)));
    },
  }),
  route({
    method: 'delete',
    path: '/domains/{id}',
    tag: 'single-sign-on',
    summary: 'Give a domain up; sessions by the organization’s identity provider end',
    description: `Refused (\`sso_domain_enforced\`) while members with addresses of it have to sign in by the provider. ${HOW}`,
    access: 'sso:write',
    recentSignIn: true,
    params: idParam,
    run: async ({ tx, organizationId, actor, params, origin, nowMs }) => {
      await getDomain(tx, organizationId, params.id);
      assertPersonSets(actor);
      await removeDomain(tx, actor, params.id, origin, nowMs);
      return undefined;
    },
  }),
];

type MemberCounter = (name: string) => number | null;

async function memberCounter(tx: Transaction, actor: OrganizationActor): Promise<MemberCounter> {
  if (!can(actor, 'members:read')) return () => null;
  const counts = await countMembersByDomain(tx, actor.organizationId);
  return (name) => counts.get(name)?.members ?? 0;
}

function present(row: DomainRow, count: MemberCounter) {
  const record = recordOf(row);
  return {
    id: row.id,
    name: row.name,
    verifiedAt: iso(row.verifiedAt),
    record: { ...record, type: 'TXT' as const },
    memberCount: count(row.name),
    createdAt: iso(row.createdAt),
  };
}
