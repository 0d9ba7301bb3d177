/** Alerts and what belongs to them, as the API shows them. */
import { z } from '@hono/zod-openapi';
import {
  ALERT_KINDS,
  type ChannelRecord,
  describeAlert,
  type EndpointRecord,
  Recipients,
  type RuleRecord,
  RuleSettings,
  readRecipients,
  readSettings,
  SEVERITIES,
  targetPath,
} from '@tollgate/alerts';
import type { Prisma } from '@tollgate/db';
import { CONNECTION_FAULTS, faultOfText } from '../framework/connection-faults.ts';
import { id, iso, timestamp } from '../framework/field.ts';

export const alertKind = z.enum(ALERT_KINDS);
const fact = z.object({ label: z.string(), value: z.string() });

export const Alert = z
  .object({
    id,
    ruleId: z.string(),
    kind: alertKind,
    severity: z.enum(SEVERITIES),
    state: z.enum(['firing', 'acknowledged', 'recovered']),
    target: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    teamId: z.string().nullable(),
    figures: z.record(z.string(), z.string()).openapi({
      description: 'The numbers that it was decided by; amounts in USD as decimal strings.',
    }),
    title: z.string().openapi({ description: 'In the language of `locale`.' }),
    sentence: z.string(),
    facts: z.array(fact),
    rule: z.string().openapi({ description: 'When alerts of this kind fire, in words.' }),
    path: z.string().openapi({ description: 'The page of the console that shows the cause.' }),
    occurrence: z.int(),
    firedAt: timestamp,
    acknowledgedAt: timestamp.nullable(),
    acknowledgedBy: z.string(),
    recoveredAt: timestamp.nullable(),
    recoveryReason: z.string(),
  })
  .openapi('Alert');

export const AlertDelivery = z
  .object({
    id,
    channelId: z.string(),
    channelName: z.string(),
    event: z.enum(['fired', 'recovered']),
    occurrence: z.int(),
    state: z.enum(['waiting', 'delivered', 'dead', 'skipped']),
    heldFor: z.enum(['', 'quiet', 'digest']),
    tries: z.int(),
    nextTryAt: timestamp.nullable(),
    responseStatus: z.int().nullable(),
    lastError: z.string().nullable(),
    lastFault: z
      .enum(CONNECTION_FAULTS)
      .nullable()
      .openapi({ description: 'What `lastError` says, where it is one of these.' }),
    createdAt: timestamp,
    deliveredAt: timestamp.nullable(),
  })
  .openapi('AlertDelivery');

export const AlertRule = z
  .object({
    id,
    kind: alertKind,
    name: z.string(),
    preset: z
      .boolean()
      .openapi({ description: 'Came with the organization: can be switched off, not deleted.' }),
    enabled: z.boolean(),
    teamId: z.string().nullable(),
    settings: RuleSettings,
    channelIds: z.array(z.string()),
    firing: z.int(),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('AlertRule');

export const NotificationChannel = z
  .object({
    id,
    kind: z.enum(['email', 'slack']),
    name: z.string(),
    preset: z.boolean(),
    recipients: Recipients,
    urlHint: z
      .string()
      .openapi({ description: 'Of Slack: the host and the end. The URL is a secret and never returned.' }),
    locale: z.enum(['en', 'de']),
    timeZone: z.string().openapi({ description: 'Empty: the organization’s.' }),
    quietFromMinute: z.int().nullable(),
    quietToMinute: z.int().nullable(),
    breakThrough: z.boolean(),
    digest: z.enum(['none', 'daily', 'weekly']),
    digestMinute: z.int(),
    digestWeekday: z.int(),
    disabledAt: timestamp.nullable(),
    lastDeliveredAt: timestamp.nullable(),
    lastError: z.string().nullable(),
    lastFault: z
      .enum(CONNECTION_FAULTS)
      .nullable()
      .openapi({ description: 'What `lastError` says, where it is one of these.' }),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('NotificationChannel');

export const WebhookEndpoint = z
  .object({
    id,
    name: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    state: z.enum(['active', 'failing', 'disabled']),
    disabledReason: z.string(),
    failingSince: timestamp.nullable(),
    disabledAt: timestamp.nullable(),
    previousSecretExpiresAt: timestamp.nullable(),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('WebhookEndpoint');

export const WebhookDelivery = z
  .object({
    id,
    endpointId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    state: z.enum(['waiting', 'delivered', 'dead']),
    tries: z.int(),
    responseStatus: z.int().nullable(),
    responseExcerpt: z.string().openapi({ description: 'At most 4 KB.' }),
    tookMs: z.int().nullable(),
    lastError: z.string().nullable(),
    lastFault: z
      .enum(CONNECTION_FAULTS)
      .nullable()
      .openapi({ description: 'What `lastError` says, where it is one of these.' }),
    requestBody: z.string().openapi({ description: 'As it is sent; at most 4 KB of it here.' }),
    nextTryAt: timestamp.nullable(),
    lastTriedAt: timestamp.nullable(),
    createdAt: timestamp,
    deliveredAt: timestamp.nullable(),
  })
  .openapi('WebhookDelivery');

export const TestOutcome = z
  .object({
    ok: z.boolean(),
    status: z.int().nullable(),
    detail: z.string(),
    tookMs: z.int(),
  })
  .openapi('NotificationTest');

const REQUEST_EXCERPT = 4_096;

export function presentAlert(row: Prisma.AlertModel, reader: { locale: 'en' | 'de'; timeZone: string }) {
  const figures = row.figures as Record<string, string>;
  const described = { ...row, figures };
  const { facts, ...words } = describeAlert(described, reader);
  return {
    ...row,
    ...words,
    facts: [...facts],
    kind: row.kind as (typeof ALERT_KINDS)[number],
    severity: row.severity as (typeof SEVERITIES)[number],
    state: row.state as 'firing' | 'acknowledged' | 'recovered',
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    teamId: row.teamId === '' ? null : row.teamId,
    figures,
    path: targetPath(described),
    firedAt: iso(row.firedAt),
    acknowledgedAt: iso(row.acknowledgedAt),
    recoveredAt: iso(row.recoveredAt),
  };
}

export function presentAlertDelivery(row: Prisma.AlertDeliveryModel, channelName: string) {
  return {
    ...row,
    lastFault: faultOfText(row.lastError),
    channelName,
    event: row.event as 'fired' | 'recovered',
    state: row.state as 'waiting' | 'delivered' | 'dead' | 'skipped',
    heldFor: row.heldFor as '' | 'quiet' | 'digest',
    nextTryAt: row.state === 'waiting' ? iso(row.nextTryAt) : null,
    createdAt: iso(row.createdAt),
    deliveredAt: iso(row.deliveredAt),
  };
}

export function presentRule(row: RuleRecord, firing: number) {
  return {
    ...row,
    kind: row.kind as (typeof ALERT_KINDS)[number],
    preset: row.preset !== null,
    settings: readSettings(row.settings),
    firing,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

export function presentChannel(row: ChannelRecord) {
  return {
    ...row,
    lastFault: faultOfText(row.lastError),
    kind: row.kind as 'email' | 'slack',
    preset: row.preset !== null,
    recipients: readRecipients(row.recipients),
    urlHint: row.secretHint,
    locale: row.locale as 'en' | 'de',
    digest: row.digest as 'none' | 'daily' | 'weekly',
    disabledAt: iso(row.disabledAt),
    lastDeliveredAt: iso(row.lastDeliveredAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

export function presentEndpoint(row: EndpointRecord, nowMs: number) {
  const overlaps = row.previousSecretExpiresAt !== null && row.previousSecretExpiresAt.getTime() > nowMs;
  return {
    ...row,
    state:
      row.disabledAt !== null
        ? ('disabled' as const)
        : row.failingSince !== null
          ? ('failing' as const)
          : ('active' as const),
    failingSince: iso(row.failingSince),
    disabledAt: iso(row.disabledAt),
    previousSecretExpiresAt: overlaps ? iso(row.previousSecretExpiresAt) : null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

export function presentWebhookDelivery(row: Prisma.WebhookDeliveryModel) {
  return {
    ...row,
    lastFault: faultOfText(row.lastError),
    state: row.state as 'waiting' | 'delivered' | 'dead',
    requestBody: JSON.stringify(row.payload).slice(0, REQUEST_EXCERPT),
    nextTryAt: iso(row.nextTryAt),
    lastTriedAt: iso(row.lastTriedAt),
    createdAt: iso(row.createdAt),
    deliveredAt: iso(row.deliveredAt),
  };
}
