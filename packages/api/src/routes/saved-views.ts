/** Saved views of the request explorer: one's own, and those that are shared. */
import { z } from '@hono/zod-openapi';
import { changedFields, recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { definedOnly, idParam, name } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { assertMayChange, type Ownership, ownershipOf, visibleTo } from '../framework/ownership.ts';
import { notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';
import { assertReadable, presentView, SavedView, ViewQuestion } from '../requests/saved-views.ts';

const MAX_VIEWS = 500;

export const savedViewRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/saved-views',
    tag: 'saved-views',
    summary: 'Your views of the explorer and the shared ones, by name',
    access: 'requests:read',
    response: z.object({ data: z.array(SavedView), nextCursor: z.null() }),
    run: async ({ tx, organizationId, actor }) => {
      const ownership = ownershipOf(actor);
      const rows = await tx.savedView.findMany({
        where: visibleTo(organizationId, ownership),
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
        take: MAX_VIEWS,
      });
      const defaultId = await findDefault(tx, organizationId, ownership);
      return { data: rows.map((row) => presentView(row, ownership, defaultId)), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/saved-views',
    tag: 'saved-views',
    summary: 'Save a view',
    access: 'requests:read',
    idempotent: true,
    body: z.strictObject({
      name,
      question: ViewQuestion,
      shared: z.boolean().default(false),
      isDefault: z.boolean().default(false),
    }),
    response: SavedView,
    run: async (call) => {
      const { tx, organizationId, body, actor, nowMs } = call;
      assertReadable(body.question);
      await assertRoom(tx.savedView.count({ where: { organizationId } }), MAX_VIEWS, 'views');
      const row = await tx.savedView.create({
        data: {
          id: newId('savedView', nowMs),
          organizationId,
          ownerId: actor.membershipId,
          ownerName: auditActor(actor.actor).name,
          name: body.name,
          question: body.question,
          shared: body.shared,
          createdAt: new Date(nowMs),
          updatedAt: new Date(nowMs),
        },
      });
      if (body.isDefault) await setDefault(call, row.id);
      if (row.shared) await audit(call, 'saved-view-created', undefined, row);
      return presentView(row, ownershipOf(actor), body.isDefault ? row.id : undefined);
    },
  }),
  route({
    method: 'patch',
    path: '/saved-views/{id}',
    tag: 'saved-views',
    summary: 'Rename, change or share a view, or make it the one that your explorer opens with',
    access: 'requests:read',
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      question: ViewQuestion.exactOptional(),
      shared: z.boolean().exactOptional(),
      /** For the caller alone; everybody may, of a view that they see. */
      isDefault: z.boolean().exactOptional(),
    }),
    response: SavedView,
    run: async (call) => {
      const { tx, organizationId, params, body, actor, request, headers, nowMs } = call;
      const ownership = ownershipOf(actor);
      const before = await getView(tx, organizationId, ownership, params.id);
      const { isDefault, ...change } = definedOnly(body);
      if (change.question !== undefined) assertReadable(change.question);
      let row = before;
      if (Object.keys(change).length > 0) {
        assertMayChange(before, ownership);
        assertIfMatch(request, before.version);
        row = await tx.savedView.update({
          where: { organizationId_id: { organizationId, id: before.id } },
          data: { ...change, version: { increment: 1 }, updatedAt: new Date(nowMs) },
        });
        if (before.shared || row.shared) await audit(call, 'saved-view-updated', before, row);
      }
      if (isDefault === true) await setDefault(call, row.id);
      const memberId = ownership.memberId;
      if (isDefault === false) {
        await tx.savedViewDefault.deleteMany({ where: { organizationId, memberId, viewId: row.id } });
      }
      setEtag(headers, row.version);
      return presentView(row, ownership, await findDefault(tx, organizationId, ownership));
    },
  }),
  route({
    method: 'delete',
    path: '/saved-views/{id}',
    tag: 'saved-views',
    summary: 'Delete a view',
    access: 'requests:read',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, actor } = call;
      const ownership = ownershipOf(actor);
      const before = await getView(tx, organizationId, ownership, params.id);
      assertMayChange(before, ownership);
      await tx.savedView.deleteMany({ where: { organizationId, id: before.id } });
      if (before.shared) await audit(call, 'saved-view-deleted', before, undefined);
      return undefined;
    },
  }),
];

type Row = Prisma.SavedViewModel;
type Call = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs'
>;

async function getView(
  tx: Transaction,
  organizationId: string,
  ownership: Ownership,
  id: string,
): Promise<Row> {
  const row = await tx.savedView.findFirst({ where: { ...visibleTo(organizationId, ownership), id } });
  if (row === null) throw notFound('view');
  return row;
}

async function findDefault(
  tx: Transaction,
  organizationId: string,
  { memberId }: Ownership,
): Promise<string | undefined> {
  const row = await tx.savedViewDefault.findUnique({
    where: { organizationId_memberId: { organizationId, memberId } },
  });
  return row?.viewId;
}

async function setDefault({ tx, organizationId, actor }: Call, viewId: string): Promise<void> {
  const memberId = actor.membershipId;
  await tx.savedViewDefault.upsert({
    where: { organizationId_memberId: { organizationId, memberId } },
    create: { organizationId, memberId, viewId },
    update: { viewId },
  });
}

function audit(call: Call, action: string, before: Row | undefined, after: Row | undefined) {
  const { tx, organizationId, actor, origin, nowMs } = call;
  const detail = (row: Row) => ({ name: row.name, question: row.question, shared: row.shared });
  const both = before && after ? changedFields(detail(before), detail(after)) : undefined;
  const target = (after ?? before)!;
  return recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'savedView', id: target.id, name: target.name },
    before: both?.before ?? (before === undefined ? null : detail(before)),
    after: both?.after ?? (after === undefined ? null : detail(after)),
    nowMs,
  });
}
