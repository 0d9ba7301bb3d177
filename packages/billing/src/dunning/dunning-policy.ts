/**
 * What is done about an invoice that is overdue, and when: each step explicit, pure arithmetic over days.
 *
 * Without a policy there are reminders and nothing else. Not here: doing it (run-dunning.ts).
 */
import { z } from 'zod';

const days = z.int().min(0).max(365);

export const DunningPolicy = z.object({
  /** Days after the due date on which a reminder goes out. */
  reminderDays: z.array(days).max(10).default([3, 10, 20]),
  /** A last notice that says what comes next. */
  grace: z.object({ afterDays: days }).nullable().default(null),
  /** Requests keep being served, this many a minute. */
  softLimit: z
    .object({ afterDays: days, requestsPerMinute: z.int().min(1).max(1_000_000) })
    .nullable()
    .default(null),
  /** The organization is suspended. */
  stop: z.object({ afterDays: days }).nullable().default(null),
});
export type DunningPolicy = z.infer<typeof DunningPolicy>;

export interface DueStep {
  /** `reminder-1`, …, `grace`, `soft-limit`, `stop`. */
  readonly step: string;
  /** Only the newest of several reminders is sent; the others are noted as missed. */
  readonly notify: boolean;
}

const DAY_MS = 86_400_000;

/** The steps to take now, in their order, without those that were taken. */
export function findDueSteps(
  policy: DunningPolicy,
  dueAt: Date,
  now: Date,
  taken: ReadonlySet<string>,
): DueStep[] {
  const overdueDays = (now.getTime() - dueAt.getTime()) / DAY_MS;
  const reminders = policy.reminderDays
    .toSorted((left, right) => left - right)
    .map((afterDays, index) => ({ step: `reminder-${index + 1}`, afterDays }));
  const holds = [
    ...(policy.grace === null ? [] : [{ step: 'grace', afterDays: policy.grace.afterDays }]),
    ...(policy.softLimit === null ? [] : [{ step: 'soft-limit', afterDays: policy.softLimit.afterDays }]),
    ...(policy.stop === null ? [] : [{ step: 'stop', afterDays: policy.stop.afterDays }]),
  ];
  const isDue = ({ step, afterDays }: { step: string; afterDays: number }) =>
    overdueDays > 0 && overdueDays >= afterDays && !taken.has(step);
  const dueReminders = reminders.filter(isDue);
  const dueHolds = holds.filter(isDue);
  return [
    ...dueReminders.map(({ step }) => ({
      step,
      notify: dueHolds.length === 0 && step === dueReminders.at(-1)?.step,
    })),
    ...dueHolds.map(({ step }) => ({ step, notify: step === dueHolds.at(-1)?.step })),
  ];
}
