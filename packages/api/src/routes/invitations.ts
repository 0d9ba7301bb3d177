/** Invitations by mail. */
import { z } from '@hono/zod-openapi';
import { getSeatStanding } from '@tollgate/billing';
import type { Prisma } from '@tollgate/db';
import { acceptInvitation, createInvitation, revokeInvitation } from '@tollgate/identity';
import { id, idParam, iso, timestamp, usd } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const Invitation = z
  .object({
    id,
    email: z.string(),
    role: z.string(),
    teamId: z.string().nullable(),
    state: z.enum(['open', 'accepted', 'revoked', 'expired']),
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .openapi('Invitation');

export const InvitationSeats = z
  .object({
    seats: z.int().nullable().openapi({ description: 'Null: there is no plan with seats.' }),
    usedSeats: z.int(),
    openInvitations: z.int(),
    freeSeats: z
      .int()
      .nullable()
      .openapi({ description: 'How many more can be invited before one of them costs something.' }),
    seatFeeUsd: usd
      .nullable()
      .openapi({ description: 'A month, of a seat that is not free; null: none costs anything.' }),
  })
  .openapi('InvitationSeats');

export const invitationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/invitations',
    tag: 'invitations',
    summary: 'Invitations, newest first',
    access: 'members:read',
    query: z.strictObject(pageShape),
    response: pageOf(Invitation),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const after = decodeTimeCursor(query.cursor);
      const rows = await tx.invitation.findMany({
        where: {
          organizationId,
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt.toISOString(), row.id],
        (row) => present(row, nowMs),
      );
    },
  }),
  route({
    method: 'get',
    path: '/invitations/seats',
    tag: 'invitations',
    summary: 'Seats of the plan, and what whoever is invited beyond them adds',
    description:
      'Who accepts beyond the seats of the plan adds one, from that day on. Open invitations count as if they had been accepted.',
    access: 'members:write',
    response: InvitationSeats,
    run: ({ tx, organizationId, nowMs }) => getSeatStanding(tx, organizationId, new Date(nowMs)),
  }),
  route({
    method: 'post',
    path: '/invitations',
    tag: 'invitations',
    summary: 'Invite an address; needs one’s own to be verified',
    access: 'members:write',
    body: z.strictObject({
      email: z.string().min(3).max(254),
      role: id.default('developer'),
      teamId: id.exactOptional(),
    }),
    response: Invitation,
    idempotent: true,
    throttle: { limit: 200, windowSeconds: 3_600 },
    run: async ({ tx, context, actor, body, origin, nowMs }) =>
      present(await createInvitation(tx, context.identity, actor, body, origin), nowMs),
  }),
  route({
    method: 'delete',
    path: '/invitations/{id}',
    tag: 'invitations',
    summary: 'Revoke an open invitation',
    access: 'members:write',
    params: idParam,
    run: async ({ tx, actor, params, origin, nowMs }) => {
      await revokeInvitation(tx, actor, params.id, origin, nowMs);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/invitations/accept',
    tag: 'invitations',
    summary: 'Accept as the signed-in person; new people accept with their sign-up',
    access: 'session',
    body: z.strictObject({ token: z.string().min(1).max(200) }),
    response: z.object({ organizationId: id, membershipId: id }),
    run: ({ context, actor, body, origin }) => acceptInvitation(context.identity, actor, body.token, origin),
  }),
];

function present(row: Prisma.InvitationModel, nowMs: number) {
  const state: 'accepted' | 'revoked' | 'expired' | 'open' =
    row.acceptedAt !== null
      ? 'accepted'
      : row.revokedAt !== null
        ? 'revoked'
        : row.expiresAt.getTime() <= nowMs
          ? 'expired'
          : 'open';
  return { ...row, state, createdAt: iso(row.createdAt), expiresAt: iso(row.expiresAt) };
}
