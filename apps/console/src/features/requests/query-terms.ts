/** Adds and removes terms of the explorer's query, and leaves the rest of it as it was typed. */
import { printValue, readRequestQuery, splitTerms as spansOf } from '@tollgate/api/request-query';

/** Terms in order; spaces within quotes belong to their term. */
export function splitTerms(query: string): readonly string[] {
  return spansOf(query).map(({ start, end }) => query.slice(start, end));
}

export function hasTerm(query: string, term: string): boolean {
  return splitTerms(query).includes(term);
}

/** Adds the term at the end, or takes it away where it is. */
export function toggleTerm(query: string, term: string): string {
  const terms = splitTerms(query);
  const rest = terms.filter((one) => one !== term);
  return (rest.length === terms.length ? [...terms, term] : rest).join(' ');
}

/** The values that the query wants of a field, as they stand in one term without a minus. */
export function valuesOf(query: string, field: string): readonly string[] {
  const found = findTerm(query, field);
  return found?.values ?? [];
}

/** One value more of the field, or one less: several stand in one term and any of them may hold. */
export function toggleValue(query: string, field: string, value: string): string {
  const found = findTerm(query, field);
  if (found === undefined) return addTerm(query, `${field}:${printValue(value)}`);
  const values = found.values.includes(value)
    ? found.values.filter((one) => one !== value)
    : [...found.values, value];
  const term = values.length === 0 ? '' : `${field}:${values.map(printValue).join(',')}`;
  return [query.slice(0, found.start).trim(), term, query.slice(found.end).trim()]
    .filter((part) => part !== '')
    .join(' ');
}

/** Without the requests that have this value. */
export function excludeValue(query: string, field: string, value: string): string {
  const without = valuesOf(query, field).includes(value) ? toggleValue(query, field, value) : query;
  const term = `-${field}:${printValue(value)}`;
  return hasTerm(without, term) ? without : addTerm(without, term);
}

export function addTerm(query: string, term: string): string {
  return [query.trim(), term].filter((part) => part !== '').join(' ');
}

interface FoundTerm {
  readonly start: number;
  readonly end: number;
  readonly values: readonly string[];
}

function findTerm(query: string, field: string): FoundTerm | undefined {
  for (const { start, end, filter } of readRequestQuery(query).terms) {
    if (filter.negated) continue;
    if (filter.kind === 'text' && filter.field === field) return { start, end, values: filter.values };
    if (filter.kind === 'number' && filter.field === field) {
      const values = filter.tests.map((test) =>
        test.kind === 'compare' && test.comparison === '=' ? String(test.value) : undefined,
      );
      if (values.every((value) => value !== undefined)) return { start, end, values };
    }
  }
  return undefined;
}
