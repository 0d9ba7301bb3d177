import { shortestMs } from '@tollgate/testing';
import { describe, expect, it } from 'vitest';
import { holdsKey } from './authenticate.ts';

describe('holdsKey()', () => {
  it.each([
    ['/v1/models?key=abc', true],
    ['/v1/models?a=1&API_KEY=abc', true],
    ['/v1/models?whatever=tgk_abc', true],
    ['/v1/models?a=b&c=tga_abc', true],
    ['/v1beta/models/x:streamGenerateContent?alt=sse', false],
    ['/v1/models?monkey=1&tokens=2', false],
  ])('of %s is %s', (url, expected) => {
    expect(holdsKey(url)).toBe(expected);
  });

  it('[G1] of the longest URL is told at once: nobody without a key may hold up everybody else', async () => {
    const urls = ['?', '&', '?a', '?a=tg', '?key'].map((part) => `/${part.repeat(32_000 / part.length)}`);
    const askAll = (): Promise<number> => {
      const startedMs = performance.now();
      for (const url of urls) expect(holdsKey(url)).toBe(false);
      return Promise.resolve(performance.now() - startedMs);
    };
    // Some 600 ms each when it went over the rest of the URL from every question mark.
    expect(await shortestMs(100, askAll)).toBeLessThan(100);
  });
});
