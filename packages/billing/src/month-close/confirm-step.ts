/** What people do in a month's close: say that a step is fine, take it back. */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import { listTimeZones } from '../draft/add-usage.ts';
import { BillingError } from '../lifecycle/billing-error.ts';
import { billingPeriodAt } from '../period/billing-period.ts';
import type { CloseScope } from './close-facts.ts';
import type { CloseStepName, ConfirmableStep } from './close-step.ts';
import { getMonthClose } from './month-close.ts';

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
      'nothing-to-confirm',
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
    target: targetOf(close.periodStart, close.livemode, step),
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
  withdrawal: Omit<StepConfirmation, 'note'>,
): Promise<boolean> {
  const { organizationId, livemode, step, actor, origin, now } = withdrawal;
  const period = billingPeriodAt(await listTimeZones(tx, organizationId), withdrawal.at.getTime());
  const periodStart = new Date(period.startMs);
  const where = { organizationId, periodStart, livemode, step };
  const before = await tx.monthCloseStep.findFirst({ where });
  const { count } = await tx.monthCloseStep.deleteMany({ where });
  if (before === null || count === 0) return false;
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action: 'month-close-step-withdrawn',
    target: targetOf(periodStart.toISOString(), livemode, step),
    before: { step, confirmedBy: before.actorName, confirmedAt: before.doneAt, note: before.note },
    nowMs: now.getTime(),
  });
  return true;
}

const targetOf = (periodStart: string, livemode: boolean, step: ConfirmableStep) => ({
  kind: 'monthClose',
  id: `${periodStart.slice(0, 10)}/${livemode ? 'live' : 'test'}`,
  name: step,
});
