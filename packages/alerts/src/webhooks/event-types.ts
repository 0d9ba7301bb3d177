/**
 * What endpoints can subscribe to, and where each event comes from.
 *
 * People's changes come from the audit log, which names them exactly; what the product does by itself comes from
 * the outbox; alerts come from alerts. Kinds that stand in none of these lists are internal and leave to nobody.
 */
export const WEBHOOK_EVENTS = {
  'alert.fired': 'An alert fired, or grew worse.',
  'alert.recovered': 'What an alert told of is over.',
  'budget.threshold_reached': 'A budget has passed one of its shares.',
  'budget.exceeded': 'A budget is used up.',
  'budget.created': 'A budget was created.',
  'budget.updated': 'A budget was changed.',
  'budget.reset': 'A budget was reset.',
  'budget.archived': 'A budget was archived.',
  'key.created': 'A virtual key was created.',
  'key.updated': 'A virtual key was changed.',
  'key.rotated': 'A virtual key has a new secret.',
  'key.revoked': 'A virtual key was revoked.',
  'provider_credential.created': 'A provider credential was added.',
  'provider_credential.updated': 'A provider credential was changed.',
  'provider_credential.deleted': 'A provider credential was deleted.',
  'member.joined': 'Somebody accepted an invitation.',
  'member.updated': 'A member has another role.',
  'member.removed': 'A member was removed.',
  'invoice.finalized': 'An invoice was numbered and frozen.',
  'invoice.paid': 'An invoice was paid.',
  'invoice.payment_failed': 'A payment of an invoice failed.',
  'invoice.voided': 'An invoice was voided.',
  'invoice.uncollectible': 'An invoice was given up.',
  'credit_note.issued': 'A credit or debit note was issued.',
  'credits.low': 'The prepaid balance is low.',
  'credits.recovered': 'The prepaid balance is no longer low.',
  'test.ping': 'Sent by the test button, to this endpoint alone.',
} as const;

export type WebhookEventType = keyof typeof WEBHOOK_EVENTS;
export const WEBHOOK_EVENT_TYPES = Object.keys(WEBHOOK_EVENTS) as readonly WebhookEventType[];
/** Those that can be chosen; the others come by themselves. */
export const SUBSCRIBABLE_EVENTS = WEBHOOK_EVENT_TYPES.filter((type) => type !== 'test.ping');

export const EVENT_OF_AUDIT: Readonly<Record<string, WebhookEventType>> = {
  'budget-created': 'budget.created',
  'budget-updated': 'budget.updated',
  'budget-reset': 'budget.reset',
  'budget-archived': 'budget.archived',
  'key-created': 'key.created',
  'key-updated': 'key.updated',
  'key-rotated': 'key.rotated',
  'key-revoked': 'key.revoked',
  'provider-credential-created': 'provider_credential.created',
  'provider-credential-updated': 'provider_credential.updated',
  'provider-credential-deleted': 'provider_credential.deleted',
  'invitation-accepted': 'member.joined',
  'member-updated': 'member.updated',
  'member-removed': 'member.removed',
};

export const EVENT_OF_OUTBOX: Readonly<Record<string, WebhookEventType>> = {
  'invoice-finalized': 'invoice.finalized',
  'invoice-paid': 'invoice.paid',
  'invoice-payment-failed': 'invoice.payment_failed',
  'payment-failed': 'invoice.payment_failed',
  'invoice-voided': 'invoice.voided',
  'invoice-uncollectible': 'invoice.uncollectible',
  'credit-note-issued': 'credit_note.issued',
  'debit-note-issued': 'credit_note.issued',
  // Names with a dot are meant for people's systems as they are.
  'invoice.finalized': 'invoice.finalized',
  'invoice.paid': 'invoice.paid',
  'invoice.payment_failed': 'invoice.payment_failed',
  'credits.low': 'credits.low',
  'credits.recovered': 'credits.recovered',
};

/** Such changes are followed by looking at the budget again. */
export const BUDGET_ACTIONS: ReadonlySet<string> = new Set([
  'budget-created',
  'budget-updated',
  'budget-reset',
  'budget-archived',
]);

/** What every webhook carries. */
export interface WebhookEvent {
  readonly id: string;
  readonly type: WebhookEventType;
  readonly createdAt: string;
  readonly organizationId: string;
  readonly data: Readonly<Record<string, unknown>>;
}
