/** Names for parts of a request, and what its amounts mean. */
import type { RequestSummary } from '@tollgate/api';

export type Attempt = RequestSummary['attempts'][number];
export type CostComponent = Attempt['components'][number];

/** It was used without a price: nothing is owed until one is stated. */
export function isCostUnknown({
  attempts,
  spentUsd,
}: Pick<RequestSummary, 'attempts' | 'spentUsd'>): boolean {
  return attempts.length > 0 && spentUsd === null;
}

/**
 * What the organization pays for an attempt or a part of one, as usage and budgets count it: the charge where the
 * credential is resold, the provider's cost where it is its own. The API says it of whole requests.
 *
 * @returns Null while there is no price for it.
 */
export function spentOf(
  credentialOwner: string,
  { costUsd, chargeUsd }: Pick<Attempt, 'costUsd' | 'chargeUsd'>,
): string | null {
  if (credentialOwner !== 'operator') return costUsd;
  return costUsd === null && Number(chargeUsd) === 0 ? null : chargeUsd;
}
