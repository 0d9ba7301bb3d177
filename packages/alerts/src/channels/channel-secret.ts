import type { SealContext } from '@tollgate/keys';

/** A Slack URL belongs to its channel, and opens for no other. */
export function channelSealContext({
  organizationId,
  id,
}: {
  organizationId: string;
  id: string;
}): SealContext {
  return { organizationId, recordId: id, field: 'channel-url', baseUrl: '' };
}
