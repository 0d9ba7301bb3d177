/** The secrets of an endpoint: sealed to it, opened only to sign. */
import type { KeyRing } from '@tollgate/config';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';

export interface EndpointSecrets {
  readonly organizationId: string;
  readonly secretCiphertext: Uint8Array<ArrayBuffer>;
  readonly previousSecretCiphertext: Uint8Array<ArrayBuffer> | null;
  readonly previousSecretExpiresAt: Date | null;
}

export function sealEndpointSecret(
  ring: KeyRing,
  organizationId: string,
  endpointId: string,
  secret: string,
) {
  return sealSecret(ring, contextOf(organizationId, endpointId), secret);
}

/** The current one first; the one before while a rotation overlaps. */
export function openEndpointSecrets(
  ring: KeyRing,
  endpointId: string,
  row: EndpointSecrets,
  nowMs: number,
): string[] {
  const context = contextOf(row.organizationId, endpointId);
  const current = openSecret(ring, context, row.secretCiphertext);
  const { previousSecretCiphertext: previous, previousSecretExpiresAt: until } = row;
  const overlaps = previous !== null && until !== null && until.getTime() > nowMs;
  return overlaps ? [current, openSecret(ring, context, previous)] : [current];
}

function contextOf(organizationId: string, endpointId: string): SealContext {
  return { organizationId, recordId: endpointId, field: 'webhook-secret', baseUrl: '' };
}
