/**
 * The query language of the request explorer: `model:gpt-5* status:>=400 cost:>0.01 team:search`.
 *
 * Pure: text to filters. Terms are joined by AND; the same field twice must hold twice; a `-` before a term
 * turns it around. A term without a field finds a request id. Values with spaces stand in double quotes.
 */
import { InvalidUsdError, parseUsdSum } from '@tollgate/money';

export const TEXT_FIELDS = [
  'key',
  'team',
  'member',
  'model',
  'provider',
  'user',
  'session',
  'endpoint',
  'error',
  'format',
  'unsupported',
  'id',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export const NUMBER_FIELDS = ['status', 'latency', 'attempts'] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
export const FLAG_FIELDS = ['streamed', 'livemode', 'estimated', 'translated'] as const;
export type FlagField = (typeof FLAG_FIELDS)[number];
export type Comparison = '=' | '>' | '>=' | '<' | '<=';

export type RequestFilter = { readonly negated: boolean } & (
  | { readonly kind: 'text'; readonly field: TextField; readonly value: string }
  | {
      readonly kind: 'number';
      readonly field: NumberField;
      readonly comparison: Comparison;
      readonly value: number;
    }
  | { readonly kind: 'cost'; readonly comparison: Comparison; readonly picoUsd: bigint }
  | { readonly kind: 'tag'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'flag'; readonly field: FlagField; readonly value: boolean }
);

export class RequestQueryError extends Error {
  override readonly name = 'RequestQueryError';
}

const MAX_LENGTH = 1_000;
const MAX_TERMS = 20;
const TERM = /(-?)(?:([a-zA-Z]+):)?("(?:[^"\\]|\\["\\])*"|[^\s"]+)(?=\s|$)\s*/y;
const COMPARISON = /^(>=|<=|>|<|=)?(.+)$/s;

/** @throws {RequestQueryError} with the term that cannot be read. */
export function parseRequestQuery(text: string): RequestFilter[] {
  if (text.length > MAX_LENGTH) {
    throw new RequestQueryError(`Cannot read the query: at most ${MAX_LENGTH} characters`);
  }
  const input = text.trim();
  const filters: RequestFilter[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < input.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(input);
    if (match === null || filters.length === MAX_TERMS) {
      TERM.lastIndex = 0;
      const reason =
        match === null ? `from ${JSON.stringify(input.slice(at, at + 40))}` : `at most ${MAX_TERMS} terms`;
      throw new RequestQueryError(`Cannot read the query: ${reason}`);
    }
    filters.push(parseTerm(match[1] === '-', match[2], unquote(match[3] ?? '')));
  }
  return filters;
}

function parseTerm(negated: boolean, field: string | undefined, value: string): RequestFilter {
  if (field === undefined) {
    if (/^[a-zA-Z]+:$/.test(value)) throw refuse(value.slice(0, -1), 'needs a value', '');
    return { negated, kind: 'text', field: 'id', value };
  }
  const name = field.toLowerCase();
  if (isOneOf(TEXT_FIELDS, name)) return { negated, kind: 'text', field: name, value };
  if (isOneOf(NUMBER_FIELDS, name)) return { negated, ...parseNumber(name, value) };
  if (isOneOf(FLAG_FIELDS, name)) return { negated, ...parseFlag(name, value) };
  switch (name) {
    case 'cost':
      return { negated, ...parseCost(value) };
    case 'tag':
      return { negated, ...parseTag(value) };
    default:
      throw new RequestQueryError(`Cannot read the query: there is no field ${JSON.stringify(field)}`);
  }
}

function parseFlag(field: FlagField, text: string) {
  if (text !== 'true' && text !== 'false') throw refuse(field, 'must be true or false', text);
  return { kind: 'flag' as const, field, value: text === 'true' };
}

function parseNumber(field: NumberField, text: string) {
  const { comparison, rest } = splitComparison(text);
  if (!/^\d{1,9}$/.test(rest)) throw refuse(field, 'must be a number such as >=400', text);
  return { kind: 'number' as const, field, comparison, value: Number(rest) };
}

function parseCost(text: string) {
  const { comparison, rest } = splitComparison(text);
  try {
    return { kind: 'cost' as const, comparison, picoUsd: parseUsdSum(rest) };
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof InvalidUsdError)) throw error;
    throw refuse('cost', 'must be an amount in USD such as >0.01', text);
  }
}

/** `tag:project` for any value, `tag:project=search` for one. */
function parseTag(text: string) {
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  if (name === '') throw refuse('tag', 'must be NAME or NAME=VALUE', text);
  return { kind: 'tag' as const, name, value: equals === -1 ? null : text.slice(equals + 1) };
}

function splitComparison(text: string): { comparison: Comparison; rest: string } {
  const match = COMPARISON.exec(text);
  return { comparison: (match?.[1] ?? '=') as Comparison, rest: match?.[2] ?? '' };
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : text;
}

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value);
}

function refuse(field: string, rule: string, value: string): RequestQueryError {
  return new RequestQueryError(`Cannot read ${field}: it ${rule}, got ${JSON.stringify(value.slice(0, 40))}`);
}
