/** What the editor offers is what routing serves: its table is read from the source, for a browser cannot have its package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROUTE_ENDPOINTS } from './route-endpoints.ts';

const SOURCE = join(import.meta.dirname, '../../../../../packages/routing/src/served-endpoints.ts');

it('conditions and tests of a route know the endpoints that go by routes, and no others', () => {
  const [, table = ''] = /ROUTED_ENDPOINTS = \{([^}]*)\}/.exec(readFileSync(SOURCE, 'utf8')) ?? [];
  const routed = [...table.matchAll(/^\s*'?([\w.]+)'?:/gm)].map(([, name]) => name);
  expect([...ROUTE_ENDPOINTS].toSorted()).toEqual(routed.toSorted());
});
