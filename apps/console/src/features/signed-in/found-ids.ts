/** What somebody pastes into the palette: an id opens its page, and nothing is asked for it. Pure. */

const PAGE_OF_ID: Readonly<Record<string, string>> = {
  req: '/requests/',
  key: '/keys/',
  team: '/teams/',
  inv: '/invoices/',
};

const ID = /^([a-z]{3,4})_[1-9A-HJ-NP-Za-km-z]{16,}$/;

/** @returns Where the thing with this id is shown; undefined for anything else than an id. */
export function pageOfId(typed: string): string | undefined {
  const [id, prefix = ''] = ID.exec(typed.trim()) ?? [];
  const page = PAGE_OF_ID[prefix];
  return id === undefined || page === undefined ? undefined : `${page}${id}`;
}

/** Numbers of invoices have three digits in a row at least; names of people and machines hardly ever do. */
export const isNumberLike = (typed: string): boolean => /\d{3,}/.test(typed);
