/**
 * What a provider keeps is asked of the organization's own credentials only: an account of the operator's is shared, and
 * what one tenant keeps there another could list.
 */
import { GatewayError } from '@tollgate/errors';
import type { Candidate } from './candidates.ts';
import { type Exchange, known } from './exchange.ts';

/** What the request names instead of sending it, where an account of all tenants could be asked for it. */
export function keptReference({ asked }: Exchange, candidates: readonly Candidate[]): string | undefined {
  return candidates.some(({ credential }) => credential.owner === 'operator')
    ? known(asked, 'the request').keptReference()
    : undefined;
}

export function ownOnly(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ credential }) => credential.owner === 'organization');
}

export function namesKept(member: string): GatewayError {
  return new GatewayError(
    'permission_denied',
    `Cannot use "${member}" here: it names what a provider's account keeps, and the account that serves this model ` +
      'is shared. Send all of it in the request, or connect a credential of your own.',
    { param: member },
  );
}
