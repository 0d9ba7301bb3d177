/** The log in the order of its chain, with the event behind each seal where it is still there. */
import type { Transaction } from '@tollgate/db';
import type { ChainedEvent } from './chain.ts';
import { chainedColumns } from './seal.ts';

export interface SealedRow extends ChainedEvent {
  readonly sequence: bigint;
  readonly eventId: string;
  readonly previousHash: string;
  readonly hash: string;
  /** Without it the columns of the event are null. */
  readonly present: boolean;
}

export function listSealed(
  tx: Transaction,
  organizationId: string,
  after: bigint,
  limit: number,
): Promise<SealedRow[]> {
  return tx.$queryRaw<SealedRow[]>`
    SELECT s.sequence, s.event_id AS "eventId", s.previous_hash AS "previousHash", s.hash,
      e.id IS NOT NULL AS present, ${chainedColumns}
    FROM audit_seals s
    LEFT JOIN audit_events e
      ON e.organization_id = s.organization_id AND e.occurred_at = s.occurred_at AND e.id = s.event_id
    WHERE s.organization_id = ${organizationId} AND s.sequence > ${after}
    ORDER BY s.sequence
    LIMIT ${limit}`;
}
