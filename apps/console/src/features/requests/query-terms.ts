/** Adds and removes single terms of the explorer's query, without understanding the rest of it. */
const TERM = /(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+/g;

/** Terms in order; spaces within quotes belong to their term. */
export function splitTerms(query: string): readonly string[] {
  return query.match(TERM) ?? [];
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
