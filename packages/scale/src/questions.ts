/** What the console asks while people work: one list for the measurement, by the routes that the pages call. */
import type { Dimensions } from './people-and-keys.ts';
import type { SeededRandom } from './random.ts';

export interface Question {
  readonly name: string;
  /** Asked anew each time, so that no answer is warm by chance. */
  readonly path: (random: SeededRandom) => string;
}

const DAY_MS = 86_400_000;

export function usageQuestions(nowMs: number, dimensions: Dimensions): Question[] {
  // From midnight to midnight, as the console asks.
  const midnightMs = Math.ceil(nowMs / DAY_MS) * DAY_MS;
  const monthMs = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth(), 1);
  const last = (days: number): string => `from=${iso(midnightMs - days * DAY_MS)}&to=${iso(midnightMs)}`;
  const team = (random: SeededRandom): string => random.pick(dimensions.teams).id;
  const key = (random: SeededRandom): string => random.pick(dimensions.keys.slice(0, 200)).id;
  return [
    { name: 'usage of a day by the hour', path: () => `/usage?${last(1)}&interval=hour` },
    {
      name: 'usage of 7 days by the hour and model',
      path: () => `/usage?${last(7)}&interval=hour&groupBy=model`,
    },
    { name: 'usage of 30 days by the day', path: () => `/usage?${last(30)}&interval=day` },
    {
      name: 'usage of 30 days by the day and model',
      path: () => `/usage?${last(30)}&interval=day&groupBy=model`,
    },
    {
      name: 'usage of 30 days by the day and provider',
      path: () => `/usage?${last(30)}&interval=day&groupBy=provider`,
    },
    { name: 'usage of 30 days by team', path: () => `/usage?${last(30)}&groupBy=team` },
    {
      name: 'usage of 30 days by the day, the 100 dearest keys and the rest',
      path: () => `/usage?${last(30)}&interval=day&groupBy=key&top=100`,
    },
    {
      name: 'usage of 30 days, the 100 dearest keys and the rest',
      path: () => `/usage?${last(30)}&groupBy=key&top=100`,
    },
    {
      name: 'this month up to now, the 6 dearest keys',
      path: () => `/usage?from=${iso(monthMs)}&groupBy=key&timeZone=UTC&top=6`,
    },
    { name: 'usage of 30 days by key, all of them', path: () => `/usage?${last(30)}&groupBy=key` },
    { name: 'usage of 30 days by cost centre', path: () => `/usage?${last(30)}&groupBy=costCenter` },
    {
      name: 'usage of 30 days by the day, the 100 dearest end users and the rest',
      path: () => `/usage?${last(30)}&interval=day&groupBy=endUser&top=100`,
    },
    {
      name: 'usage of 30 days by end user, the first 10,000',
      path: () => `/usage?${last(30)}&groupBy=endUser`,
    },
    { name: 'usage of 30 days by tag', path: () => `/usage?${last(30)}&groupBy=tag:env` },
    { name: 'usage of 90 days by the month', path: () => `/usage?${last(90)}&interval=month` },
    {
      name: 'usage of 90 days by the month and model',
      path: () => `/usage?${last(90)}&interval=month&groupBy=model`,
    },
    {
      name: 'one team, 30 days by the day',
      path: (random) => `/usage?${last(30)}&interval=day&teamId=${team(random)}`,
    },
    {
      name: 'one key, 30 days by the day and status',
      path: (random) => `/usage?${last(30)}&interval=day&keyId=${key(random)}&groupBy=status`,
    },
  ];
}

export function requestQuestions(dimensions: Dimensions, models: readonly string[]): Question[] {
  const q = (text: string): string => `/requests?limit=50&q=${encodeURIComponent(text)}`;
  return [
    { name: 'newest requests', path: () => '/requests?limit=50' },
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
  ];
}

export function listQuestions(dimensions: Dimensions): Question[] {
  return [
    { name: 'keys, newest first', path: () => '/keys?limit=50' },
    { name: 'keys by name', path: (random) => `/keys?limit=50&q=prod%20${random.below(500_000)}` },
    { name: 'keys by part of a name, many hits', path: () => '/keys?limit=50&q=search' },
    { name: 'keys of a team', path: (random) => `/keys?limit=50&teamId=${random.pick(dimensions.teams).id}` },
    { name: 'revoked keys', path: () => '/keys?limit=50&state=revoked' },
    { name: 'expired keys', path: () => '/keys?limit=50&state=expired' },
    { name: 'one key', path: (random) => `/keys/${random.pick(dimensions.keys).id}` },
    { name: 'teams', path: () => '/teams?limit=50' },
    { name: 'invoices', path: () => '/invoices?limit=50' },
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
