/** What every change by a person comes with. */
import { type AuditActor, type AuditOrigin, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';

export interface AlertsChange {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

/** What the subject refuses, at the field that is at fault. */
export class AlertsInputError extends RangeError {
  override readonly name = 'AlertsInputError';
  readonly path: string;
  readonly code: 'unknown_reference' | 'not_allowed' | 'required' | 'invalid';

  constructor(path: string, message: string, code: AlertsInputError['code']) {
    super(message);
    this.path = path;
    this.code = code;
  }
}

export async function auditChange(
  { tx, organizationId, actor, origin, nowMs }: AlertsChange,
  action: string,
  target: { readonly kind: string; readonly id: string; readonly name: string },
  what: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, { organizationId, actor, origin, action, target, nowMs, ...what });
}
