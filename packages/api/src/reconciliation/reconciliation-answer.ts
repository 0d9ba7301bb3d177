/** What packages/reconciliation refuses, in the API's words. Not here: what makes it refuse. */
import { ImportError, ReconciliationError, type ReconciliationErrorCode } from '@tollgate/reconciliation';
import { ApiProblem } from '../framework/problem.ts';
import type { ProblemReason } from '../framework/problem-codes.ts';

/** @throws {ApiProblem} Whatever `run` throws of packages/reconciliation; of a wrong file with its row and column. */
export async function reconciliationAnswer<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ImportError) {
      const path =
        error.row > 0 ? `body.rows.${error.row}${error.column === '' ? '' : `.${error.column}`}` : 'body';
      throw new ApiProblem('invalid_request', error.message, {
        cause: error,
        errors: [{ path, message: error.message, code: 'invalid' }],
      });
    }
    throw error instanceof ReconciliationError ? toProblem(error) : error;
  }
}

const REASON = {
  'wrong-state': 'bill_booked',
  'drops-decisions': 'drops_decisions',
  'compared-since': 'compared_since',
  'imported-otherwise': 'imported_otherwise',
} as const satisfies Record<Exclude<ReconciliationErrorCode, 'not-found'>, ProblemReason>;

function toProblem(error: ReconciliationError): ApiProblem {
  const { code, message, facts } = error;
  if (code === 'not-found') return new ApiProblem('not_found', message, { cause: error });
  return new ApiProblem('conflict', message, {
    reason: REASON[code],
    ...(facts.decisions === undefined ? {} : { counts: { decisions: facts.decisions } }),
    ...(facts.earlier === undefined ? {} : { names: facts.earlier }),
    cause: error,
  });
}
