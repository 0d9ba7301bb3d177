/** Whether somebody has to come by an identity provider first, as `/me` tells it of the organization they work in. */
import type { Me } from '@tollgate/api';

export interface MissingSignOn {
  readonly organizationName: string;
  readonly identityProviderId: string | null;
}

/** @returns Undefined where nothing is missing, and for whoever works in no organization. */
export function findMissingSignOn({ organizations, organizationId }: Me): MissingSignOn | undefined {
  const entered = organizations.find(({ id }) => id === organizationId);
  if (entered?.singleSignOnMissing !== true) return undefined;
  return {
    organizationName: entered.name,
    identityProviderId: entered.identityProviderId,
  };
}
