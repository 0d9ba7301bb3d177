/** Usage leaves the house: who asked for what stands in the audit log. */
import { type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';

interface ExportCall {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly actor: { readonly actor: Parameters<typeof auditActor>[0] };
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

export async function recordExportEvent(
  { tx, organizationId, actor, origin, nowMs }: ExportCall,
  action: string,
  target: { readonly id: string; readonly kind: string; readonly name?: string },
  after: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { id: targetId, kind, name: targetName } = target;
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind, id: targetId, ...(targetName === undefined ? {} : { name: targetName }) },
    after,
    nowMs,
  });
}
