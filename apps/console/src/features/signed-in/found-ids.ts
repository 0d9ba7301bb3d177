/** What somebody pastes into the palette: an id opens its page, and nothing is asked for it. Pure. */

/** What stands before the id in the address of what it names. */
const PAGE_OF_ID: Readonly<Record<string, string>> = {
  req: '/requests/',
  key: '/keys/',
  team: '/teams/',
  inv: '/invoices/',
  route: '/routes/',
  bud: '/budgets?open=',
  lim: '/rate-limits?open=',
  cred: '/providers?q=',
  sa: '/service-accounts?open=',
  mem: '/members?q=',
  cn: '/invoices?kind=notes&note=',
  alr: '/alerts?open=',
  wh: '/alerts?tab=webhooks&endpoint=',
  evt: '/settings/audit-log?event=',
};

const ID = /^([a-z]{2,5})_[1-9A-HJ-NP-Za-km-z]{16,}$/;

/** @returns Where the thing with this id is shown; undefined for anything else than an id. */
export function pageOfId(typed: string): string | undefined {
  const [id, prefix = ''] = ID.exec(typed.trim()) ?? [];
  const page = Object.hasOwn(PAGE_OF_ID, prefix) ? PAGE_OF_ID[prefix] : undefined;
  return id === undefined || page === undefined ? undefined : `${page}${id}`;
}

/** Numbers of invoices have three digits in a row at least; names of people and machines hardly ever do. */
export const isNumberLike = (typed: string): boolean => /\d{3,}/.test(typed);
