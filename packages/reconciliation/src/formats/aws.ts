/** AWS: the Cost and Usage Report (legacy and 2.0 names, CSV or Parquet), of which lines about Bedrock count. */
import { assertUsd, type BillComponent, type BillLine, find, getAmount, getDay } from '../bill-line.ts';
import { parseAmount } from '../exact-amount.ts';
import type { FileRow } from '../read-records.ts';

export function readAwsRow(row: FileRow): BillLine | undefined {
  if (!isBedrock(row)) return undefined;
  assertUsd(row, 'line_item_currency_code');
  const kind = (find(row, 'line_item_line_item_type') ?? 'Usage').toLowerCase();
  const usageType = find(row, 'line_item_usage_type') ?? '';
  const described =
    `${usageType} ${find(row, 'line_item_line_item_description', 'line_item_operation') ?? ''}`.toLowerCase();
  return {
    day: getDay(row, 'line_item_usage_start_date', 'bill_billing_period_start_date'),
    providerModel: modelOf(row, usageType),
    component: componentOf(kind, described),
    tier: described.includes('batch') ? 'batch' : described.includes('priority') ? 'priority' : 'standard',
    account: find(row, 'line_item_usage_account_id') ?? '',
    quantity: tokensOf(row, described),
    amountPicoUsd: getAmount(row, 'line_item_unblended_cost', 'line_item_net_unblended_cost'),
  };
}

function isBedrock(row: FileRow): boolean {
  return [
    'line_item_product_code',
    'product_servicecode',
    'product_product_name',
    'product_servicename',
    'line_item_line_item_description',
    'line_item_usage_type',
  ]
    .map((name) => row.record[name] ?? '')
    .some((value) => /bedrock/i.test(value));
}

/** Usage is counted in thousands, millions or single tokens; the unit says which. */
function tokensOf(row: FileRow, described: string): bigint {
  const text = find(row, 'line_item_usage_amount');
  if (text === undefined || !described.includes('token')) return 0n;
  const unit = (find(row, 'pricing_unit', 'product_unit') ?? '').toLowerCase();
  const scale =
    unit.includes('1m') || unit.includes('million')
      ? 6
      : unit.includes('1k') || unit.includes('thousand')
        ? 3
        : 0;
  return parseAmount(text, scale) ?? 0n;
}

function modelOf(row: FileRow, usageType: string): string {
  const named = find(row, 'product_model', 'product_model_id', 'product_titan_model');
  if (named !== undefined) return named;
  const resource = /foundation-model\/([^/\s]+)|inference-profile\/([^/\s]+)/.exec(
    find(row, 'line_item_resource_id') ?? '',
  );
  if (resource !== null) return resource[1] ?? resource[2] ?? '';
  // `USE1-Claude3Sonnet-input-tokens`
  return usageType
    .replace(/^[A-Z]{2,4}\d?-/, '')
    .replace(/[-_](input|output|cache|token|batch|cross).*$/i, '')
    .replace(/^MP:.*$/, '');
}

function componentOf(kind: string, described: string): BillComponent {
  if (kind === 'tax') return 'tax';
  if (/credit|refund/.test(kind)) return 'credit';
  if (kind === 'fee' || kind === 'riskfee') return 'fee';
  if (/cache-?read/.test(described.replaceAll(' ', '-'))) return 'cachedInput';
  if (/cache-?write/.test(described.replaceAll(' ', '-'))) return 'cacheWrite5m';
  if (described.includes('output')) return 'output';
  return described.includes('input') ? 'input' : 'other';
}
