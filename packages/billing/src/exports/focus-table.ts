/**
 * FOCUS 1.2: the columns of the FinOps Open Cost and Usage Specification that apply to us, from one kind of row.
 *
 * Columns about commitments, capacity reservations, zones and other currencies than the billing one are conditional
 * and do not apply. What FOCUS has no column for begins with `x_`.
 */
import type { CellValue, ExportColumn } from './export-table.ts';

export type ChargeCategory = 'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';

/** Amounts, prices and quantities are integers of 1e-12. */
export interface FocusRow {
  readonly chargeCategory: ChargeCategory;
  readonly isCorrection: boolean;
  readonly chargeFrequency: 'One-Time' | 'Recurring' | 'Usage-Based';
  readonly chargeDescription: string;
  readonly chargePeriodStart: Date;
  readonly chargePeriodEnd: Date;
  readonly billingPeriodStart: Date;
  readonly billingPeriodEnd: Date;
  readonly billingAccountId: string;
  readonly billingAccountName: string;
  readonly invoiceId: string | null;
  readonly invoiceIssuerName: string;
  readonly providerName: string;
  readonly publisherName: string;
  readonly serviceName: string;
  readonly billedCost: bigint;
  readonly effectiveCost: bigint;
  readonly contractedCost: bigint;
  readonly listCost: bigint;
  /** Null where nothing is priced by quantity. */
  readonly pricing: FocusPricing | null;
  readonly consumed: { readonly quantity: bigint; readonly unit: string } | null;
  readonly sku: { readonly id: string; readonly meter: string; readonly priceId: string } | null;
  readonly subAccount: { readonly id: string; readonly name: string } | null;
  readonly resource: { readonly id: string; readonly name: string } | null;
  readonly regionId: string | null;
  readonly costCenter: string;
  readonly model: string;
  readonly component: string;
  readonly credentialOwner: string;
  /** What the provider takes, whoever pays it. */
  readonly providerCost: bigint;
  readonly lineId: string | null;
  readonly livemode: boolean;
}

/** Quantity times either price is exactly the cost of its kind. */
export interface FocusPricing {
  readonly quantity: bigint;
  readonly unit: string;
  readonly contractedUnitPrice: bigint;
  readonly listUnitPrice: bigint;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

const text = (name: string, value: (row: FocusRow) => CellValue): ExportColumn<FocusRow> => ({
  name,
  type: 'text',
  value,
});
const money = (name: string, value: (row: FocusRow) => CellValue): ExportColumn<FocusRow> => ({
  name,
  type: 'money',
  value,
});
const time = (name: string, value: (row: FocusRow) => CellValue): ExportColumn<FocusRow> => ({
  name,
  type: 'time',
  value,
});

export const FOCUS_COLUMNS: readonly ExportColumn<FocusRow>[] = [
  money('BilledCost', (row) => row.billedCost),
  text('BillingAccountId', (row) => row.billingAccountId),
  text('BillingAccountName', (row) => orNull(row.billingAccountName)),
  text('BillingAccountType', () => 'Organization'),
  text('BillingCurrency', () => 'USD'),
  time('BillingPeriodEnd', (row) => row.billingPeriodEnd),
  time('BillingPeriodStart', (row) => row.billingPeriodStart),
  text('ChargeCategory', (row) => row.chargeCategory),
  text('ChargeClass', (row) => (row.isCorrection ? 'Correction' : null)),
  text('ChargeDescription', (row) => orNull(row.chargeDescription)),
  text('ChargeFrequency', (row) => row.chargeFrequency),
  time('ChargePeriodEnd', (row) => row.chargePeriodEnd),
  time('ChargePeriodStart', (row) => row.chargePeriodStart),
  money('ConsumedQuantity', (row) => row.consumed?.quantity ?? null),
  text('ConsumedUnit', (row) => row.consumed?.unit ?? null),
  money('ContractedCost', (row) => row.contractedCost),
  money('ContractedUnitPrice', (row) => row.pricing?.contractedUnitPrice ?? null),
  money('EffectiveCost', (row) => row.effectiveCost),
  text('InvoiceId', (row) => row.invoiceId),
  text('InvoiceIssuerName', (row) => row.invoiceIssuerName),
  money('ListCost', (row) => row.listCost),
  money('ListUnitPrice', (row) => row.pricing?.listUnitPrice ?? null),
  text('PricingCategory', (row) => (row.pricing === null ? null : 'Standard')),
  text('PricingCurrency', (row) => (row.pricing === null ? null : 'USD')),
  money('PricingQuantity', (row) => row.pricing?.quantity ?? null),
  text('PricingUnit', (row) => row.pricing?.unit ?? null),
  text('ProviderName', (row) => row.providerName),
  text('PublisherName', (row) => row.publisherName),
  text('RegionId', (row) => row.regionId),
  text('ResourceId', (row) => row.resource?.id ?? null),
  text('ResourceName', (row) => orNull(row.resource?.name ?? '')),
  text('ResourceType', (row) => (row.resource === null ? null : 'Virtual Key')),
  text('ServiceCategory', () => 'AI and Machine Learning'),
  text('ServiceName', (row) => row.serviceName),
  text('ServiceSubcategory', () => 'Generative AI'),
  text('SkuId', (row) => row.sku?.id ?? null),
  text('SkuMeter', (row) => row.sku?.meter ?? null),
  text('SkuPriceId', (row) => row.sku?.priceId ?? null),
  text('SubAccountId', (row) => row.subAccount?.id ?? null),
  text('SubAccountName', (row) => orNull(row.subAccount?.name ?? '')),
  text('SubAccountType', (row) => (row.subAccount === null ? null : 'Team')),
  text('x_Component', (row) => orNull(row.component)),
  text('x_CostCenter', (row) => orNull(row.costCenter)),
  text('x_CredentialOwner', (row) => orNull(row.credentialOwner)),
  text('x_InvoiceLineId', (row) => row.lineId),
  { name: 'x_Livemode', type: 'flag', value: (row) => row.livemode },
  text('x_Model', (row) => orNull(row.model)),
  money('x_ProviderCost', (row) => row.providerCost),
];
