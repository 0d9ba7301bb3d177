/** A short name for addresses and exports: `Suche & Öl` becomes `suche-oel`. The API has the last word. */
const MAX_LENGTH = 40;
const SPELLED_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o' };

export function toSlug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[äöüßæø]/g, (letter) => SPELLED_OUT[letter] ?? letter)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, '');
}
