/** What people said of the steps of a month's close, and what a step shows that somebody has seen. */
import type { Transaction } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import type { Facts } from './close-facts.ts';
import type { CloseStep, ConfirmableStep } from './close-step.ts';

export interface Said {
  readonly actorName: string;
  readonly note: string;
  readonly seen: Readonly<Record<string, unknown>>;
  readonly doneAt: Date;
}

export async function readSaid(
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

export const nothingSaid = { doneBy: null, doneAt: null, note: '' };
export const saidBy = (said: Said) => ({
  doneBy: said.actorName,
  doneAt: said.doneAt.toISOString(),
  note: said.note,
});

/** A step that is done when nothing is there, or when somebody has seen exactly what is there. */
export function seenStep(
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

/** Money as steps show it. */
export const usd = (pico: string): string => formatUsd(picoUsdSum(BigInt(pico)));
