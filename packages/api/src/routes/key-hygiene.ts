/** Keys as credentials: what is wrong with them, what uses them just now, and changing many at once. */
import { z } from '@hono/zod-openapi';
import { commaSeparated, id, MAX_ASKED_IDS, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { KeyActivity, listKeyActivity } from '../virtual-keys/key-activity.ts';
import { BULK_MAX, BulkKeyChange, BulkKeyResult, changeManyKeys } from '../virtual-keys/key-bulk.ts';
import { countFinding, KEY_FINDINGS, toFindingQuery } from '../virtual-keys/key-findings.ts';

export const findingDays = {
  /** How long a key is unused before it is idle. */
  idleDays: z.coerce.number().int().min(1).max(3_650).default(90),
  /** How old a secret is before it is worth a rotation. */
  rotatedDays: z.coerce.number().int().min(1).max(3_650).default(90),
};

const Finding = z
  .object({
    kind: z.enum(KEY_FINDINGS),
    count: z.int(),
    /** There are more than were counted. */
    more: z.boolean(),
    /** How many of the newest keys were looked at; null: all. */
    lookedAt: z.int().nullable(),
  })
  .openapi('KeyFinding');

const asked = commaSeparated
  .refine((ids) => ids.length > 0, refusal('must name a key', 'required'))
  .refine(
    (ids) => ids.length <= MAX_ASKED_IDS,
    refusal(`must name at most ${MAX_ASKED_IDS} keys, separated by commas`, 'too_many'),
  )
  .refine(
    (ids) => ids.every((one) => id.safeParse(one).success && text(100).safeParse(one).success),
    refusal('must be ids of keys', 'invalid'),
  );

export const keyHygieneRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/keys/hygiene',
    tag: 'keys',
    summary: 'What is wrong with keys, and how many it is true of',
    description:
      'Counts stop at 10,000 (`more`). `noBudget`: no hard budget of its own, its team, its owner or the organization; `noRateLimit`: no rate limit either of those has for all models. `GET /keys?finding=` lists them.',
    access: 'keys:read',
    report: true,
    query: z.strictObject(findingDays),
    response: z.object({ data: z.array(Finding), idleDays: z.int(), rotatedDays: z.int() }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const days = { idle: query.idleDays, rotated: query.rotatedDays };
      const data = [];
      for (const kind of KEY_FINDINGS) {
        const finding = await toFindingQuery(tx, organizationId, kind, days);
        data.push(await countFinding(tx, organizationId, finding, new Date(nowMs)));
      }
      return { data, idleDays: query.idleDays, rotatedDays: query.rotatedDays };
    },
  }),
  route({
    method: 'get',
    path: '/keys/activity',
    tag: 'keys',
    summary: 'What uses keys just now',
    description: `\`ids\`: at most ${MAX_ASKED_IDS}, separated by commas. Keys that do not exist are left out. Addresses and clients are shown to who may read requests.`,
    access: 'keys:read',
    report: true,
    query: z.strictObject({ ids: asked }),
    response: z.object({ data: z.array(KeyActivity) }),
    run: async ({ tx, organizationId, actor, query, nowMs }) => {
      const rows = await listKeyActivity(tx, organizationId, query.ids, nowMs);
      if (actor.permissions.has('requests:read')) return { data: rows };
      return { data: rows.map((row) => ({ ...row, lastAddress: null, lastUserAgent: null })) };
    },
  }),
  route({
    method: 'post',
    path: '/keys/bulk',
    tag: 'keys',
    summary: 'The same change of many keys, each with a result of its own',
    description: `At most ${BULK_MAX} keys a call. What cannot be changed is told, and the others are changed; each change has its audit event. Secrets of rotated keys are in this answer and nowhere else.`,
    access: 'keys:write',
    body: BulkKeyChange,
    response: z.object({ data: z.array(BulkKeyResult) }),
    status: 200,
    idempotent: true,
    throttle: { limit: 120, windowSeconds: 60 },
    run: async (call) => ({ data: await changeManyKeys(call) }),
  }),
];
