import { describe, expect, it } from 'vitest';
import { RequestLookUps } from './request-look-ups.ts';

describe('RequestLookUps', () => {
  it('[G1] refuses who looks up too many at once, not the others, and lets in again when some are done', async () => {
    const lookUps = new RequestLookUps();
    const { promise, resolve } = Promise.withResolvers<void>();
    const codes = new Map<string, number>();
    const ask = (keyId: string): Promise<void> =>
      lookUps
        .run(keyId, () => promise)
        .catch((error: { code: string }) => {
          codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
        });
    const asked = Array.from({ length: 40 }, () => ask('key_flood'));
    for (let other = 0; other < 7; other += 1) {
      asked.push(...Array.from({ length: 16 }, () => ask(`key_${other}`)));
    }
    asked.push(ask('key_late'));
    await Promise.resolve();
    resolve();
    await Promise.all(asked);
    expect(Object.fromEntries(codes)).toEqual({ capacity_share_exceeded: 24, service_unavailable: 1 });
    expect(await lookUps.run('key_flood', () => Promise.resolve('found'))).toBe('found');
  });
});
