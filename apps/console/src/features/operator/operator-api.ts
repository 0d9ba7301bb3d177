/** Paths and answers of the operator's API that several of these pages share. */
import type { Billing } from '@tollgate/api';

export const ORGANIZATIONS_PATH = '/operator/organizations';

export const PLANS_PATH = '/operator/plans';
export const LETTERHEAD_PATH = '/operator/letterhead';
export const TAX_RATES_PATH = '/operator/tax-rates';
export const RESOLD_PATH = '/operator/resold-credentials';
export const NEW_RESOLD_SPEND_PATH = '/operator/resold-spend';
export const SYSTEM_PATH = '/operator/system';
export const STALE_AFTER_PLAN_CHANGE = [PLANS_PATH, '/billing', '/audit-events'] as const;

export function organizationPath(id: string): string {
  return `${ORGANIZATIONS_PATH}/${encodeURIComponent(id)}`;
}

export type TaxFields = Partial<Record<'country' | 'region' | 'taxId', string>>;

export interface OrganizationBilling {
  readonly collectionMode: 'automatic' | 'send-invoice' | 'manual';
  readonly taxExempt: boolean;
  readonly ownTaxRates: readonly { readonly name: string; readonly rateBasisPoints: number }[];
  readonly graceDays: number;
  readonly paymentTermDays: number;
  readonly dunningPolicy: Billing['dunningPolicy'];
  readonly credits: { readonly balanceUsd: string; readonly availableUsd: string };
  /** Newest first; only what changed. */
  readonly taxChanges: readonly {
    readonly changedAt: string;
    readonly by: string;
    readonly before: TaxFields;
    readonly after: TaxFields;
  }[];
  /** For `If-Match`. */
  readonly updatedAt: string;
}
