/** What is answered of invoices, their lines and the requests behind them, and of credit and debit notes. */
import { z } from '@hono/zod-openapi';
import { id, timestamp, usd } from '../framework/field.ts';

export const invoiceState = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']);
export const invoiceKind = z.enum(['invoice', 'showback']);

const invoiceFields = {
  id,
  kind: invoiceKind,
  state: invoiceState,
  livemode: z.boolean(),
  number: z.string().nullable(),
  currency: z.string(),
  periodStart: timestamp,
  periodEnd: timestamp,
  timeZone: z.string(),
  subtotalUsd: usd,
  roundingUsd: usd,
  taxUsd: usd,
  totalUsd: usd,
  dueAt: timestamp.nullable(),
  finalizedAt: timestamp.nullable(),
  paidAt: timestamp.nullable(),
  voidedAt: timestamp.nullable(),
  uncollectibleAt: timestamp.nullable(),
  /** Of the frozen content; null on a draft. */
  frozenSha256: z.string().nullable(),
  version: z.number(),
  updatedAt: timestamp,
};

export const InvoiceListItem = z.object(invoiceFields).openapi('InvoiceListItem');

export const Invoice = z
  .object({
    ...invoiceFields,
    taxes: z.array(z.object({ name: z.string(), rateBasisPoints: z.number(), amountUsd: usd })),
  })
  .openapi('Invoice');

export const InvoiceLine = z
  .object({
    id,
    /** usage, fee, credit: together they are the subtotal, exactly. */
    kind: z.string(),
    description: z.string(),
    teamId: z.string(),
    teamName: z.string(),
    costCenter: z.string(),
    provider: z.string(),
    model: z.string(),
    component: z.string(),
    quantity: z.string(),
    unitPriceUsd: usd,
    listUnitPriceUsd: usd,
    markupBasisPoints: z.number(),
    costUsd: usd,
    amountUsd: usd,
  })
  .openapi('InvoiceLine');

export const LineRequest = z
  .object({
    requestId: id,
    startedAt: timestamp,
    attempt: z.number(),
    /** 0 is the usage; above: an adjustment, with its reason. */
    entry: z.number(),
    reason: z.string(),
    keyId: z.string(),
    teamId: z.string(),
    model: z.string(),
    provider: z.string(),
    status: z.string(),
    estimated: z.boolean(),
    recordedAt: timestamp,
    late: z.boolean().openapi({ description: 'Recorded after the period had ended.' }),
    quantity: z.string(),
    costUsd: usd,
    amountUsd: usd,
  })
  .openapi('LineRequest');

const noteFields = {
  id,
  invoiceId: id,
  invoiceNumber: z.string().nullable(),
  livemode: z.boolean(),
  kind: z.enum(['credit', 'debit']),
  state: z.enum(['draft', 'issued', 'void']),
  number: z.string().nullable(),
  reason: z.string(),
  subtotalUsd: usd,
  roundingUsd: usd,
  taxUsd: usd,
  totalUsd: usd,
  createdAt: timestamp,
  issuesAt: timestamp.nullable().openapi({
    description:
      'Of a draft on which something is owed: when it is issued by itself, unless somebody does before: after the days of grace, and after six hours without further usage, which are waited for a day at most. Null of all others: credit notes wait for somebody.',
  }),
  issuedAt: timestamp.nullable(),
};

export const CreditNoteListItem = z.object(noteFields).openapi('CreditNoteListItem');

export const CreditNote = z
  .object({
    ...noteFields,
    lines: z.array(
      z.object({
        id,
        invoiceLineId: z.string().nullable(),
        /** usage, credit; of a draft the credits that it would use if it were issued now. */
        kind: z.string(),
        description: z.string(),
        teamId: z.string(),
        costCenter: z.string(),
        provider: z.string(),
        model: z.string(),
        component: z.string(),
        quantity: z
          .string()
          .openapi({ description: 'Below 0 where a correction takes back what was billed.' }),
        unitPriceUsd: usd.openapi({
          description:
            'Quantity times it is the amount, exactly, where there is such a price; else the provider’s, to which the markup was added and rounded for each request.',
        }),
        markupBasisPoints: z.number(),
        amountUsd: usd,
        /** How many ledger entries stand behind it. */
        entryCount: z.number(),
      }),
    ),
  })
  .openapi('CreditNote');

export const NoteLineRequest = z
  .object({
    requestId: id,
    startedAt: timestamp,
    attempt: z.number(),
    entry: z.number(),
    reason: z.string(),
    quantity: z.string(),
    amountUsd: usd,
  })
  .openapi('NoteLineRequest');
