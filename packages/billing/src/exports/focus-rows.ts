/** Rows of FOCUS: of an invoice, line by line, and of the ledger, hour by hour. */
import type { Database, Transaction } from '@tollgate/db';
import { ENTRY_COMPONENTS } from '../draft/line-groups.ts';
import type { FrozenInvoice, FrozenLine } from '../lifecycle/frozen-invoice.ts';
import { getIssuer } from '../lifecycle/issuer.ts';
import { componentLabel, describeLine } from '../queries/line-text.ts';
import type { ExportTable } from './export-table.ts';
import { FOCUS_COLUMNS, type FocusPricing, type FocusRow } from './focus-table.ts';
import { entryConditions, settledXid, type UsageQuestion } from './usage-rows.ts';

const ONE = 1_000_000_000_000n;

/** The billed costs of all rows sum to what the invoice asks for, rounding and taxes included. */
export function invoiceFocusTable(
  invoice: FrozenInvoice,
  costByLine: ReadonlyMap<string, bigint> = new Map(),
): ExportTable<FocusRow> {
  return { columns: FOCUS_COLUMNS, batches: once(invoiceRows(invoice, costByLine)) };
}

async function* once<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}

type Common = Omit<
  FocusRow,
  | 'chargeCategory'
  | 'chargeFrequency'
  | 'chargeDescription'
  | 'billedCost'
  | 'effectiveCost'
  | 'contractedCost'
  | 'listCost'
>;

/** Charges of which nothing but the amount is known: all four costs are it. */
function flat(
  common: Common,
  chargeCategory: FocusRow['chargeCategory'],
  chargeFrequency: FocusRow['chargeFrequency'],
  chargeDescription: string,
  amount: bigint,
): FocusRow {
  return {
    ...common,
    chargeCategory,
    chargeFrequency,
    chargeDescription,
    billedCost: amount,
    effectiveCost: amount,
    contractedCost: amount,
    listCost: amount,
  };
}

function commonOf(invoice: FrozenInvoice): Common {
  const [start, end] = [new Date(invoice.period.start), new Date(invoice.period.end)];
  return {
    isCorrection: invoice.corrects !== null,
    chargePeriodStart: start,
    chargePeriodEnd: end,
    billingPeriodStart: start,
    billingPeriodEnd: end,
    billingAccountId: invoice.organizationId,
    billingAccountName: invoice.customer.name,
    invoiceId: invoice.number,
    invoiceIssuerName: invoice.issuer.legalName,
    providerName: invoice.issuer.legalName,
    publisherName: invoice.issuer.legalName,
    serviceName: 'AI gateway',
    pricing: null,
    consumed: null,
    sku: null,
    subAccount: null,
    resource: null,
    regionId: null,
    costCenter: '',
    model: '',
    component: '',
    credentialOwner: '',
    providerCost: 0n,
    lineId: null,
    livemode: invoice.livemode,
  };
}

function invoiceRows(invoice: FrozenInvoice, costByLine: ReadonlyMap<string, bigint>): FocusRow[] {
  const common = commonOf(invoice);
  const rows = invoice.lines.map((line) => lineRow(line, common, costByLine.get(line.id)));
  const rounding = BigInt(invoice.roundingPicoUsd);
  if (rounding !== 0n) rows.push(flat(common, 'Adjustment', 'One-Time', 'Rounding to the cent', rounding));
  for (const tax of invoice.taxes) {
    rows.push(flat(common, 'Tax', 'One-Time', tax.name, BigInt(tax.amountPicoUsd)));
  }
  return rows;
}

function lineRow(line: FrozenLine, common: Common, providerCost: bigint | undefined): FocusRow {
  const amount = BigInt(line.amountPicoUsd);
  const own = {
    ...common,
    lineId: line.id,
    subAccount: line.teamId === '' ? null : { id: line.teamId, name: line.teamName },
    costCenter: line.costCenter,
    model: line.model,
    component: line.component,
  };
  const description = describeLine(line);
  if (line.kind === 'fee') {
    const sku = skuOf('tollgate', line.description, 'fee', amount);
    return {
      ...flat(own, 'Purchase', 'Recurring', description, amount),
      sku,
      pricing: priced(1n, 'Charges', amount, amount, undefined),
    };
  }
  if (line.kind === 'credit') return flat(own, 'Credit', 'One-Time', description, amount);
  const usage = {
    ...own,
    publisherName: line.provider || common.publisherName,
    serviceName: serviceOf(line.provider),
    credentialOwner: 'operator',
  };
  const listCost = BigInt(line.unitPricePicoUsd) * BigInt(line.quantity);
  if (line.component === 'adjustment') {
    return {
      ...flat(usage, 'Adjustment', 'One-Time', description, amount),
      providerCost: providerCost ?? amount,
    };
  }
  return usageRow(usage, description, {
    component: line.component,
    quantity: BigInt(line.quantity),
    unitPrice: BigInt(line.unitPricePicoUsd),
    billed: amount,
    effective: amount,
    list: providerCost ?? listCost,
    provider: line.provider,
    model: line.model,
  });
}

interface MeteredCharge {
  readonly component: string;
  readonly quantity: bigint;
  readonly unitPrice: bigint;
  readonly billed: bigint;
  readonly effective: bigint;
  readonly list: bigint;
  readonly provider: string;
  readonly model: string;
}

function usageRow(common: Common, description: string, charge: MeteredCharge): FocusRow {
  const unit = unitOf(charge.component);
  return {
    ...common,
    chargeCategory: 'Usage',
    chargeFrequency: 'Usage-Based',
    chargeDescription: description,
    billedCost: charge.billed,
    effectiveCost: charge.effective,
    contractedCost: charge.effective,
    listCost: charge.list,
    pricing: priced(charge.quantity, unit, charge.effective, charge.list, charge.unitPrice),
    consumed: { quantity: charge.quantity * ONE, unit },
    sku: skuOf(charge.provider, charge.model, charge.component, charge.unitPrice),
    providerCost: charge.list,
  };
}

/**
 * Quantity and prices whose products are exactly the costs. Where no such price per unit exists (a markup that was
 * rounded request by request), the whole charge is the unit.
 */
function priced(
  quantity: bigint,
  unit: string,
  contracted: bigint,
  list: bigint,
  unitPrice: bigint | undefined,
): FocusPricing {
  const isDivisible =
    quantity > 0n &&
    contracted >= 0n &&
    contracted % quantity === 0n &&
    list === (unitPrice ?? list) * quantity;
  if (isDivisible) {
    return {
      quantity: quantity * ONE,
      unit,
      contractedUnitPrice: contracted / quantity,
      listUnitPrice: unitPrice ?? list / quantity,
    };
  }
  // A price is never negative: the quantity carries the sign.
  const isNegative = contracted < 0n || (contracted === 0n && list < 0n);
  const sign = isNegative ? -1n : 1n;
  return {
    quantity: sign * ONE,
    unit: 'Charges',
    contractedUnitPrice: contracted * sign,
    listUnitPrice: list * sign,
  };
}

function unitOf(component: string): string {
  if (component === 'request') return 'Requests';
  const [kind, name] = component.split(':', 2);
  if (kind === 'image') return 'Images';
  if (name !== undefined) return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return 'Tokens';
}

function serviceOf(provider: string): string {
  return provider === '' ? 'AI gateway' : `AI models of ${provider}`;
}

function skuOf(provider: string, model: string, component: string, unitPrice: bigint) {
  const id = `${provider}/${model}/${component}`;
  return { id, meter: componentLabel(component), priceId: `${id}@${unitPrice}` };
}

interface HourRow {
  readonly hour: Date;
  readonly livemode: boolean;
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly provider: string;
  readonly model: string;
  readonly region: string;
  readonly credentialOwner: string;
  readonly component: string;
  readonly unitPrice: string;
  readonly quantity: string;
  readonly cost: string;
  readonly charge: string;
}

const HOUR_MS = 3_600_000;
/** One question to the database: few enough hours that their groups fit into memory. */
const SLICE_MS = 6 * HOUR_MS;

/**
 * The ledger in hours. Billed cost is what the organization owes us (nothing on its own credentials, which its
 * provider bills); effective cost is what it pays to whomever.
 */
export async function usageFocusTable(
  database: Database,
  question: UsageQuestion,
  billingPeriodOf: (at: Date) => { readonly start: Date; readonly end: Date },
): Promise<ExportTable<FocusRow>> {
  const belowXid = await settledXid(database, question.organizationId);
  const owner = await database.tenant(question.organizationId, async (tx) => {
    const issuer = await getIssuer(tx);
    const [organization] = await tx.$queryRaw<{ name: string }[]>`
      SELECT name FROM organizations WHERE id = ${question.organizationId}`;
    return { issuerName: issuer.legalName, name: organization?.name ?? '' };
  });
  async function* batches(): AsyncGenerator<readonly FocusRow[]> {
    for (let fromMs = question.from.getTime(); fromMs < question.to.getTime(); ) {
      // Slices end on whole hours, so that an hour is never two rows.
      const nextMs = Math.min(Math.floor(fromMs / HOUR_MS) * HOUR_MS + SLICE_MS, question.to.getTime());
      const slice = { ...question, from: new Date(fromMs), to: new Date(nextMs) };
      const rows = await database.tenant(question.organizationId, (tx) => hoursOf(tx, slice, belowXid), {
        timeoutMs: 60_000,
      });
      if (rows.length > 0) {
        yield rows.map((row) => toFocusRow(row, question.organizationId, owner, billingPeriodOf(row.hour)));
      }
      fromMs = nextMs;
    }
  }
  return { columns: FOCUS_COLUMNS, batches: batches() };
}

function hoursOf(tx: Transaction, slice: UsageQuestion, belowXid: string): Promise<HourRow[]> {
  return tx.$queryRaw<HourRow[]>`
    SELECT h.*, COALESCE(t.name, '') AS "teamName", COALESCE(k.name, '') AS "keyName" FROM (
      SELECT date_trunc('hour', e.started_at, 'UTC') AS hour, e.livemode, e.team_id AS "teamId", e.cost_center AS "costCenter",
        e.key_id AS "keyId", e.provider, e.model, e.region, e.credential_owner AS "credentialOwner", c.component,
        c.unit_price::text AS "unitPrice", sum(c.quantity)::text AS quantity, sum(c.cost)::text AS cost, sum(c.charge)::text AS charge
      FROM usage_entries e CROSS JOIN ${ENTRY_COMPONENTS}
      WHERE ${entryConditions(slice, belowXid)} AND (c.quantity <> 0 OR c.cost <> 0 OR c.charge <> 0)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) AS h
    LEFT JOIN teams t ON t.organization_id = ${slice.organizationId} AND t.id = h."teamId"
    LEFT JOIN virtual_keys k ON k.organization_id = ${slice.organizationId} AND k.id = h."keyId"
    ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`;
}

function toFocusRow(
  row: HourRow,
  organizationId: string,
  owner: { readonly issuerName: string; readonly name: string },
  period: { readonly start: Date; readonly end: Date },
): FocusRow {
  const isOwn = row.credentialOwner === 'organization';
  const [cost, charge] = [BigInt(row.cost), BigInt(row.charge)];
  // On an own credential nothing is owed to us but a charge that an adjustment brought.
  const effective = isOwn ? cost + charge : charge;
  const seller = isOwn ? row.provider || owner.issuerName : owner.issuerName;
  const common: Common = {
    isCorrection: false,
    chargePeriodStart: row.hour,
    chargePeriodEnd: new Date(row.hour.getTime() + HOUR_MS),
    billingPeriodStart: period.start,
    billingPeriodEnd: period.end,
    billingAccountId: organizationId,
    billingAccountName: owner.name,
    invoiceId: null,
    invoiceIssuerName: seller,
    providerName: seller,
    publisherName: row.provider || owner.issuerName,
    serviceName: serviceOf(row.provider),
    pricing: null,
    consumed: null,
    sku: null,
    subAccount: row.teamId === '' ? null : { id: row.teamId, name: row.teamName },
    resource: row.keyId === '' ? null : { id: row.keyId, name: row.keyName },
    regionId: row.region === 'default' || row.region === '' ? null : row.region,
    costCenter: row.costCenter,
    model: row.model,
    component: row.component,
    credentialOwner: row.credentialOwner,
    providerCost: cost,
    lineId: null,
    livemode: row.livemode,
  };
  const description = describeLine({ description: '', model: row.model, component: row.component });
  if (row.component === 'adjustment') {
    const adjusted = flat(common, 'Adjustment', 'One-Time', description, effective);
    return { ...adjusted, billedCost: charge, listCost: charge === effective ? charge : effective };
  }
  return usageRow(common, description, {
    component: row.component,
    quantity: BigInt(row.quantity),
    unitPrice: BigInt(row.unitPrice),
    billed: charge,
    effective,
    list: cost,
    provider: row.provider,
    model: row.model,
  });
}
