/** What a new organization may spend on what the operator resells: it must not be used without that for a moment. */
import type { Transaction } from '@tollgate/db';
import type { IdentityContext } from '@tollgate/identity';
import { ensureResoldBudget, RESOLD_ACTOR } from '@tollgate/limits';

type OnFound = NonNullable<IdentityContext['onFound']>;

/** Gateways need not be told: none can know the organization yet. */
export async function boundResale(tx: Transaction, founding: Parameters<OnFound>[1]): Promise<void> {
  await ensureResoldBudget({ ...founding, tx, actor: RESOLD_ACTOR });
}
