/** Of a showback statement what one team or cost centre took. An invoice is owed as a whole and has no parts. */
import { BillingError } from '../lifecycle/billing-error.ts';
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';

/** What of a showback statement is asked for: a team's, a cost centre's, or a team's of one cost centre. Empty: that of none. */
export interface StatementPart {
  readonly teamId?: string | undefined;
  readonly costCenter?: string | undefined;
}

/**
 * In the form of the whole: its lines, and what they sum to.
 *
 * @throws {BillingError} `not-found` of a part with nothing in it; `wrong-state` of an invoice.
 */
export function partOf(statement: FrozenInvoice, { teamId, costCenter }: StatementPart): FrozenInvoice {
  if (statement.kind !== 'showback') {
    throw new BillingError(
      'wrong-state',
      'Cannot divide the document: it must be a showback statement, because an invoice is owed as a whole',
    );
  }
  const lines = statement.lines.filter(
    (line) =>
      (teamId === undefined || line.teamId === teamId) &&
      (costCenter === undefined || line.costCenter === costCenter),
  );
  const [first] = lines;
  if (first === undefined) {
    throw new BillingError(
      'not-found',
      'Cannot find the part: the statement must have lines of it, got none',
    );
  }
  const total = String(lines.reduce((sum, line) => sum + BigInt(line.amountPicoUsd), 0n));
  const names = [
    ...(teamId === undefined ? [] : [first.teamId === '' ? 'No team' : first.teamName || first.teamId]),
    ...(costCenter === undefined ? [] : [costCenter === '' ? 'No cost centre' : `Cost centre ${costCenter}`]),
  ];
  return {
    ...statement,
    customer: { ...statement.customer, name: [statement.customer.name, ...names].join(' · ') },
    lines,
    subtotalPicoUsd: total,
    totalPicoUsd: total,
  };
}
