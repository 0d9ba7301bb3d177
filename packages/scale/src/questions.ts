/** What the console asks while people work, by the page that asks it; and what programs read that want everything. */
import type { Dimensions } from './people-and-keys.ts';
import type { SeededRandom } from './random.ts';

export interface Question {
  readonly name: string;
  /** The page of the console that asks it; `listing`: nobody looks at all of it, programs read it. */
  readonly page: string;
  /** Asked anew each time, so that no answer is warm by chance. */
  readonly path: (random: SeededRandom) => string;
}

const DAY_MS = 86_400_000;
/** So many groups the usage page asks for; fewer by the hour of a week (apps/console/src/features/usage/use-usage-question.ts). */
const MOST = 50;
const MOST_BY_HOUR = 9;
const KEYS_PER_PAGE = 50;

/** Each dashboard in one place, with what its page asks. */
export function usageQuestions(nowMs: number, dimensions: Dimensions, models: readonly string[]): Question[] {
  const { whole, before, month, last } = rangesOf(nowMs);
  const team = (random: SeededRandom): string => random.pick(dimensions.teams.slice(0, 50)).id;
  const key = (random: SeededRandom): string => random.pick(dimensions.keys.slice(0, 200)).id;
  const keys = (random: SeededRandom): string => {
    const first = random.below(Math.max(1, dimensions.keys.length - KEYS_PER_PAGE));
    return dimensions.keys
      .slice(first, first + KEYS_PER_PAGE)
      .map(({ id }) => id)
      .join();
  };
  const topOfNow = whole.replace('from=', 'topFrom=').replace('to=', 'topTo=');
  const on =
    (page: string) =>
    (name: string, path: string | ((random: SeededRandom) => string)): Question => ({
      page,
      name,
      path: typeof path === 'string' ? () => path : path,
    });
  const usage = on('usage');
  const overview = on('overview');
  return [
    overview(
      'this month by the day, 6 dearest models',
      `/usage?${month}&interval=day&groupBy=model&timeZone=UTC&top=6`,
    ),
    overview('today by the hour and outcome', `/usage?${last(1)}&interval=hour&groupBy=status&timeZone=UTC`),
    ...['team', 'key'].map((by) =>
      overview(`this month, the 6 dearest by ${by}`, `/usage?${month}&groupBy=${by}&timeZone=UTC&top=6`),
    ),
    usage(
      'a day by the hour, 50 dearest models',
      `/usage?${last(1)}&interval=hour&groupBy=model&top=${MOST}`,
    ),
    usage(
      '7 days by the hour, 9 dearest models',
      `/usage?${last(7)}&interval=hour&groupBy=model&top=${MOST_BY_HOUR}`,
    ),
    ...['model', 'provider', 'team', 'costCenter', 'key', 'endUser', 'tag:env', 'team,model'].flatMap(
      (by) => [
        usage(
          `30 days by the day, 50 dearest by ${by}`,
          `/usage?${whole}&interval=day&groupBy=${by}&top=${MOST}`,
        ),
        usage(
          `the 30 days before by the day, the same by ${by}`,
          `/usage?${before}&interval=day&groupBy=${by}&top=${MOST}&${topOfNow}`,
        ),
      ],
    ),
    usage(
      '90 days by the month, 50 dearest keys',
      `/usage?${last(90)}&interval=month&groupBy=key&top=${MOST}`,
    ),
    usage('30 days by the day', `/usage?${whole}&interval=day`),
    usage('one team, 30 days by the day', (random) => `/usage?${whole}&interval=day&teamId=${team(random)}`),
    usage(
      'one model, 30 days by the day, 50 dearest teams',
      (random) =>
        `/usage?${whole}&interval=day&groupBy=team&model=${encodeURIComponent(random.pick(models))}&top=${MOST}`,
    ),
    usage(
      'one team, 30 days by the day, 50 dearest keys',
      (random) => `/usage?${whole}&interval=day&groupBy=key&teamId=${team(random)}&top=${MOST}`,
    ),
    on('keys')('30 days of 50 keys', (random) => `/usage?${whole}&groupBy=key&keyId=${keys(random)}`),
    on('key')(
      '30 days by the day and outcome',
      (random) => `/usage?${whole}&interval=day&keyId=${key(random)}&groupBy=status&timeZone=UTC`,
    ),
    on('teams')('this month by team', `/usage?${month}&groupBy=team`),
    on('team')(
      'this month by the day, 7 dearest models',
      (random) => `/usage?${month}&interval=day&groupBy=model&teamId=${team(random)}&top=7`,
    ),
  ];
}

/** All that there is, page by page or in one answer. */
export function listingQuestions(nowMs: number): Question[] {
  const { whole } = rangesOf(nowMs);
  return ['key', 'endUser'].flatMap((by): Question[] => [
    {
      page: 'listing',
      name: `30 days by ${by}, a page of 200`,
      path: () => `/usage?${whole}&groupBy=${by}&limit=200`,
    },
    {
      page: 'listing',
      name: `30 days by ${by}, up to 10,000 at once`,
      path: () => `/usage?${whole}&groupBy=${by}`,
    },
  ]);
}

function rangesOf(nowMs: number) {
  // From midnight to midnight, as the console asks.
  const midnightMs = Math.ceil(nowMs / DAY_MS) * DAY_MS;
  const monthMs = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth(), 1);
  const span = (fromMs: number, toMs: number): string => `from=${iso(fromMs)}&to=${iso(toMs)}`;
  const last = (days: number): string => span(midnightMs - days * DAY_MS, midnightMs);
  const whole = last(30);
  // As long as what has passed of the range, right before it.
  const before = span(midnightMs - 60 * DAY_MS, nowMs - 30 * DAY_MS);
  return { whole, before, last, month: `from=${iso(monthMs)}` };
}

export function requestQuestions(dimensions: Dimensions, models: readonly string[]): Question[] {
  const q = (text: string): string => `/requests?limit=50&q=${encodeURIComponent(text)}`;
  return pagesOf('requests', [
    { name: 'newest requests', path: () => '/requests?limit=50' },
    { name: 'histogram and facets of 30 days', path: () => '/requests/summary' },
    { name: 'requests of one model', path: (random) => q(`model:${random.pick(models)}`) },
    { name: 'requests of a team', path: (random) => q(`team:${random.pick(dimensions.teams).id}`) },
    { name: 'requests of a key', path: (random) => q(`key:${random.pick(dimensions.keys).id}`) },
    { name: 'failed requests', path: () => q('status:>=500') },
    { name: 'dear requests', path: () => q('cost:>0.5') },
    { name: 'requests of one end user', path: (random) => q(`user:user-${random.below(20_000)}`) },
    {
      name: 'a needle: status, team and model',
      path: (random) =>
        q(`status:>=500 team:${random.pick(dimensions.teams).id} model:${random.pick(models)}`),
    },
  ]);
}

export function listQuestions(nowMs: number, dimensions: Dimensions): Question[] {
  const now = new Date(nowMs);
  // The month that has ended.
  const month = iso(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15));
  return [
    ...pagesOf('keys', [
      { name: 'keys, newest first', path: () => '/keys?limit=50' },
      { name: 'keys by name', path: (random) => `/keys?limit=50&q=prod%20${random.below(500_000)}` },
      { name: 'keys by part of a name, many hits', path: () => '/keys?limit=50&q=search' },
      {
        name: 'keys of a team',
        path: (random) => `/keys?limit=50&teamId=${random.pick(dimensions.teams).id}`,
      },
      { name: 'revoked keys', path: () => '/keys?limit=50&state=revoked' },
      { name: 'expired keys', path: () => '/keys?limit=50&state=expired' },
    ]),
    { page: 'key', name: 'one key', path: (random) => `/keys/${random.pick(dimensions.keys).id}` },
    { page: 'teams', name: 'teams', path: () => '/teams?limit=50&figures=true' },
    { page: 'invoices', name: 'invoices', path: () => '/invoices?limit=50' },
    { page: 'chargeback', name: 'a month by cost centre', path: () => `/chargeback?at=${month}` },
    { page: 'month close', name: 'the steps of a month', path: () => `/month-close?at=${month}` },
    { page: 'prices', name: 'models without a price', path: () => '/prices/unknown' },
  ];
}

function pagesOf(page: string, questions: readonly Omit<Question, 'page'>[]): Question[] {
  return questions.map((question) => ({ ...question, page }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
