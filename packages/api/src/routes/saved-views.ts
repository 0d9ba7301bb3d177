/** Saved views of the request explorer: one's own, and those that are shared. */
import { z } from '@hono/zod-openapi';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { definedOnly, idParam, name } from '../framework/field.ts';
import { setEtag } from '../framework/if-match.ts';
import { type Ownership, ownershipOf, visibleTo } from '../framework/ownership.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import {
  assertMayUpdate,
  auditSaved,
  getSaved,
  removeSaved,
  type SavedCall,
  type SavedKind,
  savedBy,
} from '../framework/saved.ts';
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
          ...savedBy(call),
          id: newId('savedView', nowMs),
          name: body.name,
          question: body.question,
          shared: body.shared,
        },
      });
      if (body.isDefault) await setDefault(call, row.id);
      await auditSaved(VIEW, call, undefined, row);
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
      const before = await getSaved(VIEW, call, params.id);
      const { isDefault, ...change } = definedOnly(body);
      if (change.question !== undefined) assertReadable(change.question);
      let row = before;
      if (Object.keys(change).length > 0) {
        assertMayUpdate(before, ownership, request);
        row = await tx.savedView.update({
          where: { organizationId_id: { organizationId, id: before.id } },
          data: { ...change, version: { increment: 1 }, updatedAt: new Date(nowMs) },
        });
        await auditSaved(VIEW, call, before, row);
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
    run: (call) => removeSaved(VIEW, call, call.params.id),
  }),
];

const VIEW: SavedKind<Prisma.SavedViewModel> = {
  noun: 'view',
  find: (tx, where) => tx.savedView.findFirst({ where }),
  remove: (tx, where) => tx.savedView.deleteMany({ where }),
  detail: ({ name: called, question, shared }) => ({ name: called, question, shared }),
};

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

async function setDefault({ tx, organizationId, actor }: SavedCall, viewId: string): Promise<void> {
  const memberId = actor.membershipId;
  await tx.savedViewDefault.upsert({
    where: { organizationId_memberId: { organizationId, memberId } },
    create: { organizationId, memberId, viewId },
    update: { viewId },
  });
}
