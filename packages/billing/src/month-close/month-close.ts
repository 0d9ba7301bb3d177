/**
 * The close of a month as a list of steps, each with its state: what is still missing before an invoice can be
 * numbered, and what is to be done with it afterwards.
 *
 * States are read from what the steps are about, every time; only what a person said (`seen and fine`) is kept. So
 * a close that was interrupted anywhere goes on where it stands, and a step that was confirmed and then changed
 * shows that it changed. The worker finalizes by itself after the days of grace (close-periods.ts); this is for those
 * who look before.
 */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import { sql, type Transaction } from '@tollgate/db';
import { formatUsd, parseUsdSum, picoUsdSum } from '@tollgate/money';
import { listTimeZones } from '../draft/add-usage.ts';
import { BillingError } from '../lifecycle/billing-error.ts';
import { MAY_HOLD_USAGE } from '../lifecycle/close-periods.ts';
import { billingPeriodAt } from '../period/billing-period.ts';

export const CLOSE_STEPS = [
  'period-ended',
  'usage-arrived',
  'late-usage',
  'unknown-prices',
  'quarantine',
  'reconciliation',
  'review',
  'finalize',
  'push',
  'send',
] as const;
export type CloseStepName = (typeof CLOSE_STEPS)[number];

/** What a person may say is fine. */
export const CONFIRMABLE_STEPS = [
  'late-usage',
  'unknown-prices',
  'quarantine',
  'reconciliation',
  'review',
] as const;
export type ConfirmableStep = (typeof CONFIRMABLE_STEPS)[number];

/**
 * done; attention: somebody must look; waiting: time or a machine will do it; changed: confirmed, and different since;
 * blocked: an earlier step is not done; none: does not apply.
 */
export type CloseStepState = 'done' | 'attention' | 'waiting' | 'changed' | 'blocked' | 'none';

export interface CloseStep {
  readonly step: CloseStepName;
  readonly state: CloseStepState;
  readonly count: number;
  /** What the count is worth; null where that says nothing. */
  readonly amountUsd: string | null;
  readonly details: readonly { readonly label: string; readonly value: string }[];
  readonly doneBy: string | null;
  readonly doneAt: string | null;
  readonly note: string;
}

export interface MonthClose {
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly timeZone: string;
  readonly livemode: boolean;
  readonly graceEndsAt: string;
  readonly invoiceId: string | null;
  readonly invoiceState: string | null;
  readonly invoiceNumber: string | null;
  readonly totalUsd: string | null;
  readonly steps: readonly CloseStep[];
}

export interface CloseScope {
  readonly organizationId: string;
  /** Any instant of the month. */
  readonly at: Date;
  readonly livemode: boolean;
}

/** Of the month that `at` lies in, in the organization's time zone of then. */
export async function getMonthClose(tx: Transaction, scope: CloseScope, now: Date): Promise<MonthClose> {
  const facts = await readFacts(tx, scope);
  const said = await readSaid(tx, scope.organizationId, facts);
  const graceEndsAt = new Date(facts.end.getTime() + facts.graceDays * DAY_MS);
  const before = [
    periodStep(facts, now, graceEndsAt),
    await usageStep(tx, facts, now),
    await lateStep(tx, facts, said),
    await unknownStep(tx, facts, said),
    await quarantineStep(tx, facts, said),
    await reconciliationStep(tx, facts, said),
    reviewStep(facts, said),
  ];
  const ready = before.every(({ state }) => state === 'done' || state === 'none');
  const finalized = facts.invoice !== undefined && facts.invoice.state !== 'draft';
  return {
    periodStart: facts.start.toISOString(),
    periodEnd: facts.end.toISOString(),
    timeZone: facts.timeZone,
    livemode: scope.livemode,
    graceEndsAt: graceEndsAt.toISOString(),
    invoiceId: facts.invoice?.id ?? null,
    invoiceState: facts.invoice?.state ?? null,
    invoiceNumber: facts.invoice?.number ?? null,
    totalUsd: facts.invoice === undefined ? null : usd(facts.invoice.total),
    steps: [
      ...before,
      await finalizeStep(tx, facts, ready),
      await pushStep(tx, facts, finalized),
      await sendStep(tx, facts, said, finalized),
    ],
  };
}

const DAY_MS = 86_400_000;
const usd = (pico: string): string => formatUsd(picoUsdSum(BigInt(pico)));

interface Facts {
  readonly organizationId: string;
  readonly livemode: boolean;
  readonly start: Date;
  readonly end: Date;
  readonly timeZone: string;
  readonly graceDays: number;
  readonly invoice:
    | {
        readonly id: string;
        readonly state: string;
        readonly number: string | null;
        readonly total: string;
        readonly subtotal: string;
        readonly finalizedAt: Date | null;
      }
    | undefined;
}

async function readFacts(tx: Transaction, { organizationId, at, livemode }: CloseScope): Promise<Facts> {
  const period = billingPeriodAt(await listTimeZones(tx, organizationId), at.getTime());
  const [start, end] = [new Date(period.startMs), new Date(period.endMs)];
  const [row] = await tx.$queryRaw<(NonNullable<Facts['invoice']> & { end: Date })[]>`
    SELECT id, state, number, total_pico_usd::text AS total, subtotal_pico_usd::text AS subtotal, finalized_at AS "finalizedAt",
      period_end AS end
    FROM invoices WHERE organization_id = ${organizationId} AND kind = 'invoice' AND subject_id = '' AND livemode = ${livemode}
      AND period_start = ${start}`;
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId },
    select: { graceDays: true },
  });
  return {
    organizationId,
    livemode,
    start,
    end: row?.end ?? end,
    timeZone: period.timeZone,
    graceDays: profile?.graceDays ?? 3,
    invoice: row,
  };
}

interface Said {
  readonly actorName: string;
  readonly note: string;
  readonly seen: Readonly<Record<string, unknown>>;
  readonly doneAt: Date;
}

async function readSaid(
  tx: Transaction,
  organizationId: string,
  facts: Facts,
): Promise<ReadonlyMap<string, Said>> {
  const rows = await tx.monthCloseStep.findMany({
    where: { organizationId, periodStart: facts.start, livemode: facts.livemode },
  });
  return new Map(
    rows.map((row) => [row.step, { ...row, seen: (row.seen ?? {}) as Record<string, unknown> }]),
  );
}

const nothingSaid = { doneBy: null, doneAt: null, note: '' };
const saidBy = (said: Said) => ({
  doneBy: said.actorName,
  doneAt: said.doneAt.toISOString(),
  note: said.note,
});

/** A step that is done when nothing is there, or when somebody has seen exactly what is there. */
function seenStep(
  step: ConfirmableStep,
  found: { readonly count: number; readonly amount: string | null; readonly details: CloseStep['details'] },
  said: Said | undefined,
  needsLook = found.count > 0,
): CloseStep {
  const { count, amount, details } = found;
  const shown = { step, count, amountUsd: amount === null ? null : usd(amount), details };
  if (said === undefined) return { ...shown, state: needsLook ? 'attention' : 'done', ...nothingSaid };
  const isSame = said.seen.count === count && said.seen.amount === amount;
  return { ...shown, state: isSame || !needsLook ? 'done' : 'changed', ...saidBy(said) };
}

function periodStep(facts: Facts, now: Date, graceEndsAt: Date): CloseStep {
  return {
    step: 'period-ended',
    state: now >= facts.end ? 'done' : 'waiting',
    count: 0,
    amountUsd: null,
    details: [
      { label: 'periodEnd', value: facts.end.toISOString() },
      { label: 'graceEndsAt', value: graceEndsAt.toISOString() },
    ],
    ...nothingSaid,
  };
}

/** Gateways that may still hold usage of the month, and entries that no roll-up has seen. */
async function usageStep(tx: Transaction, facts: Facts, now: Date): Promise<CloseStep> {
  const epochs = await tx.$queryRaw<{ name: string; oldest: Date | null; seen: Date }[]>`
    SELECT g.name, e.oldest_open_at AS oldest, e.last_seen_at AS seen
    FROM (SELECT ${facts.end}::timestamptz AS period_end) AS i
    JOIN gateway_epochs e ON e.state = 'open' AND e.started_at < i.period_end AND ${MAY_HOLD_USAGE}
    JOIN gateways g ON g.id = e.gateway_id ORDER BY e.last_seen_at LIMIT 50`;
  const [rolled] = await tx.$queryRaw<{ waiting: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM usage_entries WHERE organization_id = ${facts.organizationId}
      AND recorded_xid >= COALESCE((SELECT next_xid FROM ledger_cursors WHERE organization_id = ${facts.organizationId}
        AND name = 'usage-rollup'), '0'::xid8)
      AND started_at >= ${facts.start} AND started_at < ${facts.end}) AS waiting`;
  const isFinal = facts.invoice !== undefined && facts.invoice.state !== 'draft';
  const isOver = now >= facts.end;
  const behind = isOver && !isFinal ? epochs : [];
  const waiting = behind.length > 0 || (rolled?.waiting === true && !isFinal);
  return {
    step: 'usage-arrived',
    state: !isOver ? 'blocked' : waiting ? 'waiting' : 'done',
    count: behind.length,
    amountUsd: null,
    details: behind.map(({ name, oldest, seen }) => ({ label: name, value: (oldest ?? seen).toISOString() })),
    ...nothingSaid,
  };
}

/** Of a draft: what was recorded after the month's end. Of an invoice: what its notes hold. */
async function lateStep(tx: Transaction, facts: Facts, said: ReadonlyMap<string, Said>): Promise<CloseStep> {
  const [row] = await tx.$queryRaw<{ count: number; amount: string }[]>`
    SELECT count(*)::int AS count, COALESCE(sum(e.charge_pico_usd), 0)::text AS amount FROM usage_entries e
    WHERE ${inPeriod(facts)} AND e.recorded_at >= ${facts.end}`;
  return seenStep(
    'late-usage',
    { count: row!.count, amount: row!.amount, details: [] },
    said.get('late-usage'),
  );
}

function inPeriod({ organizationId, livemode, start, end }: Facts) {
  return sql`e.organization_id = ${organizationId} AND e.livemode = ${livemode} AND e.started_at >= ${start} AND e.started_at < ${end}`;
}

async function unknownStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  const rows = await tx.$queryRaw<{ model: string; count: number }[]>`
    SELECT r.provider || ' ' || r.model AS model, sum(r.unknown_cost_entries)::int AS count FROM usage_rollups r
    WHERE r.organization_id = ${facts.organizationId} AND r.livemode = ${facts.livemode}
      AND r.bucket_start >= ${facts.start} AND r.bucket_start < ${facts.end} AND r.unknown_cost_entries > 0
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`;
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const details = rows.map((row) => ({ label: row.model, value: String(row.count) }));
  return seenStep('unknown-prices', { count, amount: null, details }, said.get('unknown-prices'));
}

/** Of the organization, whenever they came: a line that cannot be read has no time of its own. */
async function quarantineStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  const rows = await tx.$queryRaw<{ reason: string; count: number }[]>`
    SELECT reason, count(*)::int AS count FROM quarantined_entries
    WHERE organization_id = ${facts.organizationId} AND resolved_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1`;
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const details = rows.map((row) => ({ label: row.reason, value: String(row.count) }));
  return seenStep('quarantine', { count, amount: null, details }, said.get('quarantine'));
}

/** Bills are about real traffic. */
async function reconciliationStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  if (!facts.livemode) {
    return { step: 'reconciliation', state: 'none', count: 0, amountUsd: null, details: [], ...nothingSaid };
  }
  const rows = await tx.$queryRaw<{ reason: string; count: number; amount: string }[]>`
    SELECT d.reason, count(*)::int AS count, sum(d.difference_pico_usd)::text AS amount FROM provider_differences d
    WHERE d.organization_id = ${facts.organizationId} AND d.state IN ('open', 'booking')
      AND d.day >= (${facts.start}::timestamptz AT TIME ZONE ${facts.timeZone})::date
      AND d.day < (${facts.end}::timestamptz AT TIME ZONE ${facts.timeZone})::date
    GROUP BY 1 ORDER BY abs(sum(d.difference_pico_usd)) DESC, 1`;
  const amount = String(rows.reduce((sum, row) => sum + BigInt(row.amount), 0n));
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const details = rows.map((row) => ({ label: row.reason, value: usd(row.amount) }));
  return seenStep('reconciliation', { count, amount, details }, said.get('reconciliation'));
}

/** A draft is current all the time, so a review holds for the subtotal that was seen. */
function reviewStep(facts: Facts, said: ReadonlyMap<string, Said>): CloseStep {
  const { invoice } = facts;
  if (invoice === undefined) {
    return { step: 'review', state: 'none', count: 0, amountUsd: null, details: [], ...nothingSaid };
  }
  const reviewed = said.get('review');
  if (invoice.state !== 'draft') {
    const who = reviewed === undefined ? nothingSaid : saidBy(reviewed);
    return { step: 'review', state: 'done', count: 0, amountUsd: usd(invoice.total), details: [], ...who };
  }
  return seenStep('review', { count: 0, amount: invoice.subtotal, details: [] }, reviewed, true);
}

async function finalizeStep(tx: Transaction, facts: Facts, ready: boolean): Promise<CloseStep> {
  const { invoice } = facts;
  const shown = { step: 'finalize' as const, count: 0, details: [], note: '' };
  if (invoice === undefined) return { ...shown, state: 'none', amountUsd: null, doneBy: null, doneAt: null };
  const amountUsd = usd(invoice.total);
  if (invoice.state === 'draft') {
    return { ...shown, state: ready ? 'attention' : 'blocked', amountUsd, doneBy: null, doneAt: null };
  }
  const [event] = await tx.$queryRaw<{ name: string }[]>`
    SELECT actor_name AS name FROM audit_events WHERE organization_id = ${facts.organizationId} AND action = 'invoice-finalized'
      AND target_id = ${invoice.id} ORDER BY occurred_at DESC LIMIT 1`;
  const doneAt = invoice.finalizedAt?.toISOString() ?? null;
  return { ...shown, state: 'done', amountUsd, doneBy: event?.name ?? null, doneAt };
}

/** What the outbox says of Stripe; without it there is nothing to push. Test invoices are never sent there. */
async function pushStep(tx: Transaction, facts: Facts, finalized: boolean): Promise<CloseStep> {
  const shown = { step: 'push' as const, count: 0, amountUsd: null, ...nothingSaid };
  if (facts.invoice === undefined || !facts.livemode) return { ...shown, state: 'none', details: [] };
  if (!finalized) return { ...shown, state: 'blocked', details: [] };
  const [row] = await tx.$queryRaw<{ stripeId: string | null; state: string | null; error: string | null }[]>`
    SELECT i.stripe_invoice_id AS "stripeId", p.state, p.last_error AS error FROM invoices i
    LEFT JOIN LATERAL (SELECT state, last_error FROM stripe_pushes p WHERE p.organization_id = i.organization_id
      AND p.target_id = i.id ORDER BY p.created_at DESC LIMIT 1) AS p ON true
    WHERE i.organization_id = ${facts.organizationId} AND i.id = ${facts.invoice.id}`;
  const details = [
    ...(row?.stripeId ? [{ label: 'stripe', value: row.stripeId }] : []),
    ...(row?.error ? [{ label: 'error', value: row.error }] : []),
  ];
  if (row?.state === 'pending') return { ...shown, state: 'waiting', details };
  if (row?.state === 'failed') return { ...shown, state: 'attention', details };
  return { ...shown, state: row?.stripeId || row?.state === 'done' ? 'done' : 'none', details };
}

async function sendStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
  finalized: boolean,
): Promise<CloseStep> {
  const shown = { step: 'send' as const, count: 0, amountUsd: null, details: [], ...nothingSaid };
  if (facts.invoice === undefined) return { ...shown, state: 'none' };
  if (!finalized) return { ...shown, state: 'blocked' };
  const sent = said.get('send');
  if (sent === undefined) return { ...shown, state: 'attention' };
  const recipients = Array.isArray(sent.seen.recipients) ? (sent.seen.recipients as string[]) : [];
  const mails = await tx.$queryRaw<{ state: string }[]>`
    SELECT state FROM mail_messages WHERE template = 'invoice' AND cause_id = ${String(sent.seen.causeId ?? '')}`;
  const isWaiting = mails.some(({ state }) => state === 'waiting');
  const isLost = mails.some(({ state }) => state === 'bounced');
  return {
    ...shown,
    state: isLost ? 'attention' : isWaiting ? 'waiting' : 'done',
    count: recipients.length,
    details: recipients.map((recipient) => ({ label: 'recipient', value: recipient })),
    ...saidBy(sent),
  };
}

export interface StepConfirmation extends CloseScope {
  readonly step: ConfirmableStep;
  readonly note: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

/** Somebody has seen what a step shows now. @throws {BillingError} `wrong-state`: there is nothing to confirm. */
export async function confirmCloseStep(tx: Transaction, confirmation: StepConfirmation): Promise<void> {
  const { organizationId, step, actor, now } = confirmation;
  const close = await getMonthClose(tx, confirmation, now);
  const shown = close.steps.find((each) => each.step === step);
  if (shown === undefined || shown.state === 'none' || shown.state === 'blocked') {
    throw new BillingError(
      'wrong-state',
      `Cannot confirm ${step}: there must be something to see, got ${shown?.state}`,
    );
  }
  const seen = {
    count: shown.count,
    amount: shown.amountUsd === null ? null : String(parseUsdSum(shown.amountUsd)),
  };
  await saveStep(tx, confirmation, new Date(close.periodStart), step, confirmation.note, seen);
  await recordAudit(tx, {
    organizationId,
    actor,
    origin: confirmation.origin,
    action: 'month-close-step-confirmed',
    target: {
      kind: 'monthClose',
      id: `${close.periodStart.slice(0, 10)}/${close.livemode ? 'live' : 'test'}`,
      name: step,
    },
    after: { step, count: shown.count, amountUsd: shown.amountUsd, note: confirmation.note },
    nowMs: now.getTime(),
  });
}

/** Keeps what a person did; the newest counts. */
export async function saveStep(
  tx: Transaction,
  {
    organizationId,
    livemode,
    actor,
    now,
  }: { organizationId: string; livemode: boolean; actor: AuditActor; now: Date },
  periodStart: Date,
  step: CloseStepName,
  note: string,
  seen: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO month_close_steps (organization_id, period_start, livemode, step, actor_kind, actor_id, actor_name, note, seen, done_at)
    VALUES (${organizationId}, ${periodStart}, ${livemode}, ${step}, ${actor.kind}, ${actor.id}, ${actor.name ?? ''}, ${note},
      ${JSON.stringify(seen)}::jsonb, ${now})
    ON CONFLICT (organization_id, period_start, livemode, step) DO UPDATE SET actor_kind = excluded.actor_kind,
      actor_id = excluded.actor_id, actor_name = excluded.actor_name, note = excluded.note, seen = excluded.seen,
      done_at = excluded.done_at`;
}

/** Takes a confirmation back. @returns Whether there was one. */
export async function withdrawCloseStep(
  tx: Transaction,
  scope: CloseScope & { readonly step: ConfirmableStep },
): Promise<boolean> {
  const period = billingPeriodAt(await listTimeZones(tx, scope.organizationId), scope.at.getTime());
  const { count } = await tx.monthCloseStep.deleteMany({
    where: {
      organizationId: scope.organizationId,
      periodStart: new Date(period.startMs),
      livemode: scope.livemode,
      step: scope.step,
    },
  });
  return count > 0;
}
