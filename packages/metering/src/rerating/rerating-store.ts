/**
 * Re-ratings as people ask for them: shown first, then applied or left. The worker carries them out
 * (run-rerating.ts); here are only their states.
 *
 *     previewing ──▶ previewed ──▶ applying ──▶ applied
 *          ├────────────┴────────────┴──▶ cancelled: what was corrected by then stays, and is right
 *          ╰──▶ applied, where nothing has to be corrected
 */
import { isUniqueViolation, type Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';

export type ReratingRecord = Prisma.ReratingModel;
export type ReratingLineRecord = Prisma.ReratingLineModel;

export interface NewRerating {
  readonly organizationId: string;
  readonly from: Date;
  readonly to: Date;
  /** Empty: every one. */
  readonly provider: string;
  readonly model: string;
  readonly reason: string;
  /** Leaves alone what was sent with the operator's credentials. */
  readonly ownCredentialsOnly: boolean;
  readonly requestedByName: string;
  readonly nowMs: number;
}

/** @returns Undefined: another re-rating of the organization is not done yet. */
export async function createRerating(
  tx: Transaction,
  input: NewRerating,
): Promise<ReratingRecord | undefined> {
  await tx.$executeRaw`SAVEPOINT rerating`;
  try {
    return await tx.rerating.create({
      data: {
        id: newId('rerating', input.nowMs),
        organizationId: input.organizationId,
        state: 'previewing',
        reason: input.reason,
        periodStart: input.from,
        periodEnd: input.to,
        provider: input.provider,
        model: input.model,
        ownCredentialsOnly: input.ownCredentialsOnly,
        requestedByName: input.requestedByName,
        createdAt: new Date(input.nowMs),
      },
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT rerating`;
    return undefined;
  }
}

/** Lets the worker write the corrections. @returns False: it is not in the state to. */
export async function applyRerating(
  tx: Transaction,
  { organizationId, id, now }: { organizationId: string; id: string; now: Date },
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE reratings SET state = 'applying', apply_requested_at = ${now.toISOString()}::timestamptz, attempts_seen = 0
    WHERE organization_id = ${organizationId} AND id = ${id} AND state = 'previewed'`;
  return changed === 1;
}

/** @returns False: it is over already. */
export async function cancelRerating(
  tx: Transaction,
  { organizationId, id, now }: { organizationId: string; id: string; now: Date },
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE reratings SET state = 'cancelled', ended_at = ${now.toISOString()}::timestamptz
    WHERE organization_id = ${organizationId} AND id = ${id} AND state IN ('previewing', 'previewed', 'applying')`;
  return changed === 1;
}

export function findRerating(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<(ReratingRecord & { lines: ReratingLineRecord[] }) | null> {
  return tx.rerating.findFirst({
    where: { organizationId, id },
    include: { lines: { orderBy: LINE_ORDER } },
  });
}

/** Newest first. */
export function listReratings(
  tx: Transaction,
  { organizationId, before, limit }: { organizationId: string; before?: string; limit: number },
): Promise<(ReratingRecord & { lines: ReratingLineRecord[] })[]> {
  return tx.rerating.findMany({
    where: { organizationId, ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: { id: 'desc' },
    take: limit,
    include: { lines: { orderBy: LINE_ORDER } },
  });
}

const LINE_ORDER: Prisma.ReratingLineOrderByWithRelationInput[] = [
  { provider: 'asc' },
  { model: 'asc' },
  { credentialOwner: 'asc' },
  { livemode: 'asc' },
];
