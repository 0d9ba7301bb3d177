import { describe, expect, it } from 'vitest';
import { standingsOf } from './credential-standing.ts';

const rows = (credential: string, outcomes: Readonly<Record<string, number>>) =>
  Object.entries(outcomes).map(([status, attempts]) => ({ credential, status, requests: 0, attempts }));

describe('standingsOf()', () => {
  it('knows a credential that is only fallen back to by its attempts, which are nobody’s first', () => {
    const found = standingsOf(rows('fall-back', { failed: 1_000 }));
    expect(found.get('fall-back')).toEqual({ attempts: 1_000, failedShare: 1, health: 'unhealthy' });
  });

  it('says no health where nothing was tried: a correction is no attempt', () => {
    expect(standingsOf(rows('corrected', { failed: 0, succeeded: 0 })).has('corrected')).toBe(false);
  });

  it('counts what the provider failed at, and not who hung up', () => {
    const found = standingsOf([
      ...rows('a', { succeeded: 960, failed: 30, interrupted: 9, aborted: 1 }),
      ...rows('b', { succeeded: 95, failed: 5 }),
      ...rows('c', { failed: 3, succeeded: 3 }),
      ...rows('d', { aborted: 7 }),
    ]);
    expect(found.get('a')).toEqual({ attempts: 1_000, failedShare: 0.039, health: 'healthy' });
    expect(found.get('b')).toEqual({ attempts: 100, failedShare: 0.05, health: 'degraded' });
    expect(found.get('c')).toEqual({ attempts: 6, failedShare: 0.5, health: 'unhealthy' });
    expect(found.get('d')).toEqual({ attempts: 7, failedShare: 0, health: 'healthy' });
    expect(found.has('e')).toBe(false);
  });
});
