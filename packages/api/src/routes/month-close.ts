/** The guided close of a month. Rules live in packages/billing. */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import {
  CLOSE_STEPS,
  CONFIRMABLE_STEPS,
  confirmCloseStep,
  FrozenInvoice,
  finalizeInvoice,
  getMonthClose,
  listLateEntries,
  type MonthClose as MonthCloseView,
  saveStep,
  withdrawCloseStep,
} from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { assertVerified, auditActor, findEmailAddress } from '@tollgate/identity';
import { queueMail } from '@tollgate/mail';
import { whoOf } from '../audit/who-of.ts';
import { billingStepOf } from '../billing/billing-step.ts';
import { id, instant, queryFlag, text, timestamp, usd } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { ApiProblem } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';

const step = z.enum(CONFIRMABLE_STEPS);

export const MonthClose = z
  .object({
    periodStart: timestamp,
    periodEnd: timestamp,
    timeZone: z.string(),
    livemode: z.boolean(),
    /** From then on the worker finalizes by itself. */
    graceEndsAt: timestamp,
    invoiceId: z.string().nullable(),
    invoiceState: z.string().nullable(),
    invoiceNumber: z.string().nullable(),
    totalUsd: usd.nullable(),
    steps: z.array(
      z.object({
        step: z.enum(CLOSE_STEPS),
        state: z.enum(['done', 'attention', 'waiting', 'changed', 'blocked', 'none']),
        count: z.number(),
        amountUsd: usd.nullable(),
        details: z.array(z.object({ label: z.string(), value: z.string() })),
        doneBy: z.string().nullable(),
        doneAt: timestamp.nullable(),
        note: z.string(),
      }),
    ),
  })
  .openapi('MonthClose');

export const LateEntry = z
  .object({
    requestId: id,
    startedAt: timestamp,
    recordedAt: timestamp,
    attempt: z.number(),
    entry: z.number().openapi({ description: '0 is the usage; above: an adjustment, with its reason.' }),
    reason: z.string(),
    keyId: z.string(),
    teamId: z.string(),
    provider: z.string(),
    model: z.string(),
    costUsd: usd.nullable().openapi({ description: 'Null: its price is not known.' }),
    chargeUsd: usd,
  })
  .openapi('LateEntry');

const monthBody = { at: instant, livemode: z.boolean().default(true) };

/** In the one form that mail goes to. */
const recipient = text(254)
  .overwrite((value) => findEmailAddress(value) ?? value)
  .refine(
    (value) => findEmailAddress(value) !== undefined,
    refusal('must be an e-mail address', 'invalid_email'),
  );

export const monthCloseRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/month-close',
    tag: 'month close',
    summary: 'The steps of a month’s close, each with its state',
    access: 'invoices:read',
    query: z.strictObject({
      /** Any instant of the month; the month before this one unless told. */
      at: instant.exactOptional(),
      livemode: queryFlag.exactOptional(),
    }),
    response: MonthClose,
    run: async ({ tx, organizationId, query, nowMs }) => {
      const at = query.at ?? (await monthBefore(tx, organizationId, nowMs));
      const scope = { organizationId, at, livemode: query.livemode ?? true };
      return present(await getMonthClose(tx, scope, new Date(nowMs)));
    },
  }),
  route({
    method: 'get',
    report: true,
    path: '/month-close/late-entries',
    tag: 'month close',
    summary: 'The ledger entries that the step of late usage counts, oldest first',
    access: 'invoices:read',
    alsoNeeds: ['requests:read'],
    query: z.strictObject({
      ...pageShape,
      at: instant.openapi({ description: 'Any instant of the month.' }),
      livemode: queryFlag.exactOptional(),
    }),
    response: pageOf(LateEntry),
    run: ({ tx, organizationId, query }) =>
      billingAnswer(async () => {
        const { at, livemode = true, limit, cursor } = query;
        const page = await listLateEntries(tx, { organizationId, at, livemode, limit, cursor });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'post',
    path: '/month-close/steps',
    tag: 'month close',
    summary: 'Say that what a step shows was seen and is fine, or take that back',
    access: 'invoices:write',
    body: z.strictObject({
      ...monthBody,
      step,
      confirmed: z.boolean().default(true),
      note: text(500).default(''),
    }),
    response: MonthClose,
    run: (call) =>
      billingAnswer(async () => {
        const { tx, organizationId, body } = call;
        const scope = { organizationId, at: body.at, livemode: body.livemode, step: body.step };
        const who = whoOf(call);
        if (body.confirmed) await confirmCloseStep(tx, { ...scope, ...who, note: body.note });
        else await withdrawCloseStep(tx, { ...scope, ...who });
        return present(await getMonthClose(tx, scope, who.now));
      }),
  }),
  route({
    method: 'post',
    path: '/month-close/finalize',
    tag: 'month close',
    summary: 'Finalize the month’s invoice once every step before is done',
    access: 'invoices:write',
    detached: true,
    body: z.strictObject(monthBody),
    response: MonthClose,
    status: 200,
    run: (call) =>
      billingAnswer(async () => {
        const { organizationId, body } = call;
        const scope = { organizationId, at: body.at, livemode: body.livemode };
        const now = new Date(call.nowMs);
        const close = await call.tenant((tx) => getMonthClose(tx, scope, now));
        const own = close.steps.find((each) => each.step === 'finalize');
        if (own?.state === 'blocked') {
          throw new ApiProblem(
            'conflict',
            `Cannot finalize: every step before must be done, got ${openSteps(close)}`,
            { reason: 'close_steps_open' },
          );
        }
        if (own?.state === 'attention' && close.invoiceId !== null) {
          const step = { ...billingStepOf(call), invoiceId: close.invoiceId };
          await finalizeInvoice(call.context.database, step);
        }
        return call.tenant(async (tx) => present(await getMonthClose(tx, scope, now)));
      }),
  }),
  route({
    method: 'post',
    path: '/month-close/send',
    tag: 'month close',
    summary: 'Mail the finalized invoice with its PDF to the billing contact',
    access: 'invoices:write',
    throttle: { limit: 30, windowSeconds: 3_600 },
    body: z.strictObject({ ...monthBody, recipients: z.array(recipient).max(10).default([]) }),
    response: MonthClose,
    run: (call) =>
      billingAnswer(async () => {
        assertVerified(call.actor, 'mail an invoice');
        await send(call, call.body.recipients);
        const { tx, organizationId, body, nowMs } = call;
        const scope = { organizationId, at: body.at, livemode: body.livemode };
        return present(await getMonthClose(tx, scope, new Date(nowMs)));
      }),
  }),
];

async function monthBefore(tx: Transaction, organizationId: string, nowMs: number): Promise<Date> {
  const current = await getMonthClose(
    tx,
    { organizationId, at: new Date(nowMs), livemode: true },
    new Date(nowMs),
  );
  return new Date(Date.parse(current.periodStart) - 1);
}

function present(close: MonthCloseView) {
  return { ...close, steps: close.steps.map((each) => ({ ...each, details: [...each.details] })) };
}

function openSteps(close: MonthCloseView): string {
  return close.steps
    .filter(({ state }) => state !== 'done' && state !== 'none' && state !== 'blocked')
    .map((each) => `${each.step} ${each.state}`)
    .join(', ');
}

/** By lower-case address: the language of members; under '' that of the sender, for everybody else. */
async function localesOf(
  tx: Transaction,
  organizationId: string,
  recipients: readonly string[],
  senderId: string,
): Promise<Map<string, string>> {
  const addresses = recipients.map((recipient) => recipient.toLowerCase());
  const rows = await tx.$queryRaw<{ id: string; email: string; locale: string }[]>`
    SELECT u.id, lower(u.email) AS email, u.locale FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = ${organizationId} AND (lower(u.email) = ANY (${addresses}) OR u.id = ${senderId})`;
  return new Map(
    rows.flatMap(({ id: userId, email, locale }) => [
      [email, locale] as const,
      ...(userId === senderId ? [['', locale] as const] : []),
    ]),
  );
}

interface SendCall {
  readonly context: {
    readonly encryptionKeys: Parameters<typeof queueMail>[1];
    readonly settings: { readonly consoleUrl: string };
  };
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly body: { readonly at: Date; readonly livemode: boolean };
  readonly actor: { readonly actor: Parameters<typeof auditActor>[0] };
  readonly origin: Parameters<typeof recordAudit>[1]['origin'];
  readonly nowMs: number;
}

async function send(call: SendCall, asked: readonly string[]): Promise<void> {
  const { tx, organizationId, body, nowMs, context } = call;
  const now = new Date(nowMs);
  const close = await getMonthClose(tx, { organizationId, ...body }, now);
  if (close.invoiceId === null || close.invoiceNumber === null) {
    throw new ApiProblem('conflict', 'Cannot send the invoice: it must be finalized', {
      reason: 'invoice_not_finalized',
    });
  }
  const profile = await tx.billingProfile.findUnique({ where: { organizationId }, select: { email: true } });
  const recipients = [...new Set(asked.length > 0 ? asked : [profile?.email ?? ''])].filter(
    (address) => address !== '',
  );
  if (recipients.length === 0) {
    throw new ApiProblem(
      'conflict',
      'Cannot send the invoice: the billing profile must have an e-mail address, or the request must name recipients, got neither',
      { reason: 'no_recipient' },
    );
  }
  const invoice = await tx.invoice.findUniqueOrThrow({
    where: { id: close.invoiceId },
    select: { frozen: true },
  });
  const organization = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { name: true },
  });
  // As it stands on what is attached.
  const dueOn = FrozenInvoice.parse(invoice.frozen).dueOn ?? '';
  const actor = auditActor(call.actor.actor);
  // Sent again on purpose is another mail; asked for twice in a minute is one.
  const causeId = `${close.invoiceId}:${Math.floor(nowMs / 60_000)}`;
  const locales = await localesOf(tx, organizationId, recipients, actor.id);
  for (const recipient of recipients) {
    await queueMail(tx, context.encryptionKeys, {
      template: 'invoice',
      recipient,
      causeId,
      locale: locales.get(recipient.toLowerCase()) ?? locales.get('') ?? 'en',
      nowMs,
      data: {
        organizationId,
        invoiceId: close.invoiceId,
        organizationName: organization.name,
        number: close.invoiceNumber,
        amount: `${close.totalUsd} USD`,
        dueOn,
        link: `${context.settings.consoleUrl}/invoices/${close.invoiceId}`,
      },
    });
  }
  const periodStart = new Date(close.periodStart);
  await saveStep(tx, { organizationId, livemode: body.livemode, actor, now }, periodStart, 'send', '', {
    recipients,
    causeId,
  });
  await recordAudit(tx, {
    organizationId,
    actor,
    origin: call.origin,
    action: 'invoice-sent',
    target: { kind: 'invoice', id: close.invoiceId, name: close.invoiceNumber },
    after: { recipients: recipients.length },
    nowMs,
  });
}
