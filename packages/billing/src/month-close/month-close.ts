/**
 * The close of a month as a list of steps, each with its state: what is still missing before an invoice can be
 * numbered, and what is to be done with it afterwards.
 *
 * States are read from what the steps are about, every time; only what a person said (`seen and fine`) is kept. So
 * a close that was interrupted anywhere goes on where it stands, and a step that was confirmed and then changed
 * shows that it changed. The worker finalizes by itself after the days of grace (close-periods.ts); this is for those
 * who look before.
 */
import type { Transaction } from '@tollgate/db';
import { type CloseScope, readFacts } from './close-facts.ts';
import type { CloseStep } from './close-step.ts';
import { readSaid, usd } from './said.ts';
import { finalizeStep, notesStep, pushStep, sendStep } from './steps-after.ts';
import {
  lateStep,
  periodStep,
  quarantineStep,
  reconciliationStep,
  reviewStep,
  unknownStep,
  usageStep,
} from './steps-before.ts';

const DAY_MS = 86_400_000;

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
      await notesStep(tx, facts),
    ],
  };
}
