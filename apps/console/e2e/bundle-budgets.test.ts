/**
 * How much script a page may cost before it works. `bundle-budgets.json` has a limit for all and those of the few that
 * need more; raise one only with a reason, and load charts, editors and the like when they are wanted.
 */
import budgets from '../bundle-budgets.json' with { type: 'json' };
import { readFirstLoads } from './support/first-load.ts';
import { expect, test } from './support/test.ts';

const KIB = 1_024;

test('first-load scripts of every route stay within their budgets', () => {
  const loads = readFirstLoads();
  expect(loads.length).toBeGreaterThan(30);
  const routes: Readonly<Record<string, number>> = budgets.routesKib;
  const above = loads
    .map(({ route, gzipBytes }) => ({
      route,
      kib: Math.ceil(gzipBytes / KIB),
      budget: routes[route] ?? budgets.everyRouteKib,
    }))
    .filter(({ kib, budget }) => kib > budget)
    .map(({ route, kib, budget }) => `${route} loads ${kib} KiB at first, its budget is ${budget} KiB`);
  expect(above).toEqual([]);
  const unknown = Object.keys(routes).filter((route) => loads.every((load) => load.route !== route));
  expect(unknown, 'budgets of routes that are not there').toEqual([]);
});
