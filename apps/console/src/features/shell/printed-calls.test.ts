/**
 * Every call that a screen writes down, and every list that it saves as a file, held against the API's own description: who
 * pastes it must not be told that there is no such route, or no such filter.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DescribedRoute, readDescribedRoutes } from '../../api/described-routes.ts';
import { type WrittenCall, writtenCalls } from './read-paths.ts';

const SOURCE = join(import.meta.dirname, '../..');

/** They draw what others give them. */
const WRITERS = ['features/shell/show-api-call.tsx', 'features/common/list-csv.tsx'];

let routes: readonly DescribedRoute[];
beforeAll(async () => {
  routes = await readDescribedRoutes();
});

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path);
    return entry.name.endsWith('.tsx') ? [path] : [];
  });
}

const files = listFiles(SOURCE);

function written(component: string) {
  return files
    .map((path) => ({ file: path.slice(SOURCE.length + 1), path }))
    .filter(({ file }) => !WRITERS.includes(file))
    .flatMap(({ file, path }) => writtenCalls(path, component, files).map((call) => ({ file, call })));
}

/** @returns What is wrong with a call; undefined where the API would answer it. */
function faultOf({ method, route, names, hasBody }: WrittenCall): string | undefined {
  const found = routes.find((each) => each.method === method && each.path === route);
  if (found === undefined) return `${method} ${route}: no such route`;
  if (hasBody && method === 'GET') return `${method} ${route}: a body that nobody reads`;
  const unknown = names.filter((name) => !found.filters.has(name));
  return unknown.length === 0 ? undefined : `${method} ${route}: no filter ${unknown.join(', ')}`;
}

const faultsOf = (calls: ReturnType<typeof written>) =>
  calls.flatMap(({ file, call }) => {
    const fault = faultOf(call);
    return fault === undefined ? [] : [`${fault} (${file})`];
  });

describe('what is written down to be asked by others', () => {
  it('is a call that the API answers, with filters that it takes', () => {
    const printed = written('ShowApiCall');
    expect(printed.length).toBeGreaterThan(60);
    expect(faultsOf(printed)).toEqual([]);
  });

  it('is a list that the API has, with filters that it takes, where it is saved as a file', () => {
    const saved = written('ListCsv');
    expect(saved.length).toBeGreaterThan(10);
    expect(faultsOf(saved)).toEqual([]);
  });
});
