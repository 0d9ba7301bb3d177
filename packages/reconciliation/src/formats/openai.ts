/**
 * OpenAI: the cost export of its dashboard (CSV) and pages of `GET /v1/organization/costs`. A line item reads
 * `gpt-4o-mini-2024-07-18, cached input`.
 */
import {
  assertUsd,
  type BillComponent,
  type BillLine,
  find,
  findCount,
  getAmount,
  getDay,
} from '../bill-line.ts';
import { type FileRecord, type FileRow, isObject, toRecord } from '../read-records.ts';

export function readOpenAiRow(row: FileRow): BillLine | undefined {
  assertUsd(row, 'amount_currency', 'currency');
  const item = find(row, 'line_item', 'name', 'model') ?? '';
  const [model = '', ...rest] = item.split(',').map((part) => part.trim());
  const what = rest.join(' ').toLowerCase();
  return {
    day: getDay(row, 'start_time', 'start_time_iso', 'date', 'day'),
    providerModel: rest.length === 0 && !/\d|gpt|claude/i.test(model) ? '' : model,
    component: componentOf(what, item),
    tier: what.includes('batch')
      ? 'batch'
      : what.includes('flex')
        ? 'flex'
        : what.includes('priority')
          ? 'priority'
          : 'standard',
    account: find(row, 'project_id', 'project_name') ?? '',
    quantity: findCount(row, 'quantity', 'usage_quantity'),
    amountPicoUsd: getAmount(row, 'amount_value', 'amount', 'cost', 'cost_usd'),
  };
}

function componentOf(what: string, item: string): BillComponent {
  if (/credit|grant|promo/i.test(item)) return 'credit';
  if (/\btax\b|vat/i.test(item)) return 'tax';
  if (what.includes('cached')) return 'cachedInput';
  if (what.includes('output') || what.includes('completion')) return 'output';
  if (what.includes('input') || what.includes('prompt')) return 'input';
  return 'other';
}

/** A page of buckets, each with results. */
export function* unfoldOpenAi(value: unknown): Generator<FileRecord> {
  const pages = Array.isArray(value) ? value : [value];
  for (const page of pages) {
    const buckets = isObject(page) && Array.isArray(page.data) ? page.data : [page];
    for (const bucket of buckets) {
      if (!isObject(bucket)) continue;
      const results = Array.isArray(bucket.results) ? bucket.results : [bucket];
      for (const result of results) {
        if (isObject(result)) yield { start_time: String(bucket.start_time ?? ''), ...toRecord(result) };
      }
    }
  }
}
