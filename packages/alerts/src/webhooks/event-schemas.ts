/**
 * What stands in `data` of each webhook, as receivers may rely on it: the description of the API is made from these, and
 * tests hold them against what is sent. Members may be added; those named here stay.
 */
import { z } from 'zod';
import type { WebhookEventType } from './event-types.ts';

const usd = z.string().regex(/^-?\d+\.\d+$/);
const wholeNumberText = z.string().regex(/^-?\d+$/);
const named = z.object({ kind: z.string(), id: z.string(), name: z.string() });

/** A person's change, as the audit log has it: fields that changed, before and after. */
const change = z.object({
  target: named,
  actor: named,
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
});

const alert = z.object({
  alertId: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  target: named,
  /** What the figures are about, such as the budget's period. */
  periodKey: z.string(),
  figures: z.record(z.string(), z.string()),
});

const budgetShare = z.looseObject({
  budgetId: z.string(),
  /** Percent of the limit. */
  threshold: z.number(),
  spentUsd: usd,
  limitUsd: usd,
});

const invoice = z.looseObject({
  /** The invoice's id. */
  targetId: z.string(),
  state: z.string(),
  number: z.string().nullable(),
});

const balance = z.object({ targetId: z.string(), availableUsd: usd, thresholdUsd: usd.nullable() });

export const WEBHOOK_DATA = {
  'alert.fired': alert,
  'alert.recovered': alert.extend({ reason: z.string() }),
  'budget.threshold_reached': budgetShare,
  'budget.exceeded': budgetShare,
  'budget.created': change,
  'budget.updated': change,
  'budget.reset': change,
  'budget.archived': change,
  'key.created': change,
  'key.updated': change,
  'key.rotated': change,
  'key.revoked': change,
  'provider_credential.created': change,
  'provider_credential.updated': change,
  'provider_credential.deleted': change,
  'member.joined': change,
  'member.updated': change,
  'member.removed': change,
  'invoice.finalized': invoice.extend({ totalPicoUsd: wholeNumberText }),
  // Where credits left nothing to pay, the amount is told instead of the number.
  'invoice.paid': invoice.partial({ number: true }).extend({ totalPicoUsd: wholeNumberText.optional() }),
  'invoice.payment_failed': z.looseObject({ targetId: z.string() }),
  'invoice.voided': invoice,
  'invoice.uncollectible': invoice,
  'credit_note.issued': invoice.extend({
    invoiceId: z.string(),
  }),
  'credits.low': balance,
  'credits.recovered': balance,
  'test.ping': z.object({ endpointId: z.string(), message: z.string() }),
} as const satisfies Record<WebhookEventType, z.ZodType>;
