/** What all steps of a month's close are about: its span, its invoice, its days of grace. */
import type { Transaction } from '@tollgate/db';
import { listTimeZones } from '../draft/add-usage.ts';
import { billingPeriodAt } from '../period/billing-period.ts';

export interface CloseScope {
  readonly organizationId: string;
  /** Any instant of the month. */
  readonly at: Date;
  readonly livemode: boolean;
}

export interface Facts {
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

export async function readFacts(
  tx: Transaction,
  { organizationId, at, livemode }: CloseScope,
): Promise<Facts> {
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
