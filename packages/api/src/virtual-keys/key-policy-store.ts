/** Rules for keys in the database: what an organization and its teams say, and what holds for a team's keys. */
import { type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import { Prisma, type Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { type EffectiveKeyPolicy, type KeyPolicyRules, resolveKeyPolicy } from '@tollgate/keys';
import { notFound } from '../framework/problem.ts';
import { KeyBudgetDefault, KeyRateDefaults } from './present-key-policy.ts';

export type KeyPolicyRow = Prisma.KeyPolicyModel;

/** What a level says; the team is where it says it. */
export type KeyPolicyInput = Omit<KeyPolicyRules, 'teamId'>;

export interface KeyPolicyChange {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

/** @param teamId Empty: the organization's. */
export function findKeyPolicy(
  tx: Transaction,
  organizationId: string,
  teamId: string,
): Promise<KeyPolicyRow | null> {
  return tx.keyPolicy.findUnique({ where: { organizationId_teamId: { organizationId, teamId } } });
}

/** What holds for keys of this team; null: of no team. */
export async function getEffectiveKeyPolicy(
  tx: Transaction,
  organizationId: string,
  teamId: string | null,
): Promise<EffectiveKeyPolicy> {
  const path = teamId === null ? [] : await getTeamPath(tx, organizationId, teamId);
  const rows = await tx.keyPolicy.findMany({ where: { organizationId, teamId: { in: ['', ...path] } } });
  return resolveKeyPolicy(rows.map(toRules), path);
}

async function getTeamPath(tx: Transaction, organizationId: string, teamId: string): Promise<string[]> {
  const team = await tx.team.findFirst({ where: { organizationId, id: teamId }, select: { path: true } });
  if (team === null) throw notFound('team');
  return team.path.split('/');
}

export function toRules(row: KeyPolicyRow): KeyPolicyRules {
  const budget = KeyBudgetDefault.nullable().catch(null).parse(row.defaultBudget);
  const rates = KeyRateDefaults.catch([]).parse(row.defaultRateLimits);
  return { ...row, defaultBudget: budget, defaultRateLimits: rates };
}

/** Says all of it anew. What was there before is in the audit log. */
export async function saveKeyPolicy(
  change: KeyPolicyChange,
  teamId: string,
  before: KeyPolicyRow | null,
  rules: KeyPolicyInput,
): Promise<KeyPolicyRow> {
  const { tx, actor, nowMs } = change;
  const { organizationId } = actor;
  const data = {
    rotateEveryDays: rules.rotateEveryDays,
    overlapSeconds: rules.overlapSeconds,
    remindDays: [...new Set(rules.remindDays)].toSorted((left, right) => right - left),
    maxAgeDays: rules.maxAgeDays,
    defaultExpiryDays: rules.defaultExpiryDays,
    defaultBudget: rules.defaultBudget === null ? Prisma.DbNull : { ...rules.defaultBudget },
    defaultRateLimits: rules.defaultRateLimits.map((limit) => ({ ...limit })),
    defaultModels: [...rules.defaultModels],
    updatedAt: new Date(nowMs),
  };
  const row = await tx.keyPolicy.upsert({
    where: { organizationId_teamId: { organizationId, teamId } },
    create: { organizationId, teamId, ...data, createdAt: new Date(nowMs) },
    update: { ...data, version: { increment: 1 } },
  });
  const detail = changedFields(before === null ? {} : auditFields(before), auditFields(row));
  await audit(change, 'key-policy-changed', teamId, detail);
  return row;
}

export async function deleteKeyPolicy(change: KeyPolicyChange, before: KeyPolicyRow): Promise<void> {
  const { organizationId, teamId } = before;
  await change.tx.keyPolicy.delete({ where: { organizationId_teamId: { organizationId, teamId } } });
  await audit(change, 'key-policy-removed', teamId, { before: auditFields(before) });
}

function auditFields(row: KeyPolicyRow): Record<string, unknown> {
  const { organizationId: _organization, teamId: _team, version: _version, ...fields } = row;
  const { createdAt: _created, updatedAt: _updated, ...said } = fields;
  return said;
}

async function audit(
  { tx, actor, origin, nowMs }: KeyPolicyChange,
  action: string,
  teamId: string,
  detail: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  const { organizationId } = actor;
  const team = teamId === '' ? null : await tx.team.findFirst({ where: { organizationId, id: teamId } });
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target:
      team === null
        ? { kind: 'organization', id: organizationId, name: '' }
        : { kind: 'team', id: team.id, name: team.name },
    ...detail,
    nowMs,
  });
}
