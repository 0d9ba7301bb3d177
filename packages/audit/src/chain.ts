/**
 * The arithmetic of the chain: what is hashed, and how one hash leads to the next.
 *
 * Pure, so that an exported log can be verified offline with nothing but SHA-256. JSON columns enter as the
 * text that Postgres prints for jsonb, because parsing it would lose digits that a forger could then change.
 */
import { createHash } from 'node:crypto';

export interface ChainedEvent {
  readonly organizationId: string;
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly beforeText: string | null;
  readonly afterText: string | null;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** What the first event of an organization follows. */
export const GENESIS_HASH = '0'.repeat(64);

/** The event as one text: every column, in this order. A column added later must go to a new version. */
export function canonicalEvent(event: ChainedEvent): string {
  return JSON.stringify([
    'tollgate-audit-1',
    event.organizationId,
    event.id,
    event.occurredAt.toISOString(),
    event.actorKind,
    event.actorId,
    event.actorName,
    event.action,
    event.targetKind,
    event.targetId,
    event.targetName,
    event.beforeText,
    event.afterText,
    event.ipAddress,
    event.userAgent,
    event.requestId,
  ]);
}

/** @returns SHA-256, hex, over the place, the hash before it and the event. */
export function sealHash(sequence: bigint, previousHash: string, event: ChainedEvent): string {
  return createHash('sha256')
    .update(`${sequence}\n${previousHash}\n${canonicalEvent(event)}`)
    .digest('hex');
}
