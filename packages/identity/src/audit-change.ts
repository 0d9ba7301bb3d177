/** The audit event of a change to something of an organization, in the transaction of the change. */
import { type AuditEntry, type AuditTarget, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from './actor.ts';
import type { Origin } from './identity-context.ts';

export async function auditChange(
  tx: Transaction,
  actor: OrganizationActor,
  action: string,
  target: AuditTarget,
  detail: Pick<AuditEntry, 'before' | 'after'>,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  await recordAudit(tx, {
    organizationId: actor.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target,
    ...detail,
    nowMs,
  });
}
