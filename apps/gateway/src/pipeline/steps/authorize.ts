/**
 * Whether this key may ask this endpoint from this address. Pure decision, explained in the refusal.
 *
 * Which models and providers it may use is decided where a model is resolved (candidates.ts): a model that a
 * key may not use is not found, so that names are not given away.
 */
import { GatewayError } from '@tollgate/errors';
import { listsAddress } from '@tollgate/keys';
import type { Endpoint } from '../../endpoints.ts';
import type { KeyEntry, OrganizationPolicy } from '../../policy/policy.ts';
import { type Exchange, known } from '../exchange.ts';

export function authorize(exchange: Exchange): void {
  const refusal = decideAccess(
    known(exchange.key, 'the key'),
    known(exchange.organization, 'the organization'),
    exchange.endpoint,
    exchange.clientAddress,
  );
  if (refusal !== undefined) throw refusal;
}

/** @returns Undefined: it may. */
export function decideAccess(
  key: KeyEntry,
  organization: OrganizationPolicy,
  endpoint: Endpoint,
  clientAddress: string,
): GatewayError | undefined {
  const ofKey = { type: 'key', id: key.keyId, name: key.name } as const;
  if (organization.suspended) {
    return new GatewayError('permission_denied', 'Cannot serve the request: the organization is suspended.', {
      scope: { type: 'organization', id: organization.organizationId, name: organization.name },
    });
  }
  if (key.serviceAccountId !== '' && organization.disabledServiceAccounts.has(key.serviceAccountId)) {
    return new GatewayError(
      'permission_denied',
      'Cannot serve the request: the service account is disabled.',
      {
        scope: { type: 'serviceAccount', id: key.serviceAccountId },
      },
    );
  }
  if (key.addresses !== null && !listsAddress(key.addresses, clientAddress)) {
    return new GatewayError(
      'permission_denied',
      `Cannot serve the request: the key may not be used from ${clientAddress}.`,
      {
        scope: ofKey,
      },
    );
  }
  if (key.endpoints !== null && !mayAsk(key.endpoints, endpoint)) {
    return new GatewayError(
      'permission_denied',
      `Cannot serve the request: the key may not use ${endpoint.name}.`,
      {
        scope: ofKey,
      },
    );
  }
  return undefined;
}

/** Listing models and reading one's own requests belong to every key. */
function mayAsk(endpoints: ReadonlySet<string>, endpoint: Endpoint): boolean {
  return endpoint.open === true || endpoints.has(endpoint.name) || endpoints.has(`/v1${endpoint.path}`);
}
