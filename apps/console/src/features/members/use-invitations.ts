'use client';
/** Invitations: read, sent (again), revoked. */
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly teamId: string | null;
  readonly state: 'open' | 'accepted' | 'revoked' | 'expired';
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface InvitationInput {
  readonly email: string;
  readonly role: string;
  readonly teamId?: string;
  readonly idempotencyKey?: string;
}

export function useInvitations() {
  return useApiList<Invitation>('/invitations?limit=100', { enabled: usePermission('members:read') });
}

export function useOpenInvitationCount(): number {
  return useInvitations().rows.filter(({ state }) => state === 'open').length;
}

/** Inviting an address again replaces its open invitation: that is how a link is sent once more. */
export function useSendInvitation() {
  return useApiMutation<Invitation, InvitationInput>(
    ({ idempotencyKey, ...json }) => ({
      path: '/invitations',
      json,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    }),
    { invalidates: ['/invitations'] },
  );
}

export function useRevokeInvitation() {
  return useApiMutation<void, Invitation>(({ id }) => ({ path: `/invitations/${id}`, method: 'DELETE' }), {
    invalidates: ['/invitations'],
  });
}
