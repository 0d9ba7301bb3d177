/** Chains what an organization's audit log has new. */
import { sealAuditEvents } from '@tollgate/audit';
import type { WorkerContext } from '../worker-context.ts';

export async function sealAudit(
  { database, clock, signer }: WorkerContext,
  organizationId: string,
): Promise<void> {
  const options = { nowMs: clock.nowMs(), ...(signer === undefined ? {} : { signer }) };
  while ((await sealAuditEvents(database, organizationId, options)).full);
}
