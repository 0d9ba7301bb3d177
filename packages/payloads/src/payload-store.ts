/**
 * Payloads in Postgres. How long they are kept is the organization's to say, and counts from now: what is older is read by
 * nobody from the moment it says so, also where it says more days again before that was deleted. A closed organization keeps none.
 */
import type { KeyRing } from '@tollgate/config';
import type { Transaction } from '@tollgate/db';
import type { Payload } from './payload.ts';
import { openPayload } from './seal-payload.ts';

const DAY_MS = 86_400_000;

export interface PayloadRecord {
  readonly organizationId: string;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly payload: Payload;
}

export interface SealedPayload extends Omit<PayloadRecord, 'payload'> {
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** In the organization's transaction. What is there already stays. */
export async function insertPayloads(tx: Transaction, rows: readonly SealedPayload[]): Promise<void> {
  await tx.requestPayload.createMany({
    data: rows.map(({ startedAtMs, ...row }) => ({ ...row, startedAt: new Date(startedAtMs) })),
    skipDuplicates: true,
  });
}

/**
 * @param before What holds now. @returns From when on payloads are kept once it is `days`: what another number of days has let
 * go does not come back. Undefined: as before.
 */
export function payloadsSince(
  before: { readonly payloadRetentionDays: number; readonly payloadsSince: Date },
  days: number,
  nowMs: number,
): Date | undefined {
  if (days >= before.payloadRetentionDays) return undefined;
  return new Date(Math.max(before.payloadsSince.getTime(), nowMs - days * DAY_MS));
}

export interface KeptPayload extends Payload {
  readonly keptUntil: Date;
}

/** In the organization's transaction. @returns Undefined: none is kept, or no longer. @throws {SealedSecretError} */
export async function findPayload(
  tx: Transaction,
  ring: KeyRing,
  place: { readonly organizationId: string; readonly requestId: string },
  nowMs: number,
): Promise<KeptPayload | undefined> {
  const keptUntil = await findPayloadExpiry(tx, place, nowMs);
  if (keptUntil === undefined) return undefined;
  const row = await tx.requestPayload.findUnique({
    where: { organizationId_requestId: place },
    select: { sealed: true },
  });
  if (row === null) return undefined;
  return { ...(await openPayload(ring, place, row.sealed)), keptUntil };
}

/** @returns Until when it is kept; undefined: none is, or no longer. */
export async function findPayloadExpiry(
  tx: Transaction,
  { organizationId, requestId }: { readonly organizationId: string; readonly requestId: string },
  nowMs: number,
): Promise<Date | undefined> {
  const row = await tx.requestPayload.findUnique({
    where: { organizationId_requestId: { organizationId, requestId } },
    select: { startedAt: true },
  });
  if (row === null) return undefined;
  const organization = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { payloadRetentionDays: true, payloadsSince: true, closedAt: true },
  });
  const { payloadRetentionDays: days, payloadsSince, closedAt } = organization;
  const startedAtMs = row.startedAt.getTime();
  if (days === 0 || closedAt !== null || startedAtMs <= payloadsSince.getTime()) return undefined;
  const endMs = startedAtMs + days * DAY_MS;
  return endMs > nowMs ? new Date(endMs) : undefined;
}

/**
 * In the organization's transaction. @param limit Of rows, so that a transaction stays short.
 * @returns How many went; fewer than `limit`: nothing is left that should go.
 */
export async function deleteExpiredPayloads(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
  limit: number,
): Promise<number> {
  const now = new Date(nowMs).toISOString();
  // Hours: a day may have 23 or 25 of them where the database keeps its clock.
  return tx.$executeRaw`
    DELETE FROM request_payloads WHERE organization_id = ${organizationId} AND request_id IN (
      SELECT p.request_id FROM request_payloads p
      WHERE p.organization_id = ${organizationId} AND p.started_at <= (
        SELECT CASE WHEN closed_at IS NULL AND payload_retention_days > 0
          THEN GREATEST(${now}::timestamptz - payload_retention_days * interval '24 hours', payloads_since)
          ELSE 'infinity' END
        FROM organizations WHERE id = ${organizationId})
      ORDER BY p.started_at LIMIT ${limit})`;
}
