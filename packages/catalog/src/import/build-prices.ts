/**
 * All price lines of a collection: every record's versions, image variants merged, placeholders left out.
 */
import { componentsToJson } from '../price.ts';
import type { BookPrice } from '../price-book.ts';
import type { Sheet } from './sheet.ts';
import type { SourceRecord } from './source-record.ts';
import { listVariants, type Variant } from './variants.ts';

export interface ImportReport {
  readonly rounded: string[];
  readonly derived: string[];
  readonly skipped: string[];
}

interface Draft {
  readonly provider: string;
  readonly model: string;
  readonly variant: Variant;
  readonly validFrom: string;
  readonly sourceDate: string;
}

/** Models that run on the caller's machine, or that their provider gives away: zero is their price. */
const FREE_PROVIDERS: ReadonlySet<string> = new Set(['ollama', 'lemonade']);

/** @param sourceDates The day of each source's snapshot: from then on its prices are known. */
export function buildPrices(
  records: readonly SourceRecord[],
  sourceDates: Readonly<Record<string, string>>,
  report: ImportReport,
): BookPrice[] {
  const drafts = new Map<string, Draft>();
  for (const record of records) {
    for (const model of realModelNames(record, report)) {
      for (const variant of listVariants(record))
        addDraft(drafts, record, model, variant, sourceDates, report);
    }
  }
  return [...drafts.values()].map((draft) => toLine(draft, report)).sort(byKey);
}

/** The order of the file: a diff of two imports shows what changed. */
export function byKey(left: BookPrice, right: BookPrice): number {
  const [a, b] = [keyOf(left), keyOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function seriesOf(line: BookPrice): string {
  return [line.provider, line.model, line.region ?? '', line.serviceTier ?? 'default'].join('\0');
}

function keyOf(line: BookPrice): string {
  return `${seriesOf(line)}\0${line.validFrom}`;
}

/**
 * Names that a provider really serves. A record with `match` is a rule for a family: only what it names exactly
 * is a model. Provisioned throughput is not priced per request.
 */
export function realModelNames(record: SourceRecord, report: ImportReport): string[] {
  if (record.id.includes('*') || /-month-commitment\//.test(record.id)) {
    report.skipped.push(`${record.provider} ${record.id}: provisioned throughput, not priced per request`);
    return [];
  }
  if (record.match === undefined || record.match === null) return [record.id.replace(/^bedrock\//, '')];
  const exact = exactNames(record.match);
  if (exact.length === 0) report.skipped.push(`${record.provider} ${record.id}: a pattern, names no model`);
  return exact;
}

function exactNames(match: unknown): string[] {
  if (typeof match !== 'object' || match === null) return [];
  if ('equals' in match && typeof match.equals === 'string') return [match.equals];
  return 'or' in match && Array.isArray(match.or) ? match.or.flatMap(exactNames) : [];
}

function addDraft(
  drafts: Map<string, Draft>,
  record: SourceRecord,
  model: string,
  variant: Variant,
  sourceDates: Readonly<Record<string, string>>,
  report: ImportReport,
): void {
  const name = `${record.provider} ${model}`;
  if (Object.keys(variant.sheet.components).length === 0) return;
  if (isPlaceholder(record, variant.sheet)) {
    report.skipped.push(`${name}: stated as 0, which here is a placeholder`);
    return;
  }
  const sourceDate = sourceDates[variant.source];
  if (sourceDate === undefined) {
    throw new Error(`Cannot import ${name}: its source must have a snapshot date, got "${variant.source}"`);
  }
  const validFrom = variant.validFrom ?? sourceDate;
  const key = [record.provider, model, variant.region ?? '', variant.serviceTier, validFrom].join('\0');
  const before = drafts.get(key);
  if (before === undefined) {
    drafts.set(key, { provider: record.provider, model, variant, validFrom, sourceDate });
  } else if (record.variant) {
    mergeInto(before.variant.sheet, variant.sheet);
  } else if (record.match === undefined || record.match === null) {
    report.skipped.push(`${name}: stated twice, kept the first`);
  }
}

/** Sizes and qualities of one image model are components of one price. */
function mergeInto(sheet: Sheet, other: Sheet): void {
  for (const name of Object.keys(other.components) as (keyof typeof other.components)[]) {
    sheet.components[name] ??= other.components[name]!;
  }
  for (const name of other.derived) sheet.derived.add(name);
  for (const name of other.rounded) sheet.rounded.add(name);
}

/** All zero from a list whose zero means "unknown" too. Free would be the worst guess. */
function isPlaceholder(record: SourceRecord, sheet: Sheet): boolean {
  return (
    Object.values(sheet.components).every((price) => price === 0n) &&
    record.source === 'litellm' &&
    record.mode !== 'moderation' &&
    !FREE_PROVIDERS.has(record.provider) &&
    !/[:/-]free$/i.test(record.id)
  );
}

function toLine(draft: Draft, report: ImportReport): BookPrice {
  const { sheet, region, serviceTier, source } = draft.variant;
  const name = [draft.provider, draft.model, region, serviceTier].filter(Boolean).join(' ');
  const rounded = [...sheet.rounded].sort();
  const derived = [...sheet.derived].sort();
  if (rounded.length > 0) report.rounded.push(`${name}: ${rounded.join(', ')}`);
  if (derived.length > 0) report.derived.push(`${name}: ${derived.join(', ')}`);
  return {
    provider: draft.provider,
    model: draft.model,
    ...(region === null ? {} : { region }),
    ...(serviceTier === 'default' ? {} : { serviceTier }),
    validFrom: draft.validFrom,
    components: componentsToJson(sheet.components),
    ...(sheet.tiers.length === 0
      ? {}
      : { tiers: sheet.tiers.map((tier) => ({ ...tier, components: componentsToJson(tier.components) })) }),
    source,
    sourceDate: draft.sourceDate,
    ...(derived.length === 0 ? {} : { derived }),
    ...(rounded.length === 0 ? {} : { rounded }),
  };
}
