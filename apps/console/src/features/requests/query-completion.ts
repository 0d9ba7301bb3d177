/** What may stand where the caret is: fields, and values of a field. Pure. */
import {
  FLAG_FIELDS,
  printValue,
  QUERY_FIELDS,
  type QueryField,
  splitTerms,
} from '@tollgate/api/request-query';

export interface KnownValue {
  readonly value: string;
  /** How many requests have it, where that is known. */
  readonly requests?: number;
}

/** Values that are worth offering, by field. */
export type KnownValues = Readonly<Partial<Record<QueryField, readonly KnownValue[]>>>;

export interface Suggestion {
  readonly kind: 'field' | 'value';
  readonly label: string;
  readonly field: QueryField;
  readonly requests?: number;
  /** The whole query after it was chosen, and where the caret stands then. */
  readonly query: string;
  readonly caret: number;
}

const MAX_SUGGESTIONS = 12;
const STATIC: KnownValues = {
  status: ['200', '2xx', '>=400', '4xx', '429', '499', '5xx'].map((value) => ({ value })),
  outcome: ['succeeded', 'failed', 'aborted', 'interrupted'].map((value) => ({ value })),
  dialect: ['openai', 'anthropic', 'gemini'].map((value) => ({ value })),
  latency: ['>1s', '>5s', '1s..5s', '<200'].map((value) => ({ value })),
  ttft: ['>500', '>1s', '<200'].map((value) => ({ value })),
  cost: ['>0.01', '>0.1', '0.001..0.01', '0'].map((value) => ({ value })),
  tokens: ['>1000', '>10000', '1000..10000'].map((value) => ({ value })),
  attempts: ['>1', '0'].map((value) => ({ value })),
  ...Object.fromEntries(FLAG_FIELDS.map((field) => [field, [{ value: 'true' }, { value: 'false' }]])),
};

export function suggestAt(query: string, caret: number, known: KnownValues): readonly Suggestion[] {
  const term = splitTerms(query).find(({ start, end }) => start <= caret && caret <= end) ?? {
    start: caret,
    end: caret,
  };
  const text = query.slice(term.start, term.end);
  const minus = text.startsWith('-') ? 1 : 0;
  const colon = text.indexOf(':');
  const inField = colon === -1 || caret <= term.start + colon;
  return inField
    ? suggestFields(query, term, caret, minus, colon)
    : suggestValues(query, term, caret, minus, colon, known);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function suggestFields(
  query: string,
  term: Span,
  caret: number,
  minus: number,
  colon: number,
): readonly Suggestion[] {
  const start = term.start + minus;
  const typed = query.slice(start, Math.max(start, caret)).toLowerCase();
  const end = colon === -1 ? term.end : term.start + colon + 1;
  const starting = QUERY_FIELDS.filter((field) => field.startsWith(typed));
  const containing = QUERY_FIELDS.filter((field) => !field.startsWith(typed) && field.includes(typed));
  return [...starting, ...(typed === '' ? [] : containing)].map((field) => {
    const inserted = `${field}:`;
    return {
      kind: 'field',
      label: inserted,
      field,
      query: query.slice(0, start) + inserted + query.slice(end),
      caret: start + inserted.length,
    };
  });
}

function suggestValues(
  query: string,
  term: Span,
  caret: number,
  minus: number,
  colon: number,
  known: KnownValues,
): readonly Suggestion[] {
  const name = query.slice(term.start + minus, term.start + colon).toLowerCase();
  const field = QUERY_FIELDS.find((one) => one === name);
  if (field === undefined) return [];
  const item = itemAt(query, { start: term.start + colon + 1, end: term.end }, caret);
  const typed = query.slice(item.start, caret).replace(/^"/, '').toLowerCase();
  const offered = [...(known[field] ?? []), ...(STATIC[field] ?? [])];
  const seen = new Set<string>();
  const fitting = offered.filter(({ value }) => {
    if (seen.has(value) || value.toLowerCase() === typed || !value.toLowerCase().includes(typed))
      return false;
    seen.add(value);
    return true;
  });
  return fitting.slice(0, MAX_SUGGESTIONS).map(({ value, requests }) => {
    const isLast = item.end === query.length;
    const inserted = `${printValue(value)}${isLast ? ' ' : ''}`;
    return {
      kind: 'value',
      label: value,
      field,
      ...(requests !== undefined && { requests }),
      query: query.slice(0, item.start) + inserted + query.slice(item.end),
      caret: item.start + inserted.length,
    };
  });
}

/** The value around the caret: commas part values, but not within quotes. */
function itemAt(query: string, { start, end }: Span, caret: number): Span {
  let from = start;
  let inQuotes = false;
  for (let at = start; at < end; at++) {
    const character = query[at];
    if (character === '"') inQuotes = !inQuotes;
    if (character !== ',' || inQuotes) continue;
    if (at >= caret) return { start: from, end: at };
    from = at + 1;
  }
  return { start: from, end };
}
