/** Who pays, where the invoice goes, and how it is collected: what an organization sets itself, and what the operator sets. */
import { type AuditActor, type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import { type Prisma, type Transaction, toBigInt } from '@tollgate/db';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { DunningPolicy } from '../dunning/dunning-policy.ts';
import type { CollectionMode } from '../lifecycle/finalize.ts';
import { ShownPaymentMethod } from '../stripe/sync-customer.ts';
import { type TaxRate, TaxRates } from '../tax/tax-rates.ts';

export interface BillingProfileView {
  readonly legalName: string;
  readonly addressLines: string[];
  readonly country: string;
  readonly region: string;
  readonly taxId: string;
  readonly email: string;
  readonly purchaseOrder: string;
  readonly collectionMode: CollectionMode;
  readonly autoTopUp: { readonly belowUsd: string; readonly amountUsd: string } | null;
  readonly lowBalanceUsd: string | null;
  /** Set by the operator. */
  readonly taxExempt: boolean;
  readonly ownTaxRates: TaxRate[];
  readonly graceDays: number;
  readonly paymentTermDays: number;
  readonly dunningPolicy: DunningPolicy;
  readonly paymentMethod: ShownPaymentMethod | null;
  readonly updatedAt: Date;
}

export interface ProfileChange {
  readonly legalName?: string;
  readonly addressLines?: string[];
  readonly country?: string;
  readonly region?: string;
  readonly taxId?: string;
  readonly email?: string;
  readonly purchaseOrder?: string;
  readonly collectionMode?: CollectionMode;
  readonly autoTopUp?: { readonly belowPicoUsd: bigint; readonly amountPicoUsd: bigint } | null;
  readonly lowBalancePicoUsd?: bigint | null;
  readonly taxExempt?: boolean;
  readonly ownTaxRates?: TaxRate[];
  readonly graceDays?: number;
  readonly paymentTermDays?: number;
  readonly dunningPolicy?: DunningPolicy;
}

/** When it was changed last, before anybody did: the same whether its row is there or not, because it is its version. */
export const NEVER_CHANGED = new Date(0);

/** Makes the row where there is none, so that it can be locked and versioned. Locks it until the transaction ends. */
export async function lockBillingProfile(
  tx: Transaction,
  organizationId: string,
): Promise<BillingProfileView> {
  await tx.billingProfile.createMany({
    data: { organizationId, addressLines: [], updatedAt: NEVER_CHANGED },
    skipDuplicates: true,
  });
  await tx.$queryRaw`SELECT 1 AS locked FROM billing_profiles WHERE organization_id = ${organizationId} FOR UPDATE`;
  return getBillingProfile(tx, organizationId);
}

export async function getBillingProfile(
  tx: Transaction,
  organizationId: string,
): Promise<BillingProfileView> {
  const row = await tx.billingProfile.findUnique({ where: { organizationId } });
  return row === null ? emptyView() : toView(row);
}

function emptyView(): BillingProfileView {
  return {
    ...{ legalName: '', addressLines: [], country: '', region: '', taxId: '', email: '', purchaseOrder: '' },
    ...{ collectionMode: 'automatic' as const, autoTopUp: null, lowBalanceUsd: null, taxExempt: false },
    ...{ ownTaxRates: [], graceDays: 3, paymentTermDays: 30, dunningPolicy: DunningPolicy.parse({}) },
    paymentMethod: null,
    updatedAt: NEVER_CHANGED,
  };
}

function toView(row: Prisma.BillingProfileModel): BillingProfileView {
  const { autoTopUpBelowPicoUsd: below, autoTopUpAmountPicoUsd: amount } = row;
  const usd = (decimal: Prisma.Decimal) => formatUsd(picoUsdSum(toBigInt(decimal)));
  return {
    legalName: row.legalName,
    addressLines: row.addressLines,
    country: row.country,
    region: row.region,
    taxId: row.taxId,
    email: row.email,
    purchaseOrder: row.purchaseOrder,
    collectionMode: row.collectionMode as CollectionMode,
    autoTopUp: below === null || amount === null ? null : { belowUsd: usd(below), amountUsd: usd(amount) },
    lowBalanceUsd: row.lowBalancePicoUsd === null ? null : usd(row.lowBalancePicoUsd),
    taxExempt: row.taxExempt,
    ownTaxRates: TaxRates.parse(row.taxRates),
    graceDays: row.graceDays,
    paymentTermDays: row.paymentTermDays,
    dunningPolicy: DunningPolicy.parse(row.dunningPolicy),
    paymentMethod: ShownPaymentMethod.nullable().catch(null).parse(row.paymentMethod),
    updatedAt: row.updatedAt,
  };
}

export interface ProfileChangeContext {
  readonly organizationId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

/** @param before From `lockBillingProfile` in this transaction. */
export async function changeBillingProfile(
  tx: Transaction,
  { organizationId, actor, origin, now }: ProfileChangeContext,
  before: BillingProfileView,
  change: ProfileChange,
): Promise<BillingProfileView> {
  const { autoTopUp, lowBalancePicoUsd, ownTaxRates, dunningPolicy, ...plain } = change;
  const text = (amount: bigint | null | undefined) => (amount == null ? null : String(amount));
  const row = await tx.billingProfile.update({
    where: { organizationId },
    data: {
      ...plain,
      ...(autoTopUp === undefined
        ? {}
        : {
            autoTopUpBelowPicoUsd: text(autoTopUp?.belowPicoUsd),
            autoTopUpAmountPicoUsd: text(autoTopUp?.amountPicoUsd),
          }),
      ...(lowBalancePicoUsd === undefined ? {} : { lowBalancePicoUsd: text(lowBalancePicoUsd) }),
      ...(ownTaxRates === undefined ? {} : { taxRates: ownTaxRates }),
      ...(dunningPolicy === undefined ? {} : { dunningPolicy }),
      updatedAt: now,
    },
  });
  const after = toView(row);
  const { updatedAt: _before, ...was } = before;
  const { updatedAt: _after, ...is } = after;
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action: 'billing-profile-changed',
    target: { kind: 'billingProfile', id: organizationId },
    ...changedFields(was, is),
    nowMs: now.getTime(),
  });
  return after;
}
