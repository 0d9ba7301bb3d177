'use client';
/** Invoices, lines, the entries behind them, and notes, as the API answers them. Money is exact decimal text. */
import { useApiMutation } from '../../api/use-api.ts';

export type InvoiceState = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible';

export interface InvoiceListItem {
  readonly id: string;
  readonly kind: 'invoice' | 'showback';
  readonly state: InvoiceState;
  readonly livemode: boolean;
  readonly number: string | null;
  readonly currency: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly timeZone: string;
  readonly subtotalUsd: string;
  readonly roundingUsd: string;
  readonly taxUsd: string;
  readonly totalUsd: string;
  readonly dueAt: string | null;
  readonly finalizedAt: string | null;
  readonly paidAt: string | null;
  readonly voidedAt: string | null;
  readonly uncollectibleAt: string | null;
  readonly frozenSha256: string | null;
  readonly version: number;
  readonly updatedAt: string;
}

export interface Invoice extends InvoiceListItem {
  readonly taxes: readonly {
    readonly name: string;
    readonly rateBasisPoints: number;
    readonly amountUsd: string;
  }[];
}

export interface InvoiceLine {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly provider: string;
  readonly model: string;
  readonly component: string;
  readonly quantity: string;
  readonly unitPriceUsd: string;
  readonly listUnitPriceUsd: string;
  readonly markupBasisPoints: number;
  readonly costUsd: string;
  readonly amountUsd: string;
}

export interface LineRequest {
  readonly requestId: string;
  readonly startedAt: string;
  readonly attempt: number;
  readonly entry: number;
  readonly reason: string;
  readonly keyId: string;
  readonly model: string;
  readonly provider: string;
  readonly status: string;
  readonly estimated: boolean;
  readonly quantity: string;
  readonly costUsd: string;
  readonly amountUsd: string;
}

export interface CreditNote {
  readonly id: string;
  readonly kind: 'credit' | 'debit';
  readonly state: 'draft' | 'issued' | 'void';
  readonly number: string | null;
  readonly reason: string;
  readonly subtotalUsd: string;
  readonly roundingUsd: string;
  readonly taxUsd: string;
  readonly totalUsd: string;
  readonly createdAt: string;
  readonly issuedAt: string | null;
}

export interface CreditNoteDetail extends CreditNote {
  readonly lines: readonly {
    readonly id: string;
    readonly description: string;
    readonly quantity: string;
    readonly amountUsd: string;
    readonly entryCount: number;
  }[];
}

export type InvoiceStep = 'finalize' | 'mark-paid' | 'void' | 'mark-uncollectible';

export function useInvoiceStep(invoiceId: string, step: InvoiceStep) {
  return useApiMutation<Invoice>(() => ({ path: `/invoices/${invoiceId}/${step}`, method: 'POST' }), {
    invalidates: ['/invoices', '/credit-notes'],
  });
}
