/**
 * Takes the dunning steps that are due, and takes them back once nothing is owed. Each step once per invoice, in one
 * transaction with its mail, its audit event and what it holds back.
 */
import { type AuditActor, NO_ORIGIN, recordAudit } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import { type Database, type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { queueMailIfValid } from '@tollgate/mail';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { z } from 'zod';
import { getOutstanding } from '../payments/payment.ts';
import { localDate } from '../period/zone-time.ts';
import { type DueStep, DunningPolicy, findDueSteps } from './dunning-policy.ts';

export interface DunningOptions {
  readonly organizationId: string;
  readonly now: Date;
  /** For mails; without it steps are taken without one. */
  readonly ring?: KeyRing | undefined;
  readonly consoleUrl: string;
}

interface TakenStep {
  readonly invoiceId: string;
  readonly step: string;
}

export interface DunningResult {
  readonly taken: readonly TakenStep[];
  /** Of these, those whose mail could not go where it was meant to: somebody has to look after the address. */
  readonly unmailed: readonly TakenStep[];
  readonly undone: number;
}

const DUNNING_ACTOR: AuditActor = { kind: 'system', id: 'dunning', name: 'Dunning' };
const MOST_INVOICES = 100;

export function runDunning(database: Database, options: DunningOptions): Promise<DunningResult> {
  return database.tenant(
    options.organizationId,
    async (tx) => {
      const undone = await undoSettled(tx, options);
      const overdue = await listOverdue(tx, options);
      const taken: TakenStep[] = [];
      const unmailed: TakenStep[] = [];
      if (overdue.length === 0) return { taken, unmailed, undone };
      const policy = await getPolicy(tx, options.organizationId);
      for (const invoice of overdue) {
        const earlier = new Set(invoice.taken);
        for (const due of findDueSteps(policy, invoice.dueAt, options.now, earlier)) {
          const mailed = await takeStep(tx, options, policy, invoice, due);
          const step = { invoiceId: invoice.id, step: due.step };
          taken.push(step);
          if (!mailed) unmailed.push(step);
        }
      }
      return { taken, unmailed, undone };
    },
    { timeoutMs: 30_000 },
  );
}

export async function getPolicy(tx: Transaction, organizationId: string): Promise<DunningPolicy> {
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId },
    select: { dunningPolicy: true },
  });
  return DunningPolicy.parse(profile?.dunningPolicy ?? {});
}

interface OverdueInvoice {
  readonly id: string;
  readonly number: string;
  readonly dueAt: Date;
  readonly timeZone: string;
  readonly outstandingPicoUsd: bigint;
  readonly taken: readonly string[];
}

async function listOverdue(
  tx: Transaction,
  { organizationId, now }: DunningOptions,
): Promise<OverdueInvoice[]> {
  const rows = await tx.invoice.findMany({
    where: { organizationId, kind: 'invoice', livemode: true, state: 'open', dueAt: { lt: now } },
    orderBy: { dueAt: 'asc' },
    take: MOST_INVOICES,
    select: { id: true, number: true, dueAt: true, timeZone: true, totalPicoUsd: true },
  });
  const overdue: OverdueInvoice[] = [];
  for (const row of rows) {
    const outstandingPicoUsd = await getOutstanding(tx, organizationId, row.id, toBigInt(row.totalPicoUsd));
    if (outstandingPicoUsd <= 0n || row.dueAt === null) continue;
    const steps = await tx.dunningStep.findMany({
      where: { organizationId, invoiceId: row.id },
      select: { step: true },
    });
    const taken = steps.map(({ step }) => step);
    const { id, dueAt, timeZone } = row;
    overdue.push({ id, number: row.number ?? '', dueAt, timeZone, outstandingPicoUsd, taken });
  }
  return overdue;
}

/** @returns Whether its mail goes where it is meant to, or it has none. */
async function takeStep(
  tx: Transaction,
  options: DunningOptions,
  policy: DunningPolicy,
  invoice: OverdueInvoice,
  { step, notify }: DueStep,
): Promise<boolean> {
  const { organizationId, now } = options;
  const holds = await hold(tx, options, policy, step);
  const detail = { ...holds, notified: notify };
  const isNew = await tx.$executeRaw`
    INSERT INTO dunning_steps (organization_id, invoice_id, step, taken_at, undone_at, detail)
    VALUES (${organizationId}, ${invoice.id}, ${step}, ${now.toISOString()}::timestamptz,
      ${step === 'soft-limit' || step === 'stop' ? null : now.toISOString()}::timestamptz, ${JSON.stringify(detail)}::jsonb)
    ON CONFLICT DO NOTHING`;
  // Another worker was first: it takes back nothing of what it holds, so ours must not stay.
  if (isNew !== 1) throw new Error(`Cannot take step ${step} of ${invoice.id}: it was taken meanwhile`);
  await recordAudit(tx, {
    organizationId,
    actor: DUNNING_ACTOR,
    origin: NO_ORIGIN,
    action: 'dunning-step-taken',
    target: { kind: 'invoice', id: invoice.id, name: invoice.number },
    after: { step, ...detail },
    nowMs: now.getTime(),
  });
  await tellOutbox(tx, organizationId, 'invoice-overdue', invoice.id, { step, number: invoice.number }, now);
  return notify ? sendMails(tx, options, invoice, step) : true;
}

/** What a step holds back. */
async function hold(
  tx: Transaction,
  { organizationId, now }: DunningOptions,
  policy: DunningPolicy,
  step: string,
): Promise<Record<string, unknown>> {
  if (step === 'soft-limit' && policy.softLimit !== null) {
    const id = newId('rateLimit', now.getTime());
    const { requestsPerMinute } = policy.softLimit;
    // By hand, because the worker may add and take away limits but not read people's scopes.
    await tx.$executeRaw`
      INSERT INTO rate_limits (id, organization_id, scope_type, scope_id, metric, limit_value, window_seconds)
      VALUES (${id}, ${organizationId}, 'organization', ${organizationId}, 'requests', ${requestsPerMinute}, 60)`;
    await tellOutbox(tx, organizationId, 'policy-changed', id, {}, now);
    return { rateLimitId: id, requestsPerMinute };
  }
  if (step === 'stop') {
    const suspended = await tx.$executeRaw`
      UPDATE organizations SET suspended_at = ${now.toISOString()}::timestamptz, updated_at = now()
      WHERE id = ${organizationId} AND suspended_at IS NULL`;
    await tellOutbox(tx, organizationId, 'organization-changed', organizationId, {}, now);
    return { suspended: suspended === 1 };
  }
  return {};
}

const StepDetail = z.object({ rateLimitId: z.string().optional(), suspended: z.boolean().optional() });

/** Gives back what was held for invoices that are no longer open. */
async function undoSettled(tx: Transaction, { organizationId, now }: DunningOptions): Promise<number> {
  const held = await tx.$queryRaw<{ invoiceId: string; step: string; detail: unknown; number: string }[]>`
    SELECT s.invoice_id AS "invoiceId", s.step, s.detail, i.number FROM dunning_steps s
    JOIN invoices i ON i.organization_id = s.organization_id AND i.id = s.invoice_id
    WHERE s.organization_id = ${organizationId} AND s.undone_at IS NULL AND i.state <> 'open' FOR UPDATE OF s`;
  let isLifted = false;
  for (const { invoiceId, step, detail, number } of held) {
    const { rateLimitId, suspended } = StepDetail.parse(detail);
    if (rateLimitId !== undefined) {
      await tx.$executeRaw`DELETE FROM rate_limits WHERE organization_id = ${organizationId} AND id = ${rateLimitId}`;
      await tellOutbox(tx, organizationId, 'policy-changed', rateLimitId, {}, now);
    }
    await tx.dunningStep.updateMany({ where: { organizationId, invoiceId, step }, data: { undoneAt: now } });
    isLifted ||= suspended === true;
    await recordAudit(tx, {
      organizationId,
      actor: DUNNING_ACTOR,
      origin: NO_ORIGIN,
      action: 'dunning-step-undone',
      target: { kind: 'invoice', id: invoiceId, name: number },
      before: { step },
      nowMs: now.getTime(),
    });
  }
  // After all of them: one that is undone as well must not have the suspension handed on to it.
  if (isLifted) await liftSuspension(tx, organizationId, now);
  return held.length;
}

/** Another overdue invoice that stops the organization hands the suspension on. */
async function liftSuspension(tx: Transaction, organizationId: string, now: Date): Promise<void> {
  const handedOn = await tx.$executeRaw`
    UPDATE dunning_steps SET detail = detail || '{"suspended": true}' WHERE organization_id = ${organizationId}
      AND (invoice_id, step) IN (SELECT invoice_id, step FROM dunning_steps
        WHERE organization_id = ${organizationId} AND step = 'stop' AND undone_at IS NULL LIMIT 1)`;
  if (handedOn > 0) return;
  await tx.$executeRaw`UPDATE organizations SET suspended_at = NULL, updated_at = now() WHERE id = ${organizationId} AND closed_at IS NULL`;
  await tellOutbox(tx, organizationId, 'organization-changed', organizationId, {}, now);
}

async function tellOutbox(
  tx: Transaction,
  organizationId: string,
  kind: string,
  targetId: string,
  payload: Record<string, unknown>,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO outbox_events (id, organization_id, kind, target_id, payload)
    VALUES (${newId('event', now.getTime())}, ${organizationId}, ${kind}, ${targetId}, ${JSON.stringify(payload)}::jsonb)`;
}

const MOST_RECIPIENTS = 20;

interface Recipient {
  readonly email: string;
  readonly locale: string;
}

/**
 * To the address that invoices go to; without one that can be used, to owners and finance. Whoever owes chooses these
 * addresses: none of them may keep a step from being taken.
 *
 * @returns Whether all could be queued.
 */
async function sendMails(
  tx: Transaction,
  options: DunningOptions,
  invoice: OverdueInvoice,
  step: string,
): Promise<boolean> {
  if (options.ring === undefined) return true;
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId: options.organizationId },
    select: { email: true },
  });
  const email = profile?.email ?? '';
  if (email !== '' && (await queueStep(tx, options, invoice, step, { email, locale: 'en' }))) return true;
  let isWhole = email === '';
  for (const recipient of await listPeople(tx, options.organizationId)) {
    const isQueued = await queueStep(tx, options, invoice, step, recipient);
    isWhole &&= isQueued;
  }
  return isWhole;
}

function listPeople(tx: Transaction, organizationId: string): Promise<Recipient[]> {
  return tx.$queryRaw<Recipient[]>`
    SELECT u.email, u.locale FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = ${organizationId} AND m.role IN ('owner', 'finance') AND u.disabled_at IS NULL
    ORDER BY m.id LIMIT ${MOST_RECIPIENTS}`;
}

/** @returns Whether it could be queued. */
async function queueStep(
  tx: Transaction,
  { now, ring, consoleUrl }: DunningOptions,
  invoice: OverdueInvoice,
  step: string,
  { email, locale }: Recipient,
): Promise<boolean> {
  if (ring === undefined) return false;
  return queueMailIfValid(tx, ring, {
    template: 'invoice-overdue',
    recipient: email,
    causeId: `${invoice.id}-${step}`,
    locale,
    nowMs: now.getTime(),
    data: {
      number: invoice.number,
      amount: `${formatUsd(picoUsdSum(invoice.outstandingPicoUsd))} USD`,
      dueOn: localDate(invoice.dueAt.getTime(), invoice.timeZone),
      step: step.startsWith('reminder') ? 'reminder' : step,
      link: `${consoleUrl}/invoices/${invoice.id}`,
    },
  });
}
