/**
 * Anthropic: the cost export of its console (CSV, dollars) and pages of `GET /v1/organizations/cost_report` (whose
 * amounts are cents).
 */
import {
  assertUsd,
  type BillComponent,
  type BillLine,
  find,
  findCount,
  get,
  getAmount,
  getDay,
} from '../bill-line.ts';
import { parseAmount } from '../exact-amount.ts';
import { ImportError } from '../import-error.ts';
import { type FileRecord, type FileRow, isObject, toRecord } from '../read-records.ts';

export function readAnthropicRow(row: FileRow): BillLine | undefined {
  assertUsd(row, 'currency');
  const type = (find(row, 'cost_type') ?? 'tokens').toLowerCase();
  const tier = (find(row, 'service_tier', 'usage_type') ?? '').toLowerCase();
  return {
    day: getDay(row, 'starting_at', 'usage_date_utc', 'date', 'usage_date'),
    providerModel: find(row, 'model', 'model_version') ?? '',
    component: componentOf(type, (find(row, 'token_type') ?? find(row, 'description') ?? '').toLowerCase()),
    tier: tier.includes('batch') ? 'batch' : tier.includes('priority') ? 'priority' : 'standard',
    account: find(row, 'workspace_id', 'workspace') ?? '',
    quantity: findCount(row, 'tokens', 'quantity'),
    amountPicoUsd: find(row, 'cost_usd') === undefined ? cents(row) : getAmount(row, 'cost_usd'),
  };
}

/** `123.45` is 1.2345 USD. */
function cents(row: FileRow): bigint {
  const text = get(row, 'amount', 'cost_usd');
  const amount = parseAmount(text, 10);
  if (amount !== undefined) return amount;
  throw new ImportError(`an amount must be a decimal, got ${text.slice(0, 40)}`, {
    row: row.row,
    column: 'amount',
  });
}

function componentOf(costType: string, tokenType: string): BillComponent {
  if (/credit|promo/.test(tokenType) || costType.includes('credit')) return 'credit';
  if (costType.includes('tax')) return 'tax';
  if (!costType.includes('token')) return 'other';
  if (/1h|1 hour/.test(tokenType) && tokenType.includes('cache')) return 'cacheWrite1h';
  if (/cache_creation|cache write|5m/.test(tokenType)) return 'cacheWrite5m';
  if (/cache_read|cache read|cache hit/.test(tokenType)) return 'cachedInput';
  if (tokenType.includes('output')) return 'output';
  return tokenType.includes('input') ? 'input' : 'other';
}

/** Pages of buckets, each with results. */
export function* unfoldAnthropic(value: unknown): Generator<FileRecord> {
  const pages = Array.isArray(value) ? value : [value];
  for (const page of pages) {
    const buckets = isObject(page) && Array.isArray(page.data) ? page.data : [page];
    for (const bucket of buckets) {
      if (!isObject(bucket)) continue;
      const results = Array.isArray(bucket.results) ? bucket.results : [bucket];
      for (const result of results) {
        if (isObject(result)) yield { starting_at: String(bucket.starting_at ?? ''), ...toRecord(result) };
      }
    }
  }
}
