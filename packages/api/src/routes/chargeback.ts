/** What is charged inside the organization: a month by team and cost centre, with shared keys divided. */
import { z } from '@hono/zod-openapi';
import {
  getChargeback,
  listCostSplits,
  MAX_SPLIT_SHARES,
  previewCostSplit,
  SPLIT_STATES,
  setCostSplit,
} from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { whoOf } from '../audit/who-of.ts';
import { id, instant, queryFlag, text, timestamp, usd } from '../framework/field.ts';
import { pageOf } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';

const amounts = { costUsd: usd, chargeUsd: usd, spentUsd: usd };
const share = {
  teamId: text(100).default(''),
  costCenter: text(100).default(''),
  shareBasisPoints: z.int().min(1).max(10_000),
};

export const Chargeback = z
  .object({
    periodStart: timestamp,
    periodEnd: timestamp,
    total: z.object({ requests: z.number(), ...amounts }),
    /** The showback statement of the month; null: nothing was used. */
    statement: z
      .object({
        invoiceId: id,
        costUsd: usd,
        /** The rows’ cost less the statement’s: zero, but for the moment between two roll-ups. */
        differenceUsd: usd,
      })
      .nullable(),
    rows: z.array(
      z.object({
        /** Empty: no team. */
        teamId: z.string(),
        teamName: z.string(),
        costCenter: z.string(),
        /** Made under the team’s own name: requests are not divided. */
        requests: z.number(),
        ...amounts,
        /** Of `spentUsd`: what came from divided keys, less what went to others. All rows sum to zero. */
        dividedUsd: usd,
      }),
    ),
  })
  .openapi('Chargeback');

export const CostSplit = z
  .object({
    id,
    keyId: z.string(),
    keyName: z.string(),
    /** The first instant of the month from which on it holds, until a later one of the key. */
    validFrom: timestamp,
    /** Where the key’s next rule begins; null: it holds until there is one. */
    validTo: timestamp.nullable(),
    state: z.enum(SPLIT_STATES),
    /** Empty: from then on the key is not divided. */
    shares: z.array(z.object(share)),
  })
  .openapi('CostSplit');

export const SplitPreview = z
  .object({ ...amounts, parts: z.array(z.object({ ...share, ...amounts })) })
  .openapi('SplitPreview');

const shares = z.array(z.strictObject(share)).max(MAX_SPLIT_SHARES);

export const chargebackRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    report: true,
    path: '/chargeback',
    tag: 'chargeback',
    summary: 'A month by team and cost centre, with shared keys divided',
    description: 'Sums to the showback statement of the month, whatever is divided.',
    access: 'invoices:read',
    query: z.strictObject({ at: instant, livemode: queryFlag.default(true) }),
    response: Chargeback,
    run: ({ tx, organizationId, query }) =>
      billingAnswer(async () => {
        const { rows, ...period } = await getChargeback(tx, { organizationId, ...query });
        return { ...period, rows: [...rows] };
      }),
  }),
  route({
    method: 'get',
    path: '/cost-splits',
    tag: 'chargeback',
    summary: 'How shared keys are divided, the newest month first',
    access: 'invoices:read',
    response: pageOf(CostSplit),
    run: async ({ tx, organizationId, nowMs }) => ({
      data: await listSplits(tx, organizationId, nowMs),
      nextCursor: null,
    }),
  }),
  route({
    method: 'post',
    path: '/cost-splits',
    tag: 'chargeback',
    summary: 'Divide a key from a month on, or no longer',
    description:
      'From the month of `at`, which must not be over; a rule of the same month is replaced. Shares are together 10,000 basis points; without any the key is no longer divided.',
    access: 'invoices:write',
    body: z.strictObject({ keyId: id, at: instant, shares }),
    response: pageOf(CostSplit),
    status: 200,
    run: (call) =>
      billingAnswer(async () => {
        const { tx, organizationId, body, nowMs } = call;
        await setCostSplit(tx, { organizationId, ...body, ...whoOf(call) });
        const all = await listSplits(tx, organizationId, nowMs);
        return { data: all.filter(({ keyId }) => keyId === body.keyId), nextCursor: null };
      }),
  }),
  route({
    method: 'post',
    path: '/cost-splits/preview',
    tag: 'chargeback',
    summary: 'What a key used in a month, divided by shares that are not saved',
    description: 'The parts sum to the whole to the last pico-USD.',
    access: 'invoices:read',
    body: z.strictObject({
      keyId: id,
      at: instant,
      livemode: z.boolean().default(true),
      shares: shares.min(1),
    }),
    response: SplitPreview,
    status: 200,
    run: ({ tx, organizationId, body }) =>
      billingAnswer(async () => {
        const { parts, ...whole } = await previewCostSplit(tx, { organizationId, ...body });
        return { ...whole, parts: [...parts] };
      }),
  }),
];

async function listSplits(tx: Transaction, organizationId: string, nowMs: number) {
  const splits = await listCostSplits(tx, { organizationId, now: new Date(nowMs) });
  return splits.map((split) => ({ ...split, shares: [...split.shares] }));
}
