/** Runs one of billing's functions and tells its refusals in the API's words. */
import { BillingError, type BillingErrorCode, InvalidCursorError } from '@tollgate/billing';
import { ApiProblem, invalidField, type ProblemCode } from '../framework/problem.ts';

const PROBLEM_OF: Readonly<Partial<Record<BillingErrorCode, ProblemCode>>> = { 'not-found': 'not_found' };

const USAGE_RETRY_MS = 5_000;

/** Whatever is refused for a state is a conflict. */
export async function billingAnswer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof BillingError) {
      const retry = error.code === 'usage-arriving' ? { retryAfterMs: USAGE_RETRY_MS } : {};
      throw new ApiProblem(PROBLEM_OF[error.code] ?? 'conflict', error.message, { cause: error, ...retry });
    }
    if (error instanceof InvalidCursorError)
      throw invalidField('query.cursor', 'is not a cursor of this list');
    throw error;
  }
}
