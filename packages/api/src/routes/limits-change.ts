/** What routes of budgets and rate limits share: who changes them, and how bad input is told. */
import { findDunningLimits } from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { type BudgetRecord, type LimitsChange, LimitsInputError } from '@tollgate/limits';
import type { ApiContext } from '../framework/api-context.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import type { OrganizationCall } from '../framework/route.ts';
import { isResold } from '../limits/present-budget.ts';

type ChangingCall = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs'
>;

export function limitsChange({ tx, organizationId, actor, origin, nowMs }: ChangingCall): LimitsChange {
  return { tx, organizationId, actor: auditActor(actor.actor), origin, nowMs };
}

/** @throws {ApiProblem} `not_enforced`: the gateways of this installation would not keep the limit. */
export function assertLimitsEnforced({ limitsEnforced }: ApiContext['settings']): void {
  if (limitsEnforced) return;
  throw new ApiProblem(
    'not_enforced',
    'Cannot make a limit: gateways of this version do not hold requests to it yet',
  );
}

/** @throws {ApiProblem} `conflict`: dunning set the limit, and what holds a debtor back is not the debtor's to loosen. */
export async function assertNotDunning(
  tx: Transaction,
  organizationId: string,
  limitId: string,
): Promise<void> {
  if (!(await findDunningLimits(tx, organizationId, [limitId])).has(limitId)) return;
  throw new ApiProblem(
    'conflict',
    'Cannot change this limit: it holds because an invoice is overdue, and goes by itself once that is paid or the operator settles it',
    { reason: 'dunning_limit' },
  );
}

/** @throws {ApiProblem} `conflict`: the operator set the budget, and what bounds a customer is not the customer's to loosen. */
export function assertNotOperators(budget: Pick<BudgetRecord, 'counts'>): void {
  if (!isResold(budget)) return;
  throw new ApiProblem(
    'conflict',
    'Cannot change this budget: the operator of this installation has set it for the models that they provide; ask them for more, or connect a provider of your own',
    { reason: 'set_by_operator' },
  );
}

/** @throws {ApiProblem} `invalid_request` with the field, where the subject refuses the input. */
export async function refusingBadLimits<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof LimitsInputError) throw invalidField(error.path, error.message, error.code);
    throw error;
  }
}
