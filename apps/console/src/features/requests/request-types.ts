/** Names for parts of a request, and what its amounts mean. */
import type { RequestSummary } from '@tollgate/api';

export type Attempt = RequestSummary['attempts'][number];
export type CostComponent = Attempt['components'][number];

/** It was used without a price: nothing is owed until one is stated. */
export function isCostUnknown({
  costUsd,
  chargeUsd,
}: Pick<RequestSummary, 'costUsd' | 'chargeUsd'>): boolean {
  return costUsd === null && Number(chargeUsd) === 0;
}

/** What the organization pays: the charge where the credential is resold, the cost where it is its own. */
export function spentUsd(request: Pick<RequestSummary, 'attempts' | 'costUsd' | 'chargeUsd'>): string | null {
  const resold = request.attempts.some(({ credentialOwner }) => credentialOwner === 'operator');
  return resold ? request.chargeUsd : request.costUsd;
}
