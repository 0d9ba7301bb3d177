/** Machine identities that own keys. */
import { type AuditTarget, changedFields } from '@tollgate/audit';
import { isUniqueViolation, type Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { OrganizationActor } from './actor.ts';
import { auditChange } from './audit-change.ts';
import type { Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { getTeam } from './team.ts';
import { assertMayBring } from './team-power.ts';

export interface ServiceAccountInput {
  readonly name: string;
  readonly teamId?: string | null;
}

export interface ServiceAccountChange extends Partial<ServiceAccountInput> {
  /** Disabling stops its keys. */
  readonly disabled?: boolean;
}

export type ServiceAccount = Prisma.ServiceAccountModel;

/** @throws {IdentityError} `name_taken`, `not_found` (the team). */
export async function createServiceAccount(
  tx: Transaction,
  actor: OrganizationActor,
  input: ServiceAccountInput,
  origin: Origin,
  nowMs: number,
): Promise<ServiceAccount> {
  const { organizationId } = actor;
  if (input.teamId != null) await getTeam(tx, organizationId, input.teamId);
  const now = new Date(nowMs);
  const data = { name: input.name, teamId: input.teamId ?? null, createdAt: now, updatedAt: now };
  const account = await refusingTakenName(() =>
    tx.serviceAccount.create({ data: { id: newId('serviceAccount', nowMs), organizationId, ...data } }),
  );
  await auditChange(
    tx,
    actor,
    'service-account-created',
    targetOf(account),
    { after: pickFields(account) },
    origin,
    nowMs,
  );
  return account;
}

/** @throws {IdentityError} `name_taken`, `not_found`, `team_keys`. */
export async function updateServiceAccount(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  change: ServiceAccountChange,
  origin: Origin,
  nowMs: number,
): Promise<ServiceAccount> {
  const { organizationId } = actor;
  const before = await getServiceAccount(tx, organizationId, id);
  const { disabled, ...fields } = change;
  if (fields.teamId != null) {
    await getTeam(tx, organizationId, fields.teamId);
    if (fields.teamId !== before.teamId) await assertMayBring(tx, actor, before);
  }
  const disabledAt =
    disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? new Date(nowMs)) : null;
  const account = await refusingTakenName(() =>
    tx.serviceAccount.update({
      where: { organizationId_id: { organizationId, id } },
      data: { ...fields, disabledAt, updatedAt: new Date(nowMs) },
    }),
  );
  const changed = changedFields(pickFields(before), pickFields(account));
  await auditChange(tx, actor, 'service-account-updated', targetOf(account), changed, origin, nowMs);
  return account;
}

/** @throws {IdentityError} `not_found`. */
export async function getServiceAccount(
  tx: Transaction,
  organizationId: string,
  id: string,
): Promise<ServiceAccount> {
  const account = await tx.serviceAccount.findFirst({ where: { organizationId, id } });
  if (account === null) {
    throw new IdentityError('not_found', 'Cannot find the service account: it does not exist here');
  }
  return account;
}

async function refusingTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('name_taken', 'Cannot use this name: another service account has it', {
      field: 'name',
    });
  }
}

function pickFields({ name, teamId, disabledAt }: ServiceAccount): Record<string, unknown> {
  return { name, teamId, disabledAt };
}

function targetOf({ id, name }: ServiceAccount): AuditTarget {
  return { kind: 'serviceAccount', id, name };
}
