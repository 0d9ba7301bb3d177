/**
 * One request as the ledger knows it: its record and its attempts, adjustments included.
 */
import type { Database, Prisma } from '@tollgate/db';
import { parseId } from '@tollgate/ids';

export interface LedgerRequest {
  /** Null: its record has not arrived yet, or was removed by retention. */
  readonly request: Prisma.RequestLogGetPayload<object> | null;
  /** By attempt, then entry. */
  readonly entries: readonly Prisma.UsageEntryGetPayload<object>[];
  /** Sums over all entries; cost is null when any part of it is unknown. */
  readonly costPicoUsd: bigint | null;
  readonly chargePicoUsd: bigint;
  /** What the organization pays: the charge of resold credentials, the cost of its own; null as cost is. */
  readonly spentPicoUsd: bigint | null;
}

/**
 * Looks in the one month that the id names.
 *
 * @returns Undefined when the organization has no such request (yet).
 */
export async function findRequest(
  database: Database,
  organizationId: string,
  requestId: string,
): Promise<LedgerRequest | undefined> {
  const parsed = parseId('request', requestId);
  if (parsed === undefined) return undefined;
  const where = { organizationId, startedAt: new Date(parsed.timeMs), requestId };
  const { request, entries } = await database.tenant(organizationId, async (tx) => ({
    request: await tx.requestLog.findFirst({ where }),
    entries: await tx.usageEntry.findMany({ where, orderBy: [{ attempt: 'asc' }, { entry: 'asc' }] }),
  }));
  if (request === null && entries.length === 0) return undefined;
  const settled = new Set(entries.filter((entry) => entry.settlesUnknown).map((entry) => entry.attempt));
  const unknown = entries.some((entry) => entry.costPicoUsd === null && !settled.has(entry.attempt));
  return {
    request,
    entries,
    costPicoUsd: unknown ? null : entries.reduce((sum, entry) => sum + (entry.costPicoUsd ?? 0n), 0n),
    chargePicoUsd: entries.reduce((sum, entry) => sum + entry.chargePicoUsd, 0n),
    spentPicoUsd: unknown ? null : entries.reduce((sum, entry) => sum + spentOf(entry), 0n),
  };
}

function spentOf({ credentialOwner, costPicoUsd, chargePicoUsd }: Prisma.UsageEntryModel): bigint {
  return credentialOwner === 'operator' ? chargePicoUsd : (costPicoUsd ?? 0n);
}

/** @throws {Error} The organization has no such request. */
export async function getRequest(
  database: Database,
  organizationId: string,
  requestId: string,
): Promise<LedgerRequest> {
  const found = await findRequest(database, organizationId, requestId);
  if (found === undefined)
    throw new Error(`Cannot get the request: the organization must have it, got ${requestId}`);
  return found;
}
