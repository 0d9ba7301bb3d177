/**
 * The query language of the request explorer: `model:gpt-5*,claude-* status:>=400 cost:0.01..0.5 -team:search`.
 *
 * Pure: text to filters and back. Terms are joined by AND; several values of a term, with commas between, by OR; the
 * same field twice must hold twice; a `-` before a term turns it around. A term without a field finds a request id.
 * Values with spaces, commas or quotes stand in double quotes. Runs in the browser as well, for completion and for
 * underlining what is wrong. Not here: what a filter means to the database (request-conditions.ts).
 */
import { formatUsd, InvalidUsdError, parseUsdSum, picoUsdSum } from '@tollgate/money';

export const TEXT_FIELDS = [
  'key',
  'team',
  'member',
  'model',
  'served',
  'provider',
  'user',
  'session',
  'endpoint',
  'dialect',
  'format',
  'unsupported',
  'route',
  'error',
  'outcome',
  'attemptmodel',
  'attemptprovider',
  'credential',
  'costcenter',
  'ip',
  'id',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export const NUMBER_FIELDS = ['status', 'latency', 'ttft', 'attempts', 'tokens'] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
export const FLAG_FIELDS = ['streamed', 'livemode', 'estimated', 'translated', 'refused'] as const;
export type FlagField = (typeof FLAG_FIELDS)[number];
export const QUERY_FIELDS = [...TEXT_FIELDS, ...NUMBER_FIELDS, 'cost', 'tag', ...FLAG_FIELDS] as const;
export type QueryField = (typeof QUERY_FIELDS)[number];
export type Comparison = '=' | '>' | '>=' | '<' | '<=';

/** What one number must be. `class` is that of an HTTP status: 4 for `4xx`. Ranges include both ends. */
export type ValueTest<V> =
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly value: V }
  | { readonly kind: 'between'; readonly from: V | null; readonly to: V | null }
  | { readonly kind: 'class'; readonly hundreds: number };

export type RequestFilter = { readonly negated: boolean } & (
  | { readonly kind: 'text'; readonly field: TextField; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly field: NumberField; readonly tests: readonly ValueTest<number>[] }
  | { readonly kind: 'cost'; readonly tests: readonly ValueTest<bigint>[] }
  | { readonly kind: 'tag'; readonly name: string; readonly values: readonly string[] | null }
  | { readonly kind: 'flag'; readonly field: FlagField; readonly value: boolean }
);

const QUERY_PROBLEM_CODES = [
  'unknown-field',
  'needs-value',
  'not-a-number',
  'not-an-amount',
  'not-a-flag',
  'bad-tag',
  'bad-quote',
  'empty-range',
  'one-value',
  'too-many-terms',
  'too-many-values',
  'pattern-too-wide',
  'too-long',
] as const;
export type QueryProblemCode = (typeof QUERY_PROBLEM_CODES)[number];

/** What cannot be read, and where it stands in the text. */
export interface QueryProblem {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  readonly code: QueryProblemCode;
  readonly field: string;
  readonly got: string;
}

export interface QueryTerm {
  readonly start: number;
  readonly end: number;
  readonly filter: RequestFilter;
}

export interface ReadQuery {
  readonly terms: readonly QueryTerm[];
  readonly problems: readonly QueryProblem[];
}

export class RequestQueryError extends Error {
  override readonly name = 'RequestQueryError';
  readonly problem: QueryProblem;

  constructor(problem: QueryProblem) {
    super(`Cannot read the query: ${RULE[problem.code](problem)}`);
    this.problem = problem;
  }
}

const MAX_LENGTH = 1_000;
const MAX_TERMS = 20;
/** Of one term: each pattern is asked of every name that there is. */
const MAX_VALUES = 20;
const MAX_PATTERN_LENGTH = 100;
const MAX_WILDCARDS = 5;

const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
const RULE: Readonly<Record<QueryProblemCode, (problem: QueryProblem) => string>> = {
  'unknown-field': ({ field }) => `there is no field ${quoted(field)}`,
  'needs-value': ({ field }) => (field === '' ? 'a value is missing' : `${field} needs a value`),
  'not-a-number': ({ field, got }) =>
    `${field} must be a number, a comparison such as >=400 or a range such as 400..499, got ${quoted(got)}`,
  'not-an-amount': ({ got }) =>
    `cost must be an amount in USD, a comparison such as >0.01 or a range such as 0.01..0.5, got ${quoted(got)}`,
  'not-a-flag': ({ field, got }) => `${field} must be true or false, got ${quoted(got)}`,
  'bad-tag': ({ got }) => `tag must be NAME, NAME=VALUE or NAME=VALUE,VALUE, got ${quoted(got)}`,
  'bad-quote': ({ got }) => `quotes must enclose a whole value, from ${quoted(got)}`,
  'empty-range': ({ got }) => `a range must begin below its end, got ${quoted(got)}`,
  'one-value': ({ field, got }) => `${field} takes one value, got ${quoted(got)}`,
  'too-many-terms': () => `at most ${MAX_TERMS} terms`,
  'too-many-values': ({ field }) => `${field} takes at most ${MAX_VALUES} values`,
  'pattern-too-wide': ({ got }) =>
    `a pattern has at most ${MAX_WILDCARDS} runs of * and ${MAX_PATTERN_LENGTH} characters, got ${quoted(got)}`,
  'too-long': () => `at most ${MAX_LENGTH} characters`,
};

/** @throws {RequestQueryError} with the first term that cannot be read. */
export function parseRequestQuery(text: string): RequestFilter[] {
  const { terms, problems } = readRequestQuery(text);
  const [first] = problems;
  if (first !== undefined) throw new RequestQueryError(first);
  return terms.map(({ filter }) => filter);
}

/** Reads as much as can be read. Never throws. */
export function readRequestQuery(text: string): ReadQuery {
  if (text.length > MAX_LENGTH) {
    const problem = { start: MAX_LENGTH, end: text.length, code: 'too-long', field: '', got: '' } as const;
    return { terms: [], problems: [problem] };
  }
  const terms: QueryTerm[] = [];
  const problems: QueryProblem[] = [];
  for (const { start, end } of splitTerms(text)) {
    if (terms.length + problems.length === MAX_TERMS) {
      problems.push({ start, end, code: 'too-many-terms', field: '', got: '' });
      break;
    }
    const read = readTerm(text.slice(start, end));
    if ('code' in read) problems.push({ start, end, ...read });
    else terms.push({ start, end, filter: read });
  }
  return { terms, problems };
}

export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where terms stand: between white space, which within quotes belongs to its term. */
export function splitTerms(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at])) {
      at++;
      continue;
    }
    const start = at;
    let inQuotes = false;
    for (; at < text.length && (inQuotes || !isSpace(text[at])); at++) {
      if (text[at] === '"') inQuotes = !inQuotes;
      else if (text[at] === '\\' && inQuotes) at++;
    }
    at = Math.min(at, text.length);
    spans.push({ start, end: at });
  }
  return spans;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

type TermProblem = Omit<QueryProblem, 'start' | 'end'>;
type TermRead = RequestFilter | TermProblem;

const TERM = /^(-?)(?:([a-zA-Z]+):)?(.*)$/s;

function readTerm(term: string): TermRead {
  const [, minus, field, list = ''] = TERM.exec(term) ?? [];
  const negated = minus === '-';
  const name = (field ?? 'id').toLowerCase();
  if (!isOneOf(QUERY_FIELDS, name)) return problem('unknown-field', field ?? '', field ?? '');
  const items = splitItems(list);
  if (items === undefined) return problem('bad-quote', name, list);
  if (items.some(({ text, quoted: isQuoted }) => text === '' && !isQuoted)) {
    return problem('needs-value', field === undefined ? '' : name, list);
  }
  const values = items.map(({ text }) => text);
  if (values.length > MAX_VALUES) return problem('too-many-values', name, '');
  const wide = name === 'tag' || isOneOf(TEXT_FIELDS, name) ? values.find(isTooWide) : undefined;
  if (wide !== undefined) return problem('pattern-too-wide', name, wide);
  if (isOneOf(TEXT_FIELDS, name)) return { negated, kind: 'text', field: name, values };
  if (isOneOf(NUMBER_FIELDS, name)) {
    const tests = readTests(values, name, numberReader(name));
    return Array.isArray(tests)
      ? { negated, kind: 'number', field: name, tests }
      : problem(tests.code, name, tests.got);
  }
  if (isOneOf(FLAG_FIELDS, name)) return readFlag(negated, name, values);
  if (name === 'tag') return readTag(negated, values);
  const tests = readTests(values, 'cost', readAmount);
  return Array.isArray(tests)
    ? { negated, kind: 'cost', tests }
    : problem(tests.code === 'not-a-number' ? 'not-an-amount' : tests.code, 'cost', tests.got);
}

/** Only patterns: a whole value costs the same, however long. */
function isTooWide(value: string): boolean {
  const wildcards = value.match(/\*+/g)?.length ?? 0;
  return wildcards > 0 && (wildcards > MAX_WILDCARDS || value.length > MAX_PATTERN_LENGTH);
}

interface Item {
  readonly text: string;
  readonly quoted: boolean;
}

const ITEM = /(?:"((?:[^"\\]|\\.)*)"|([^",]*))(,|$)/sy;

/** @returns Undefined where a quote does not enclose a whole value. */
function splitItems(list: string): Item[] | undefined {
  const items: Item[] = [];
  let at = 0;
  for (;;) {
    ITEM.lastIndex = at;
    const match = ITEM.exec(list);
    if (match === null) return undefined;
    const isQuoted = match[1] !== undefined;
    items.push({ text: isQuoted ? unquoted(match[1] ?? '') : (match[2] ?? ''), quoted: isQuoted });
    at = ITEM.lastIndex;
    if (match[3] === '') return items;
  }
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(["\\])/g, '$1');
}

function readFlag(negated: boolean, field: FlagField, values: readonly string[]): TermRead {
  const [value, ...more] = values;
  if (more.length > 0) return problem('one-value', field, values.join(','));
  if (value !== 'true' && value !== 'false') return problem('not-a-flag', field, value ?? '');
  return { negated, kind: 'flag', field, value: value === 'true' };
}

/** `tag:project` for any value, `tag:project=search` for one, `tag:project=search,chat` for either. */
function readTag(negated: boolean, values: readonly string[]): TermRead {
  const [first = '', ...more] = values;
  const equals = first.indexOf('=');
  const name = equals === -1 ? first : first.slice(0, equals);
  if (name === '' || (equals === -1 && more.length > 0)) return problem('bad-tag', 'tag', values.join(','));
  return { negated, kind: 'tag', name, values: equals === -1 ? null : [first.slice(equals + 1), ...more] };
}

interface TestProblem {
  readonly code: 'not-a-number' | 'empty-range';
  readonly got: string;
}

const COMPARED = /^(>=|<=|>|<|=)?(.+)$/s;

function readTests<V extends number | bigint>(
  values: readonly string[],
  field: string,
  read: (text: string) => V | undefined,
): ValueTest<V>[] | TestProblem {
  const tests: ValueTest<V>[] = [];
  for (const text of values) {
    const test = readTest(text, field, read);
    if (test === undefined) return { code: 'not-a-number', got: text };
    if (test.kind === 'between' && test.from !== null && test.to !== null && test.from > test.to) {
      return { code: 'empty-range', got: text };
    }
    tests.push(test);
  }
  return tests;
}

function readTest<V extends number | bigint>(
  text: string,
  field: string,
  read: (text: string) => V | undefined,
): ValueTest<V> | undefined {
  const hundreds = field === 'status' ? /^([1-5])xx$/i.exec(text)?.[1] : undefined;
  if (hundreds !== undefined) return { kind: 'class', hundreds: Number(hundreds) };
  const dots = text.indexOf('..');
  if (dots !== -1) {
    const [low, high] = [text.slice(0, dots), text.slice(dots + 2)];
    const from = low === '' ? null : read(low);
    const to = high === '' ? null : read(high);
    if (from === undefined || to === undefined || (from === null && to === null)) return undefined;
    return { kind: 'between', from, to };
  }
  const match = COMPARED.exec(text);
  const value = match === null ? undefined : read(match[2] ?? '');
  if (value === undefined) return undefined;
  return { kind: 'compare', comparison: (match?.[1] ?? '=') as Comparison, value };
}

/** Durations are milliseconds; `s` behind them makes seconds of them. */
function numberReader(field: NumberField): (text: string) => number | undefined {
  const isDuration = field === 'latency' || field === 'ttft';
  return (text) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    const [, amount, unit] = (isDuration && /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)$/.exec(text)) || [];
    if (amount === undefined) return undefined;
    const ms = Math.round(Number(amount) * (unit === 's' ? 1_000 : 1));
    return ms < 1_000_000_000 ? ms : undefined;
  };
}

function readAmount(text: string): bigint | undefined {
  try {
    return parseUsdSum(text);
  } catch (error) {
    if (error instanceof RangeError || error instanceof InvalidUsdError) return undefined;
    throw error;
  }
}

/** The filters as people would type them; `parseRequestQuery` gives the same filters back. */
export function printRequestQuery(filters: readonly RequestFilter[]): string {
  return filters.map(printFilter).join(' ');
}

function printFilter(filter: RequestFilter): string {
  return `${filter.negated ? '-' : ''}${printPositive(filter)}`;
}

function printPositive(filter: RequestFilter): string {
  switch (filter.kind) {
    case 'text':
      return `${filter.field}:${filter.values.map(printValue).join(',')}`;
    case 'number':
      return `${filter.field}:${filter.tests.map((test) => printTest(test, String)).join(',')}`;
    case 'cost':
      return `cost:${filter.tests.map((test) => printTest(test, (value) => formatUsd(picoUsdSum(value)))).join(',')}`;
    case 'tag': {
      const [first, ...more] = filter.values ?? [];
      const head = first === undefined ? filter.name : `${filter.name}=${first}`;
      return `tag:${[head, ...more].map(printValue).join(',')}`;
    }
    case 'flag':
      return `${filter.field}:${filter.value}`;
    default:
      return filter satisfies never;
  }
}

function printTest<V>(test: ValueTest<V>, print: (value: V) => string): string {
  switch (test.kind) {
    case 'compare':
      return `${test.comparison === '=' ? '' : test.comparison}${print(test.value)}`;
    case 'between':
      return `${test.from === null ? '' : print(test.from)}..${test.to === null ? '' : print(test.to)}`;
    case 'class':
      return `${test.hundreds}xx`;
    default:
      return test satisfies never;
  }
}

/** A value as it stands in a term: in quotes where it must. */
export function printValue(value: string): string {
  if (value !== '' && !/[\s",]/.test(value)) return value;
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function isOneOf<T extends string>(list: readonly T[], value: string): value is T {
  return (list as readonly string[]).includes(value);
}

function problem(code: QueryProblemCode, field: string, got: string): TermProblem {
  return { code, field, got };
}
