/** Provider credentials: secrets go in sealed and never come out of here but to the provider. */
import { type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import type { Prisma, Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import { notFound } from '../framework/problem.ts';
import { refusingTakenName } from '../framework/taken-name.ts';

export type CredentialRow = Prisma.ProviderCredentialModel;

export interface CredentialChange {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

/** As it is kept, and what may be shown of it. Empty where the server wants none. */
export interface StoredSecret {
  readonly secret: string;
  readonly hint: string;
}

/** Sealed anew in any case. */
export interface ChangedSecret extends StoredSecret {
  /** The key is another one; what is sealed beside it may change without. */
  readonly replaced: boolean;
}

export interface CredentialFields {
  readonly provider: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly region: string;
  readonly livemode: boolean;
  readonly priority: number;
  readonly models: readonly string[];
}

/** The same context that gateways open it with. */
function sealContext(row: Pick<CredentialRow, 'organizationId' | 'id' | 'baseUrl'>): SealContext {
  return { organizationId: row.organizationId, recordId: row.id, field: 'secret', baseUrl: row.baseUrl };
}

/** @throws {ApiProblem} `not_found`. */
export async function getCredential(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<CredentialRow> {
  const row = await tx.providerCredential.findFirst({ where: { organizationId, id } });
  if (row === null) throw notFound('provider credential');
  return row;
}

/** Locks and returns. @throws {ApiProblem} `not_found`. */
export async function lockCredential(change: CredentialChange, id: string): Promise<CredentialRow> {
  const { organizationId } = change.actor;
  await change.tx.$queryRaw`
    SELECT 1 FROM provider_credentials WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  return getCredential(change.tx, organizationId, id);
}

export async function insertCredential(
  change: CredentialChange,
  ring: KeyRing,
  fields: CredentialFields,
  secret: StoredSecret,
): Promise<CredentialRow> {
  const id = newId('providerCredential', change.nowMs);
  const { organizationId } = change.actor;
  const now = new Date(change.nowMs);
  const place = { organizationId, id, baseUrl: fields.baseUrl };
  const row = await refusingTakenName('credential', () =>
    change.tx.providerCredential.create({
      data: {
        ...fields,
        ...place,
        models: [...fields.models],
        ...secretColumns(ring, place, secret, now),
        createdAt: now,
        updatedAt: now,
      },
    }),
  );
  await audit(change, 'provider-credential-created', row, { after: auditFields(row) });
  return row;
}

/**
 * Changes a credential. A stored secret is for one base URL: with another URL the secret comes along.
 *
 * @param before The locked row.
 */
export async function updateCredential(
  change: CredentialChange,
  ring: KeyRing,
  before: CredentialRow,
  fields: Partial<CredentialFields> & { readonly secret?: ChangedSecret; readonly disabled?: boolean },
): Promise<CredentialRow> {
  const { secret, disabled, models, ...columns } = fields;
  const baseUrl = columns.baseUrl ?? before.baseUrl;
  if (baseUrl !== before.baseUrl && secret === undefined) {
    throw new Error('Cannot move a credential: its secret is sealed to its base URL and must come along');
  }
  const place = { organizationId: before.organizationId, id: before.id, baseUrl };
  const now = new Date(change.nowMs);
  const replaced = secret?.replaced === true;
  const setAt = replaced ? now : before.secretSetAt;
  const row = await refusingTakenName('credential', () =>
    change.tx.providerCredential.update({
      where: { organizationId_id: { organizationId: before.organizationId, id: before.id } },
      data: {
        ...columns,
        ...(models && { models: [...models] }),
        ...(secret !== undefined && { ...secretColumns(ring, place, secret, setAt), lastTestOk: null }),
        ...(disabled !== undefined && { disabledAt: disabled ? (before.disabledAt ?? now) : null }),
        version: { increment: 1 },
        updatedAt: now,
      },
    }),
  );
  const changed = changedFields(auditFields(before), auditFields(row));
  await audit(change, 'provider-credential-updated', row, {
    before: changed.before,
    after: { ...changed.after, ...(replaced && { replaced: 'the stored key' }) },
  });
  return row;
}

export async function deleteCredential(change: CredentialChange, before: CredentialRow): Promise<void> {
  const { organizationId, id } = before;
  await change.tx.providerCredential.delete({ where: { organizationId_id: { organizationId, id } } });
  await audit(change, 'provider-credential-deleted', before, { before: auditFields(before) });
}

/** For one use, in memory. @throws {SealedSecretError} The row was tampered with, or its key is gone. */
export function openCredential(ring: KeyRing, row: CredentialRow): string {
  return row.secretCiphertext === null ? '' : openSecret(ring, sealContext(row), row.secretCiphertext);
}

function secretColumns(
  ring: KeyRing,
  place: Pick<CredentialRow, 'organizationId' | 'id' | 'baseUrl'>,
  { secret, hint }: StoredSecret,
  setAt: Date | null,
) {
  if (secret === '') return { secretCiphertext: null, secretHint: '', secretSetAt: null };
  return {
    secretCiphertext: sealSecret(ring, sealContext(place), secret),
    secretHint: hint,
    secretSetAt: setAt,
  };
}

function auditFields(row: CredentialRow): Record<string, unknown> {
  const { provider, name, baseUrl, region, livemode, priority, models, disabledAt, secretHint } = row;
  return { provider, name, baseUrl, region, livemode, priority, models, disabledAt, keyHint: secretHint };
}

async function audit(
  { tx, actor, origin, nowMs }: CredentialChange,
  action: string,
  row: CredentialRow,
  detail: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, {
    organizationId: row.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'providerCredential', id: row.id, name: row.name },
    ...detail,
    nowMs,
  });
}
