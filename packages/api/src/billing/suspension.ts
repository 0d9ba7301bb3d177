/** Whether an organization is served no more for a while, and who decided that. */
import type { Transaction } from '@tollgate/db';

export type Suspender = 'operator' | 'dunning';

export interface Suspension {
  readonly by: Suspender;
  readonly since: Date;
  /** In the operator's words; empty where dunning did it. */
  readonly reason: string;
}

/** @returns Undefined: it is served, or was closed by its owner, which is told apart. */
export async function findSuspension(
  tx: Transaction,
  organizationId: string,
): Promise<Suspension | undefined> {
  const { suspendedAt, suspendedReason, closedAt } = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { suspendedAt: true, suspendedReason: true, closedAt: true },
  });
  if (suspendedAt === null || closedAt !== null) return undefined;
  return { by: await findSuspender(tx, organizationId), since: suspendedAt, reason: suspendedReason };
}

/** Of an organization that is suspended. */
export async function findSuspender(tx: Transaction, organizationId: string): Promise<Suspender> {
  const [held] = await tx.$queryRaw<{ invoice_id: string }[]>`
    SELECT invoice_id FROM dunning_steps WHERE organization_id = ${organizationId} AND step = 'stop'
      AND undone_at IS NULL AND (detail->>'suspended')::boolean LIMIT 1`;
  return held === undefined ? 'operator' : 'dunning';
}
