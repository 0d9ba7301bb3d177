/**
 * Things by their names, of every kind that somebody may read, in one answer: for a search over everything, which would
 * otherwise ask each list. Keys, teams, members, machines and models have lists that are searched themselves.
 */
import { z } from '@hono/zod-openapi';
import { join, sql, type Transaction } from '@tollgate/db';
import { can, escapeLike, type OrganizationActor, type Permission } from '@tollgate/identity';
import { SCOPE_TYPES, type Scope } from '@tollgate/limits';
import { id, text } from '../framework/field.ts';
import { ownershipOf, visibleTo } from '../framework/ownership.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { findScopeNames, scopeValueHas } from '../limits/scope-names.ts';
import { presentView, SavedView } from '../requests/saved-views.ts';

const FOUND = 6;

const KINDS = [
  'route',
  'budget',
  'rate-limit',
  'provider-credential',
  'alert-rule',
  'notification-channel',
  'webhook-endpoint',
  'invoice',
  'credit-note',
  'role',
  'saved-view',
  'saved-report',
] as const;
type Kind = (typeof KINDS)[number];

export const FoundThing = z
  .object({
    kind: z.enum(KINDS),
    id,
    name: z.string(),
    hint: z.string().openapi({ description: 'What tells it from others of its name; may be empty.' }),
    question: SavedView.shape.question.nullable().openapi({ description: 'Of a saved view: what it asks.' }),
  })
  .openapi('FoundThing');

interface Search {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly actor: OrganizationActor;
  /** Letters of the name, in either case. */
  readonly q: string;
}

type Found = Pick<z.input<typeof FoundThing>, 'id' | 'name'> &
  Partial<Pick<z.input<typeof FoundThing>, 'hint' | 'question'>>;

interface Finder {
  readonly permission: Permission;
  readonly find: (search: Search) => Promise<readonly Found[]>;
}

/** Signs of patterns are letters as well. */
const contains = (q: string) => ({ contains: escapeLike(q), mode: 'insensitive' }) as const;
const BY_NAME = { orderBy: { name: 'asc' }, take: FOUND, select: { id: true, name: true } } as const;
const WHOLE = { orderBy: { name: 'asc' }, take: FOUND } as const;

const FINDERS: Readonly<Record<Kind, Finder>> = {
  route: {
    permission: 'routes:read',
    find: ({ tx, organizationId, q }) =>
      tx.route.findMany({ where: { organizationId, name: contains(q) }, ...BY_NAME }),
  },
  budget: {
    permission: 'budgets:read',
    find: ({ tx, organizationId, q }) =>
      tx.budget.findMany({ where: { organizationId, archivedAt: null, name: contains(q) }, ...BY_NAME }),
  },
  'rate-limit': { permission: 'rate-limits:read', find: findRateLimits },
  'provider-credential': {
    permission: 'provider-credentials:read',
    find: async ({ tx, organizationId, q }) => {
      const where = { organizationId, OR: [{ name: contains(q) }, { provider: contains(q) }] };
      const rows = await tx.providerCredential.findMany({ where, ...WHOLE });
      return rows.map((row) => ({ id: row.id, name: row.name, hint: row.provider }));
    },
  },
  'alert-rule': {
    permission: 'alerts:read',
    find: ({ tx, organizationId, q }) =>
      tx.alertRule.findMany({ where: { organizationId, name: contains(q) }, ...BY_NAME }),
  },
  'notification-channel': {
    permission: 'alerts:read',
    find: ({ tx, organizationId, q }) =>
      tx.notificationChannel.findMany({ where: { organizationId, name: contains(q) }, ...BY_NAME }),
  },
  'webhook-endpoint': {
    permission: 'webhooks:read',
    find: async ({ tx, organizationId, q }) => {
      const where = { organizationId, OR: [{ name: contains(q) }, { url: contains(q) }] };
      const rows = await tx.webhookEndpoint.findMany({ where, ...WHOLE });
      return rows.map(({ id: rowId, name, url }) => ({ id: rowId, name: name || url, hint: name && url }));
    },
  },
  invoice: {
    permission: 'invoices:read',
    find: async ({ tx, organizationId, q }) => {
      const where = { organizationId, number: contains(q) };
      const rows = await tx.invoice.findMany({ where, orderBy: { id: 'desc' }, take: FOUND });
      return rows.map((row) => ({ id: row.id, name: row.number ?? row.id }));
    },
  },
  'credit-note': {
    permission: 'invoices:read',
    find: async ({ tx, organizationId, q }) => {
      const where = { organizationId, number: contains(q) };
      const rows = await tx.creditNote.findMany({ where, orderBy: { id: 'desc' }, take: FOUND });
      return rows.map((row) => ({ id: row.id, name: row.number ?? row.id }));
    },
  },
  role: {
    permission: 'roles:read',
    find: ({ tx, organizationId, q }) =>
      tx.role.findMany({ where: { organizationId, name: contains(q) }, ...BY_NAME }),
  },
  'saved-view': {
    permission: 'requests:read',
    find: async ({ tx, organizationId, actor, q }) => {
      const ownership = ownershipOf(actor);
      const where = { ...visibleTo(organizationId, ownership), name: contains(q) };
      const rows = await tx.savedView.findMany({ where, ...WHOLE });
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        question: presentView(row, ownership, undefined).question,
      }));
    },
  },
  'saved-report': {
    permission: 'usage:read',
    find: ({ tx, organizationId, actor, q }) =>
      tx.savedReport.findMany({
        where: { ...visibleTo(organizationId, ownershipOf(actor)), name: contains(q) },
        ...BY_NAME,
      }),
  },
};

/** They have no name: found by what they are set for, or by the model. */
async function findRateLimits({ tx, organizationId, q }: Search): Promise<readonly Found[]> {
  const ofScopes = SCOPE_TYPES.map(
    (type) =>
      sql`(scope_type = ${type} AND ${scopeValueHas(organizationId, type, sql`rate_limits.scope_id`, q)})`,
  );
  const rows = await tx.$queryRaw<{ id: string; type: Scope['type']; value: string; model: string | null }[]>`
    SELECT id, scope_type AS type, scope_id AS value, model FROM rate_limits
    WHERE organization_id = ${organizationId}
      AND (strpos(lower(coalesce(model, '')), lower(${q})) > 0 OR ${join(ofScopes, ' OR ')})
    ORDER BY created_at DESC, id DESC LIMIT ${FOUND}`;
  const nameOf = await findScopeNames(
    tx,
    organizationId,
    rows.map(({ type, value }) => ({ type, id: value })),
  );
  return rows.map(({ id: rowId, type, value, model }) => ({
    id: rowId,
    name: nameOf({ type, id: value }) ?? value,
    hint: model ?? '',
  }));
}

export const searchRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/search',
    tag: 'search',
    summary: 'Things by parts of their names, of each kind that you may read',
    description: `Up to ${FOUND} of a kind. Invoices and notes are found by number, rate limits by what they are set for.`,
    access: 'member',
    query: z.strictObject({ q: text(100).min(2) }),
    response: z.object({ data: z.array(FoundThing) }),
    run: async ({ tx, organizationId, actor, query: { q } }) => {
      const data: z.input<typeof FoundThing>[] = [];
      for (const kind of KINDS) {
        const { permission, find } = FINDERS[kind];
        if (!can(actor, permission)) continue;
        for (const { id: rowId, name, hint = '', question = null } of await find({
          tx,
          organizationId,
          actor,
          q,
        })) {
          data.push({ kind, id: rowId, name, hint, question });
        }
      }
      return { data };
    },
  }),
];
