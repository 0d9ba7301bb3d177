/** From a row of usage to the requests behind it, and to the budgets of what it is about. Pure. */
import { printValue } from '@tollgate/api/request-query';
import { withQuery } from '../../api/query-key.ts';
import type { GroupBy } from './usage-chart.ts';
import type { UsageGroup } from './usage-figures.ts';
import type { FilterName, UsageQuestion } from './use-usage-question.ts';

/** What the explorer calls a dimension of usage, which counts each attempt under its own model and provider. */
const FIELD: Readonly<Record<Exclude<FilterName, 'tag'>, string>> = {
  team: 'team',
  key: 'key',
  model: 'attemptmodel',
  provider: 'attemptprovider',
  member: 'member',
  costCenter: 'costcenter',
  credential: 'credential',
  endpoint: 'endpoint',
  status: 'outcome',
  endUser: 'user',
};

type Asked = Pick<UsageQuestion, 'filters' | 'applies' | 'mode' | 'range'>;

/** The explorer with the same range and filters, and the values of the row. */
export function requestsLink({ filters, applies, mode, range }: Asked, group: UsageGroup): string {
  const own = group.parts.flatMap(({ groupBy, key }) => termsOf(groupBy, key));
  const grouped = new Set<string>(group.parts.map(({ groupBy }) => groupBy));
  const filtered = Object.entries(filters)
    .filter(([name]) => applies(name as FilterName) && !grouped.has(name))
    .flatMap(([name, values]) => filterTerms(name as FilterName, values));
  const terms = [
    ...own,
    ...filtered,
    ...(mode === 'all' ? [] : [`livemode:${mode === 'live'}`]),
    // Usage knows nothing of requests that were refused before anything was sent.
    'attempts:>=1',
  ];
  return withQuery('/requests', {
    q: [...new Set(terms)].join(' '),
    range: 'custom',
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
  });
}

function termsOf(groupBy: GroupBy, key: string): readonly string[] {
  if (groupBy === 'none') return [];
  if (groupBy.startsWith('tag:')) return [`tag:${printValue(`${groupBy.slice(4)}=${key}`)}`];
  return filterTerms(groupBy as FilterName, [key]);
}

function filterTerms(name: FilterName, values: readonly string[]): readonly string[] {
  return [`${name === 'tag' ? 'tag' : FIELD[name]}:${values.map(printValue).join(',')}`];
}

/** Kinds of budget scopes that are dimensions of usage. */
const BUDGET_SCOPE: readonly GroupBy[] = ['team', 'key', 'member', 'model', 'endUser'];

/** Budgets of the row's first dimension that can have one; undefined: none can. */
export function budgetsLink(group: UsageGroup): string | undefined {
  const part = group.parts.find(({ groupBy, key }) => BUDGET_SCOPE.includes(groupBy) && key !== '');
  if (part !== undefined) return withQuery('/budgets', { scope: part.groupBy, q: part.name });
  return group.parts.every(({ groupBy }) => groupBy === 'none') ? '/budgets?scope=organization' : undefined;
}
