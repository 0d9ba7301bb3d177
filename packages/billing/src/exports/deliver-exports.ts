/**
 * Brings what schedules made into the organization's bucket.
 *
 * ```
 * waiting ──▶ delivered
 *    │  ▲ again, by hand
 *    ▼  │
 *   dead (the file could not be made, or after the last try)
 * ```
 * A delivery is one file under one name: tried until it is there, by one worker at a time (a lease), and always from the
 * same file, so that whatever is brought twice overwrites the same bytes. A file is kept while it waits to be brought.
 */
import { join } from 'node:path';
import type { KeyRing } from '@tollgate/config';
import { type Database, sql } from '@tollgate/db';
import { openSecret, SealedSecretError } from '@tollgate/keys';
import { type PutResult, putFile } from '../object-storage/put-object.ts';
import { auditDelivery } from './delivery-state.ts';
import { type DestinationPlace, destinationSealContext } from './export-destinations.ts';

export interface DeliveryWork {
  readonly organizationId: string;
  /** Where exports were made. */
  readonly folder: string;
  readonly ring: KeyRing;
  /** Exact origins that may be private. */
  readonly allowedPrivateOrigins: readonly string[];
  readonly clock: { now(): Date };
}

interface ClaimedDelivery extends DestinationPlace {
  readonly id: string;
  readonly destinationId: string;
  readonly objectKey: string;
  readonly tries: number;
  readonly path: string;
  readonly bytes: bigint;
  readonly sha256: string;
  readonly accessKeyId: string;
  readonly secretCiphertext: Uint8Array | null;
}

const LEASE_MS = 15 * 60_000;
/** Two days with the waits below, which is what people are told. */
const MAX_TRIES = 17;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 8 * 3_600_000;
const MAX_A_ROUND = 100;

/** One after the other. @returns How many were tried. */
export async function deliverExports(database: Database, work: DeliveryWork): Promise<number> {
  for (let tried = 0; tried < MAX_A_ROUND; tried++) {
    const delivery = await claim(database, work);
    if (delivery === undefined) return tried;
    await settle(database, work, delivery, await bring(database, work, delivery));
  }
  return MAX_A_ROUND;
}

async function claim(
  database: Database,
  { organizationId, clock }: DeliveryWork,
): Promise<ClaimedDelivery | undefined> {
  const now = clock.now();
  const [row] = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<ClaimedDelivery[]>`
      UPDATE export_deliveries AS d SET tries = d.tries + 1, next_try_at = ${leaseEnd(now)}
      FROM data_exports x, export_destinations t
      WHERE d.organization_id = ${organizationId} AND d.id = (
          SELECT w.id FROM export_deliveries w
          JOIN data_exports e ON e.organization_id = w.organization_id AND e.id = w.export_id
          WHERE w.organization_id = ${organizationId} AND w.state = 'waiting' AND NOT w.remake AND w.next_try_at <= ${now}
            AND e.state = 'done'
          ORDER BY w.next_try_at, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
        AND x.organization_id = d.organization_id AND x.id = d.export_id
        AND t.organization_id = d.organization_id AND t.id = d.destination_id
      RETURNING ${CLAIMED}`,
  );
  return row;
}

const CLAIMED = sql`d.id, d.destination_id AS "destinationId", d.object_key AS "objectKey", d.tries, x.path, x.bytes, x.sha256,
  t.endpoint, t.region, t.bucket, t.path_style AS "pathStyle", t.access_key_id AS "accessKeyId",
  t.secret_ciphertext AS "secretCiphertext"`;

async function bring(database: Database, work: DeliveryWork, delivery: ClaimedDelivery): Promise<PutResult> {
  const { folder, clock, allowedPrivateOrigins } = work;
  const secretAccessKey = findSecret(work, delivery);
  if (secretAccessKey === undefined) {
    return {
      ok: false,
      status: null,
      error: 'The secret of the destination cannot be opened: give it again',
    };
  }
  const keys = { accessKeyId: delivery.accessKeyId, secretAccessKey };
  return putFile(
    { bucket: delivery, keys, allowedPrivateOrigins, now: () => clock.now() },
    {
      key: delivery.objectKey,
      path: join(folder, delivery.path),
      bytes: Number(delivery.bytes),
      sha256: delivery.sha256,
      onPart: () => renewLease(database, work, delivery),
    },
  );
}

/** One that does not open is a failed try like another: it keeps nobody else waiting, and is told. */
function findSecret(
  { organizationId, ring }: DeliveryWork,
  { secretCiphertext, destinationId: id, ...place }: ClaimedDelivery,
): string | undefined {
  if (secretCiphertext === null) return undefined;
  try {
    return openSecret(ring, destinationSealContext({ ...place, organizationId, id }), secretCiphertext);
  } catch (error) {
    if (error instanceof SealedSecretError) return undefined;
    throw error;
  }
}

/** @throws {Error} Another worker has it. */
async function renewLease(
  database: Database,
  { organizationId, clock }: DeliveryWork,
  { id, tries }: ClaimedDelivery,
): Promise<void> {
  const isOurs = await database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      UPDATE export_deliveries SET next_try_at = ${leaseEnd(clock.now())}
      WHERE organization_id = ${organizationId} AND id = ${id} AND state = 'waiting' AND tries = ${tries}`,
  );
  if (isOurs === 0) throw new Error('Cannot go on with a delivery: another worker has it');
}

const leaseEnd = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

async function settle(
  database: Database,
  { organizationId, clock }: DeliveryWork,
  { id, tries, objectKey, bytes, sha256 }: ClaimedDelivery,
  { ok, error }: PutResult,
): Promise<void> {
  const now = clock.now();
  const state = ok ? 'delivered' : tries >= MAX_TRIES ? 'dead' : 'waiting';
  const nextTryAt = state === 'waiting' ? new Date(now.getTime() + waitMs(tries, Math.random())) : null;
  await database.tenant(organizationId, async (tx) => {
    // Null leaves what was delivered before.
    const isOurs = await tx.$executeRaw`
      UPDATE export_deliveries SET state = ${state}, last_error = ${error}, next_try_at = ${nextTryAt}::timestamptz,
        delivered_at = COALESCE(${ok ? now : null}::timestamptz, delivered_at),
        bytes = CASE WHEN ${ok} THEN ${bytes} ELSE bytes END, sha256 = CASE WHEN ${ok} THEN ${sha256} ELSE sha256 END
      WHERE organization_id = ${organizationId} AND id = ${id} AND state = 'waiting' AND tries = ${tries}`;
    if (isOurs === 0 || state === 'waiting') return;
    await auditDelivery(tx, {
      organizationId,
      id,
      objectKey,
      now,
      ...(ok
        ? { action: 'export-delivered', after: { bytes: String(bytes), sha256, tries } }
        : { action: 'export-delivery-failed', after: { error, tries } }),
    });
  });
}

/** @param random From 0 to 1: spreads those that failed together. */
function waitMs(tries: number, random: number): number {
  const fullMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 20));
  return Math.round(fullMs * (0.75 + 0.5 * random));
}
