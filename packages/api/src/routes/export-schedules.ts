/** Exports that are made by themselves: of every month, day or invoice, kept to be fetched or brought to a bucket. */
import { z } from '@hono/zod-openapi';
import {
  JOB_FORMATS,
  KEPT_HERE,
  lockDestination,
  SCHEDULE_INTERVALS,
  SCHEDULE_KINDS,
} from '@tollgate/billing';
import type { Prisma } from '@tollgate/db';
import { can } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { id, idParam, iso, name, timestamp } from '../framework/field.ts';
import { pageOf } from '../framework/pagination.ts';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';
import { recordExportEvent } from './export-event.ts';

const MAX_SCHEDULES = 20;

const shape = {
  format: z.enum(JOB_FORMATS),
  /** Usage of the period, or the invoice of the month once it is final. */
  kind: z.enum(SCHEDULE_KINDS),
  /** Days are made some hours after they end, months after their days of grace. */
  every: z.enum(SCHEDULE_INTERVALS),
  livemode: z.boolean(),
};

export const ExportSchedule = z
  .object({
    id,
    name: z.string(),
    ...shape,
    /** Null: kept to be fetched. */
    destinationId: id.nullable(),
    createdAt: timestamp,
  })
  .openapi('ExportSchedule');

export const exportScheduleRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/export-schedules',
    tag: 'exports',
    summary: 'Exports that are made by themselves',
    access: 'requests:read',
    response: pageOf(ExportSchedule),
    run: async ({ tx, organizationId }) => {
      const rows = await tx.exportSchedule.findMany({
        where: { organizationId, disabledAt: null },
        orderBy: { createdAt: 'desc' },
        take: MAX_SCHEDULES,
      });
      return { data: rows.map(present), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/export-schedules',
    tag: 'exports',
    summary: 'Make an export of every month, day or invoice, and bring it to a bucket',
    description: 'Invoices need `invoices:read` as well, and come by the month.',
    access: 'billing:write',
    alsoNeeds: ['requests:read'],
    idempotent: true,
    body: z.strictObject({
      name,
      ...shape,
      kind: shape.kind.default('usage'),
      every: shape.every.default('month'),
      livemode: shape.livemode.default(true),
      destinationId: id.nullable().default(null),
    }),
    response: ExportSchedule,
    run: (call) =>
      billingAnswer(async () => {
        const { tx, organizationId, actor, body, nowMs } = call;
        const { destinationId, ...fields } = body;
        if (fields.kind === 'invoice' && fields.every !== 'month') {
          throw invalidField('body.every', 'must be month for invoices', 'invalid');
        }
        if (fields.kind === 'invoice' && !can(actor, 'invoices:read')) {
          throw new ApiProblem(
            'permission_denied',
            'Cannot do this: the permission invoices:read is missing',
          );
        }
        const active = { organizationId, disabledAt: null };
        await assertRoom(tx.exportSchedule.count({ where: active }), MAX_SCHEDULES, 'schedules');
        const destination = destinationId ?? KEPT_HERE;
        if (destinationId !== null) {
          await lockDestination(tx, { organizationId, id: destinationId });
          const { kind, format, every, livemode } = fields;
          const same = { ...active, destination, kind, format, every, livemode };
          if ((await tx.exportSchedule.count({ where: same })) > 0) {
            throw invalidField('body.destinationId', 'must not get the same files twice', 'taken');
          }
        }
        const row = await tx.exportSchedule.create({
          data: {
            id: newId('exportSchedule', nowMs),
            organizationId,
            ...fields,
            destination,
            createdAt: new Date(nowMs),
          },
        });
        const target = { ...row, kind: 'export-schedule' };
        await recordExportEvent(call, 'export-schedule-created', target, { ...body });
        return present(row);
      }),
  }),
  route({
    method: 'delete',
    path: '/export-schedules/{id}',
    tag: 'exports',
    summary: 'Make this export no longer',
    access: 'billing:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, nowMs } = call;
      const [row] = await tx.exportSchedule.updateManyAndReturn({
        where: { organizationId, id: params.id, disabledAt: null },
        data: { disabledAt: new Date(nowMs) },
      });
      if (row === undefined) throw notFound('export schedule');
      await recordExportEvent(call, 'export-schedule-ended', { ...row, kind: 'export-schedule' }, {});
      return undefined;
    },
  }),
];

function present(row: Prisma.ExportScheduleModel) {
  return {
    id: row.id,
    name: row.name,
    format: shape.format.parse(row.format),
    kind: shape.kind.parse(row.kind),
    every: shape.every.parse(row.every),
    livemode: row.livemode,
    destinationId: row.destination === KEPT_HERE ? null : row.destination,
    createdAt: iso(row.createdAt),
  };
}
