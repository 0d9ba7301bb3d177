import { describe, expect, it } from 'vitest';
import { safeNextPath, takeProblem, withNext, withProblem } from './next-path.ts';

describe('safeNextPath()', () => {
  it.each([
    ['/keys?state=active', '/keys?state=active'],
    ['/requests/req_1#tokens', '/requests/req_1#tokens'],
    ['/a/../keys', '/keys'],
    ['/settings/single-sign-on', '/settings/single-sign-on'],
  ])('keeps %s, a path of this console', (next, path) => {
    expect(safeNextPath(next)).toBe(path);
  });

  it.each([
    ['nothing', null],
    ['another origin', 'https://evil.example/'],
    ['a scheme-relative address', '//evil.example'],
    ['a backslash that browsers read as a slash', String.raw`/\evil.example`],
    ['a dot segment that resolves to two slashes', '/.//evil.example'],
    ['a tab that browsers drop', '/\t/evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['the sign-in page itself', '/sign-in?next=/'],
    ['the sign-out page', '/sign-out'],
    ['the page that leads to an identity provider', '/single-sign-on?next=/keys'],
    ['an answer of the API', '/api/v1/me'],
    ['an endless text', `/${'a'.repeat(3_000)}`],
  ])('goes to the overview instead of %s', (_name, next) => {
    expect(safeNextPath(next)).toBe('/');
  });
});

describe('withNext()', () => {
  it('carries the path to the other page, and nothing when it is the overview', () => {
    expect(withNext('/sign-up', '/keys?q=a')).toBe('/sign-up?next=%2Fkeys%3Fq%3Da');
    expect(withNext('/sign-up', '/')).toBe('/sign-up');
    expect(withNext('/sign-in', '/keys')).toBe('/sign-in?next=%2Fkeys');
  });
});

describe('withProblem()', () => {
  it('goes with the path, and is taken out of it again', () => {
    const told = withProblem('/keys?state=active', 'provider_unreachable');
    expect(told).toBe('/keys?state=active&problem=provider_unreachable');
    expect(takeProblem(told)).toEqual({ path: '/keys?state=active', problem: 'provider_unreachable' });
    expect(takeProblem('/keys?state=active')).toEqual({ path: '/keys?state=active', problem: undefined });
  });

  it('is a code, and nothing else that an address may hold', () => {
    expect(withProblem('/keys', undefined)).toBe('/keys');
    expect(withProblem('/keys', '<script>')).toBe('/keys');
  });
});
