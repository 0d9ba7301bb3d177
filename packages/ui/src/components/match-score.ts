/** How well an entry of the palette fits what was typed, in cmdk's words: entries and groups stand by it, ties as they came. */
const MATCHED = '\u0000matched';

interface Entry {
  readonly label: string;
  readonly keywords?: readonly string[];
}

/** @param group With `matched`, somebody else found its entries for what was typed. */
export function paletteKeywords(
  { label, keywords = [] }: Entry,
  group: { readonly matched?: boolean },
): string[] {
  return group.matched ? [MATCHED, label, ...keywords] : [label, ...keywords];
}

/**
 * The whole phrase at the start counts most, then at the start of a word, then every word somewhere; typos find nothing. What
 * somebody else found for another reason (in a text, by an id) is shown, below what is called so.
 */
export function matchScore(_value: string, search: string, keywords: readonly string[] = []): number {
  const isMatched = keywords[0] === MATCHED;
  const text = (isMatched ? keywords.slice(1) : keywords).join(' ').toLowerCase();
  const wanted = search.trim().toLowerCase();
  if (text.startsWith(wanted)) return 1;
  if (text.includes(` ${wanted}`)) return 0.9;
  if (wanted.split(/\s+/).every((word) => text.includes(word))) return 0.5;
  return isMatched ? 0.4 : 0;
}

interface Group {
  readonly items: readonly Entry[];
  readonly matched?: boolean;
}

/** Groups by their best entry, ties as they came; cmdk orders entries within a group only. */
export function orderGroups<G extends Group>(groups: readonly G[], query: string): readonly G[] {
  if (query.trim() === '') return groups;
  const best = new Map(
    groups.map((group) => [
      group,
      Math.max(0, ...group.items.map((item) => matchScore('', query, paletteKeywords(item, group)))),
    ]),
  );
  return groups.toSorted((left, right) => best.get(right)! - best.get(left)!);
}
