/** Making and changing alert rules, each change with its audit event. */
import { changedFields } from '@tollgate/audit';
import type { Prisma } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import {
  type AlertKind,
  isAlertKind,
  ORGANIZATION_KINDS,
  type RuleSettings,
  SETTINGS_OF,
} from '../alert-kinds.ts';
import { type AlertsChange, AlertsInputError, auditChange } from '../change.ts';

export type RuleRecord = Prisma.AlertRuleModel;

interface RuleFields {
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: RuleSettings;
  readonly channelIds: readonly string[];
}

interface NewRule extends RuleFields {
  readonly kind: AlertKind;
  readonly teamId: string | null;
}

/** @throws {AlertsInputError} A team or channel that is not there, a setting of another kind. */
export async function createRule(change: AlertsChange, input: NewRule): Promise<RuleRecord> {
  const { tx, organizationId, nowMs } = change;
  await checkRule(change, input.kind, input);
  if (input.teamId !== null) await checkTeam(change, input.kind, input.teamId);
  const now = new Date(nowMs);
  const row = await tx.alertRule.create({
    data: {
      ...input,
      id: newId('alertRule', nowMs),
      organizationId,
      settings: { ...input.settings },
      channelIds: [...input.channelIds],
      createdAt: now,
      updatedAt: now,
    },
  });
  await auditChange(change, 'alert-rule-created', targetOf(row), { after: detail(row) });
  return row;
}

/** @param before The locked row. @throws {AlertsInputError} as above. */
export async function updateRule(
  change: AlertsChange,
  before: RuleRecord,
  fields: Partial<RuleFields>,
): Promise<RuleRecord> {
  const { tx, organizationId, nowMs } = change;
  const kind = before.kind;
  if (isAlertKind(kind)) await checkRule(change, kind, fields);
  const { settings, channelIds, ...rest } = fields;
  const row = await tx.alertRule.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: {
      ...rest,
      ...(settings === undefined ? {} : { settings: { ...settings } }),
      ...(channelIds === undefined ? {} : { channelIds: [...channelIds] }),
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
  await auditChange(change, 'alert-rule-updated', targetOf(row), changedFields(detail(before), detail(row)));
  return row;
}

/** @throws {AlertsInputError} A preset: it can be switched off instead. */
export async function deleteRule(change: AlertsChange, before: RuleRecord): Promise<void> {
  const { tx, organizationId } = change;
  if (before.preset !== null) {
    throw new AlertsInputError(
      'path.id',
      'Cannot delete this rule: it came with the organization; switch it off instead',
      'not_allowed',
    );
  }
  await tx.alertRule.delete({ where: { organizationId_id: { organizationId, id: before.id } } });
  await auditChange(change, 'alert-rule-deleted', targetOf(before), { before: detail(before) });
}

async function checkRule(
  { tx, organizationId }: AlertsChange,
  kind: AlertKind,
  fields: Partial<RuleFields>,
): Promise<void> {
  for (const name of Object.keys(fields.settings ?? {})) {
    if (!(SETTINGS_OF[kind] as readonly string[]).includes(name)) {
      throw new AlertsInputError(`body.settings.${name}`, `is no setting of ${kind}`, 'not_allowed');
    }
  }
  if (fields.channelIds === undefined || fields.channelIds.length === 0) return;
  const found = await tx.notificationChannel.count({
    where: { organizationId, id: { in: [...fields.channelIds] } },
  });
  if (found !== new Set(fields.channelIds).size) {
    throw new AlertsInputError(
      'body.channelIds',
      'must name channels of this organization',
      'unknown_reference',
    );
  }
}

async function checkTeam(
  { tx, organizationId }: AlertsChange,
  kind: AlertKind,
  teamId: string,
): Promise<void> {
  if (ORGANIZATION_KINDS.has(kind)) {
    throw new AlertsInputError('body.teamId', `must be left out: ${kind} belongs to no team`, 'not_allowed');
  }
  if ((await tx.team.count({ where: { organizationId, id: teamId, archivedAt: null } })) === 0) {
    throw new AlertsInputError('body.teamId', 'must name a team of this organization', 'unknown_reference');
  }
}

function targetOf({ id, name, kind }: RuleRecord) {
  return { kind: 'alertRule', id, name: name === '' ? kind : name };
}

function detail({ kind, name, enabled, teamId, settings, channelIds }: RuleRecord): Record<string, unknown> {
  return { kind, name, enabled, teamId, settings, channelIds };
}
