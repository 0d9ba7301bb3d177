/** Runs one of billing's functions and tells its refusals in the API's words. */
import {
  BillingError,
  type BillingErrorCode,
  type BillingErrorReason,
  InvalidCursorError,
} from '@tollgate/billing';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import type { ProblemReason } from '../framework/problem-codes.ts';

const REASON_OF: Readonly<
  Record<Exclude<BillingErrorCode, 'not-found'> | BillingErrorReason, ProblemReason>
> = {
  'period-running': 'period_running',
  'wrong-state': 'wrong_state',
  'usage-arriving': 'usage_arriving',
  'disagrees-with-ledger': 'disagrees_with_ledger',
  'series-taken': 'series_taken',
  'place-taken': 'place_taken',
  'secret-needed': 'secret_needed',
  'empty-range': 'empty_range',
  'too-many-exports': 'too_many_exports',
  'too-many-destinations': 'too_many_destinations',
  'export-not-kept': 'export_not_kept',
  'export-elsewhere': 'export_elsewhere',
  'invoice-not-draft': 'invoice_not_draft',
  'note-not-draft': 'note_not_draft',
  'invoice-void': 'invoice_void',
  'nothing-to-confirm': 'nothing_to_confirm',
  'month-over': 'month_over',
  'shares-not-whole': 'shares_not_whole',
};

const USAGE_RETRY_MS = 5_000;

export async function billingAnswer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof BillingError) throw toBillingProblem(error);
    if (error instanceof InvalidCursorError)
      throw invalidField('query.cursor', 'is not a cursor of this list');
    throw error;
  }
}

/** Whatever is refused for a state is a conflict. */
export function toBillingProblem(error: BillingError): ApiProblem {
  const { code, reason, message } = error;
  if (code === 'not-found') return new ApiProblem('not_found', message, { cause: error });
  return new ApiProblem('conflict', message, {
    reason: REASON_OF[reason ?? code],
    cause: error,
    ...(code === 'usage-arriving' ? { retryAfterMs: USAGE_RETRY_MS } : {}),
  });
}
