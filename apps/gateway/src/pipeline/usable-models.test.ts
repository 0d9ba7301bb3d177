import { shortestMs } from '@tollgate/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';
import { nearNames, usableRoutes } from './usable-models.ts';

/** By the book: every name letter by letter. */
function nearest(asked: string, ids: readonly string[]): string[] {
  const wanted = asked.toLowerCase().slice(0, 80);
  const bound = Math.max(3, Math.floor(wanted.length * 0.6));
  return ids
    .map((id) => ({ id, distance: editsBetween(wanted, id.toLowerCase().slice(0, 80)) }))
    .filter(({ distance }) => distance <= bound)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

function editsBetween(left: string, right: string): number {
  if (left.includes(right) || right.includes(left)) return 1;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const change = letter === other ? 0 : 1;
      current.push(Math.min(previous[column + 1]! + 1, current[column]! + 1, previous[column]! + change));
    }
    previous = current;
  }
  return previous[right.length]!;
}

const name = fc.string({ unit: fc.constantFrom(...'gptoclaude-4.5/'), minLength: 1, maxLength: 30 });

describe('nearNames()', () => {
  it('are the three nearest, the first of those that are equally near', () => {
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { maxLength: 40 }), (asked, ids) => {
        const models = ids.map((id) => ({ id }));
        expect(nearNames(asked, models)).toEqual(nearest(asked, ids));
      }),
    );
  });

  it('[S3] among thousands do not hold up the other requests', async () => {
    const models = Array.from({ length: 2_600 }, (_, index) => ({
      id: `provider-${index % 30}/some-model-name-${index}-2026`,
    }));
    const asked = ['gpt-9', 'x'.repeat(40), 'y'.repeat(256)];
    for (const one of asked) nearNames(one, models);
    const cpuMs = (): Promise<number> => {
      const before = process.cpuUsage();
      for (const one of asked) nearNames(one, models);
      const { user, system } = process.cpuUsage(before);
      return Promise.resolve((user + system) / 1_000);
    };
    // Some 10 ms; 120 when each name was compared letter by letter.
    expect(await shortestMs(70, cpuMs)).toBeLessThan(70);
  });
});

describe('usableRoutes()', () => {
  const rows = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));

  function listed(models: number): { readonly count: number; readonly cpuMs: number } {
    const targets = (of: number) =>
      rows(50, (at) => ({ model: `m${(of * 50 + at) % models}`, credentialId: null, weight: 1 }));
    const routes = rows(200, (of) => ({
      name: `r${of}`,
      rules: [{ when: [], targets: targets(of) }],
      fallbacks: [],
    }));
    const own = rows(200, () => ({
      owner: 'organization',
      provider: 'openai',
      models: new Set(['m9', 'm10000']),
    }));
    const organization = { credentials: own, routes: new Map(routes.map((route) => [route.name, route])) };
    const platform = { credentials: [], models: new Map() };
    const before = process.cpuUsage();
    const found = usableRoutes(
      { models: new Set(models > 1_000 ? ['none'] : ['m9']), providers: null } as unknown as KeyEntry,
      organization as unknown as OrganizationPolicy,
      platform as unknown as PlatformPolicy,
    );
    const { user, system } = process.cpuUsage(before);
    return { count: found.length, cpuMs: (user + system) / 1_000 };
  }

  it('lists the newest of many routes, too, and [S3] does not hold up the other requests', async () => {
    expect(listed(50).count).toBe(200);
    const cpuMs = (): Promise<number> => {
      const all = listed(10_000);
      expect(all.count).toBe(0);
      return Promise.resolve(all.cpuMs);
    };
    expect(await shortestMs(200, cpuMs)).toBeLessThan(200);
  });
});
