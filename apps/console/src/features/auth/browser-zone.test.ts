import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserZone } from './auth-api.ts';

afterEach(() => vi.unstubAllEnvs());

describe('browserZone()', () => {
  it('is where the browser is, so that a new organization counts its months there', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    expect(browserZone()).toEqual({ timeZone: 'Asia/Tokyo' });
  });

  it('says nothing where the zone is none that the API knows: UTC holds then', () => {
    vi.stubEnv('TZ', 'UTC');
    expect(browserZone()).toEqual({});
  });
});
