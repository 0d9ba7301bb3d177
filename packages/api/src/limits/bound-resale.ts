/** What a new organization may spend on what the operator resells: it must not be used without that for a moment. */
import type { IdentityContext } from '@tollgate/identity';
import { ensureResoldBudget, RESOLD_ACTOR } from '@tollgate/limits';

type OnFound = NonNullable<IdentityContext['onFound']>;

/**
 * Gateways need not be told: none can know the organization yet.
 *
 * @param byPayment Whether anybody can give a payment method here.
 */
export function boundResale(byPayment: boolean): OnFound {
  return async (tx, founding) => {
    await ensureResoldBudget({ ...founding, tx, actor: RESOLD_ACTOR }, byPayment);
  };
}
