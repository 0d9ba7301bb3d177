/** Alert rules: what is watched, for whom. */
import { z } from '@hono/zod-openapi';
import {
  createRule,
  deleteRule,
  ensurePresets,
  type RuleRecord,
  RuleSettings,
  updateRule,
} from '@tollgate/alerts';
import type { Transaction } from '@tollgate/db';
import { alertsChange, refusingBadAlerts } from '../alerts/alerts-change.ts';
import { AlertRule, alertKind, presentRule } from '../alerts/present-alert.ts';
import { assertMaySee, holdChannels } from '../alerts/told-permissions.ts';
import { definedOnly, id, idParam, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const channelIds = z.array(id).max(50);

/** Each is evaluated with every change. */
const MAX_RULES = 200;

export const alertRuleRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/alert-rules',
    tag: 'alert-rules',
    summary: 'Every rule; those that came with the organization first',
    access: 'alerts:read',
    response: z.object({ data: z.array(AlertRule), nextCursor: z.null() }),
    run: async ({ tx, organizationId, nowMs }) => {
      await ensurePresets(tx, organizationId, nowMs);
      const rows = await tx.alertRule.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
      const firing = await countOpen(tx, organizationId);
      return { data: rows.map((row) => presentRule(row, firing.get(row.id) ?? 0)), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/alert-rules',
    tag: 'alert-rules',
    summary: 'Watch something more; needs the permission to read what the alert tells',
    access: 'alerts:write',
    body: z.strictObject({
      kind: alertKind,
      name: text(100).default(''),
      enabled: z.boolean().default(true),
      teamId: id.nullable().default(null),
      settings: RuleSettings.default({}),
      channelIds: channelIds.default([]),
    }),
    response: AlertRule,
    idempotent: true,
    run: async (call) => {
      const { tx, organizationId, actor, body } = call;
      assertMaySee(actor, body.kind);
      await holdChannels(tx, organizationId, body.channelIds);
      await assertRoom(tx.alertRule.count({ where: { organizationId } }), MAX_RULES, 'alert rules');
      const row = await refusingBadAlerts(() => createRule(alertsChange(call), body));
      return presentRule(row, 0);
    },
  }),
  route({
    method: 'get',
    path: '/alert-rules/{id}',
    tag: 'alert-rules',
    summary: 'One rule',
    access: 'alerts:read',
    params: idParam,
    response: AlertRule,
    run: async ({ tx, organizationId, params, headers }) => {
      const row = await getRule(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return presentRule(row, (await countOpen(tx, organizationId)).get(row.id) ?? 0);
    },
  }),
  route({
    method: 'patch',
    path: '/alert-rules/{id}',
    tag: 'alert-rules',
    summary: 'Change a rule; switched off, it leaves nothing open',
    access: 'alerts:write',
    params: idParam,
    body: z.strictObject({
      name: text(100).exactOptional(),
      enabled: z.boolean().exactOptional(),
      settings: RuleSettings.exactOptional(),
      channelIds: channelIds.exactOptional(),
    }),
    response: AlertRule,
    run: async (call) => {
      const { tx, organizationId, actor, params, body, request, headers } = call;
      const before = await lockRule(tx, organizationId, params.id);
      assertMaySee(actor, before.kind);
      assertIfMatch(request, before.version);
      await holdChannels(tx, organizationId, body.channelIds ?? []);
      const row = await refusingBadAlerts(() => updateRule(alertsChange(call), before, definedOnly(body)));
      setEtag(headers, row.version);
      return presentRule(row, (await countOpen(tx, organizationId)).get(row.id) ?? 0);
    },
  }),
  route({
    method: 'delete',
    path: '/alert-rules/{id}',
    tag: 'alert-rules',
    summary: 'Delete a rule of one’s own',
    access: 'alerts:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockRule(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      await refusingBadAlerts(() => deleteRule(alertsChange(call), before));
      return undefined;
    },
  }),
];

async function getRule(tx: Transaction, organizationId: string, ruleId: string): Promise<RuleRecord> {
  const row = await tx.alertRule.findFirst({ where: { organizationId, id: ruleId } });
  if (row === null) throw notFound('alert rule');
  return row;
}

async function lockRule(tx: Transaction, organizationId: string, ruleId: string): Promise<RuleRecord> {
  await tx.$queryRaw`SELECT 1 FROM alert_rules WHERE organization_id = ${organizationId} AND id = ${ruleId} FOR UPDATE`;
  return getRule(tx, organizationId, ruleId);
}

async function countOpen(tx: Transaction, organizationId: string): Promise<Map<string, number>> {
  const groups = await tx.alert.groupBy({
    by: ['ruleId'],
    where: { organizationId, state: { not: 'recovered' } },
    _count: { _all: true },
  });
  return new Map(groups.map(({ ruleId, _count }) => [ruleId, _count._all]));
}
