/**
 * Where an organization wants its exports: buckets of its own, made, changed, tried and removed, each with its audit
 * event. The secret is sealed to the destination and to where it is sent: with another endpoint it does not open.
 */
import { type AuditActor, type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import { BillingError } from '../lifecycle/billing-error.ts';
import type { Bucket } from '../object-storage/bucket.ts';
import { type PutResult, putText } from '../object-storage/put-object.ts';

export type ExportDestination = Prisma.ExportDestinationModel;

export type DestinationPlace = Bucket;

export interface DestinationFields extends DestinationPlace {
  readonly name: string;
  readonly prefix: string;
  readonly accessKeyId: string;
}

export interface ExportsChange {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

const MAX_DESTINATIONS = 20;
/** One name, overwritten each time: nobody must be allowed to delete for a test. */
const TEST_OBJECT = 'tollgate-connection-test.txt';

export function destinationSealContext(
  destination: Pick<ExportDestination, 'organizationId' | 'id' | 'endpoint' | 'region' | 'bucket'>,
): SealContext {
  const { organizationId, id, endpoint, region, bucket } = destination;
  const baseUrl = endpoint === '' ? `s3://${region}/${bucket}` : `${endpoint}|${bucket}`;
  return { organizationId, recordId: id, field: 'export-destination-secret', baseUrl };
}

/** Those that were not removed, oldest first. */
export function listDestinations(tx: Transaction, organizationId: string): Promise<ExportDestination[]> {
  return tx.exportDestination.findMany({
    where: { organizationId, removedAt: null },
    orderBy: { id: 'asc' },
  });
}

/** @throws {BillingError} `not-found`. */
export async function getDestination(
  tx: Transaction,
  { organizationId, id }: { readonly organizationId: string; readonly id: string },
): Promise<ExportDestination> {
  const row = await tx.exportDestination.findFirst({ where: { organizationId, id, removedAt: null } });
  if (row !== null) return row;
  throw new BillingError(
    'not-found',
    `Cannot find the export destination: it must exist in the organization, got ${id}`,
  );
}

/** As `getDestination`; nobody else changes or removes it until the transaction ends. */
export async function lockDestination(
  tx: Transaction,
  scope: { readonly organizationId: string; readonly id: string },
): Promise<ExportDestination> {
  await tx.$queryRaw`
    SELECT 1 FROM export_destinations WHERE organization_id = ${scope.organizationId} AND id = ${scope.id} FOR UPDATE`;
  return getDestination(tx, scope);
}

/** @throws {BillingError} `wrong-state`: too many; `place-taken`: one writes there already. */
export async function createDestination(
  change: ExportsChange,
  ring: KeyRing,
  { secretAccessKey, ...fields }: DestinationFields & { readonly secretAccessKey: string },
): Promise<ExportDestination> {
  const { tx, organizationId, now } = change;
  const others = await listDestinations(tx, organizationId);
  if (others.length >= MAX_DESTINATIONS) {
    throw new BillingError(
      'wrong-state',
      `Cannot add a destination: at most ${MAX_DESTINATIONS}, got ${others.length}`,
      'too-many-destinations',
    );
  }
  assertOwnPlace(others, fields);
  const id = newId('exportDestination', now.getTime());
  const row = await tx.exportDestination.create({
    data: {
      ...fields,
      id,
      organizationId,
      secretCiphertext: sealSecret(
        ring,
        destinationSealContext({ ...fields, organizationId, id }),
        secretAccessKey,
      ),
      createdAt: now,
      updatedAt: now,
    },
  });
  await audit(change, 'export-destination-created', row, { after: detail(row) });
  return row;
}

/**
 * Another place or another key needs the secret again. Objects keep their names: what was asked for before still goes
 * where it was to go, in the bucket as it is now.
 *
 * @param before The locked row. @throws {BillingError} `secret-needed`; `place-taken`: one writes there already.
 */
export async function updateDestination(
  change: ExportsChange,
  ring: KeyRing,
  before: ExportDestination,
  { secretAccessKey, ...fields }: Partial<DestinationFields> & { readonly secretAccessKey?: string },
): Promise<ExportDestination> {
  const { tx, organizationId, now } = change;
  const wanted = { ...before, ...fields };
  if (secretAccessKey === undefined && needsSecretAgain(before, wanted)) {
    throw new BillingError(
      'secret-needed',
      'Cannot change where exports go: endpoint, region, bucket and access key need the secret again',
    );
  }
  const others = await listDestinations(tx, organizationId);
  assertOwnPlace(
    others.filter(({ id }) => id !== before.id),
    wanted,
  );
  const sealed =
    secretAccessKey === undefined
      ? {}
      : { secretCiphertext: sealSecret(ring, destinationSealContext(wanted), secretAccessKey) };
  const row = await tx.exportDestination.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: { ...fields, ...sealed, version: { increment: 1 }, updatedAt: now },
  });
  const changed = changedFields(detail(before), detail(row));
  // Named so that the log does not take it for the secret.
  const renewed = secretAccessKey === undefined ? {} : { accessRenewed: true };
  await audit(change, 'export-destination-updated', row, {
    before: changed.before,
    after: { ...changed.after, ...renewed },
  });
  return row;
}

function needsSecretAgain(before: DestinationFields, after: DestinationFields): boolean {
  const fields = ['endpoint', 'region', 'bucket', 'pathStyle', 'accessKeyId'] as const;
  return fields.some((field) => before[field] !== after[field]);
}

/** Its schedules end, what waits is not brought, and the secret is forgotten. @param before The locked row. */
export async function removeDestination(change: ExportsChange, before: ExportDestination): Promise<void> {
  const { tx, organizationId, now } = change;
  const { count } = await tx.exportSchedule.updateMany({
    where: { organizationId, destination: before.id, disabledAt: null },
    data: { disabledAt: now },
  });
  await tx.$executeRaw`
    UPDATE export_deliveries SET state = 'dead', remake = false, next_try_at = NULL, last_error = 'The destination was removed'
    WHERE organization_id = ${organizationId} AND destination_id = ${before.id} AND state = 'waiting'`;
  await tx.exportDestination.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: { removedAt: now, secretCiphertext: null, updatedAt: now },
    select: { id: true },
  });
  await audit(change, 'export-destination-removed', before, {
    before: detail(before),
    after: { endedSchedules: count },
  });
}

export interface DestinationTest {
  readonly ring: KeyRing;
  readonly allowedPrivateOrigins: readonly string[];
  readonly now: Date;
}

/** Writes one small object, as an export would be written. Outside any transaction. */
export async function testDestination(
  destination: ExportDestination,
  { ring, allowedPrivateOrigins, now }: DestinationTest,
): Promise<PutResult & { readonly tookMs: number }> {
  const startedMs = performance.now();
  const { accessKeyId, secretCiphertext } = destination;
  const secretAccessKey = openSecret(
    ring,
    destinationSealContext(destination),
    secretCiphertext ?? new Uint8Array(),
  );
  const result = await putText(
    { bucket: destination, keys: { accessKeyId, secretAccessKey }, allowedPrivateOrigins, now: () => now },
    `${destination.prefix}${TEST_OBJECT}`,
    `Tollgate can write here: ${now.toISOString()}\n`,
  );
  return { ...result, tookMs: Math.round(performance.now() - startedMs) };
}

/** Tried by whom, with what outcome. */
export function auditDestinationTest(
  change: ExportsChange,
  destination: ExportDestination,
  { ok, error }: PutResult,
): Promise<unknown> {
  return audit(change, 'export-destination-tested', destination, { after: { ok, ...(ok ? {} : { error }) } });
}

/** Two that write the same names would overwrite each other's files. */
function assertOwnPlace(
  others: readonly ExportDestination[],
  { endpoint, region, bucket, prefix }: DestinationFields,
): void {
  const same = others.find(
    (other) =>
      other.endpoint === endpoint &&
      other.region === region &&
      other.bucket === bucket &&
      other.prefix === prefix,
  );
  if (same === undefined) return;
  throw new BillingError(
    'place-taken',
    `Cannot write there: no two destinations may have the same bucket and prefix, got those of ${same.name}`,
  );
}

function audit(
  { tx, organizationId, actor, origin, now }: ExportsChange,
  action: string,
  { id, name }: Pick<ExportDestination, 'id' | 'name'>,
  states: {
    readonly before?: Readonly<Record<string, unknown>>;
    readonly after?: Readonly<Record<string, unknown>>;
  },
): Promise<unknown> {
  const target = { kind: 'exportDestination', id, name };
  return recordAudit(tx, { organizationId, actor, origin, action, target, ...states, nowMs: now.getTime() });
}

function detail(row: ExportDestination): Record<string, unknown> {
  const { name, endpoint, region, bucket, prefix, pathStyle, accessKeyId } = row;
  return { name, endpoint, region, bucket, prefix, pathStyle, accessKeyId };
}
