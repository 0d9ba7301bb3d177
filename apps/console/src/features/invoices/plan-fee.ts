/**
 * What a plan's fee says of itself. Documents keep the sentence that was written when they were made; screens show it in the
 * reader's language. Pure.
 */
import type { InvoiceLine } from '@tollgate/api';

export interface PlanFee {
  readonly plan: string;
  /** Of a fee for seats: those that the plan has without one. */
  readonly includedSeats: string | undefined;
  /** Of a part of the period: its first and last day, as UTC midnights. */
  readonly days: { readonly firstMs: number; readonly lastMs: number } | undefined;
}

const FEE = /^(.+) plan(?:: seats beyond (\d+))?(?:, (\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2}))?$/;

/** @returns Undefined for a line that is no plan's fee, or says it in words of its own. */
export function readPlanFee(line: Pick<InvoiceLine, 'component' | 'description'>): PlanFee | undefined {
  if (line.component !== 'plan' && line.component !== 'seats') return undefined;
  const [, plan, includedSeats, first, last] = FEE.exec(line.description) ?? [];
  if (plan === undefined || (line.component === 'seats') !== (includedSeats !== undefined)) return undefined;
  const days =
    first === undefined || last === undefined
      ? undefined
      : { firstMs: Date.parse(first), lastMs: Date.parse(last) };
  return { plan, includedSeats, days };
}
