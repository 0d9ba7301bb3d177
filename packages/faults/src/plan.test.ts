import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS, planWalk } from './plan.ts';

const options = fc.record({
  seed: fc.nat(),
  durationMs: fc.integer({ min: 1, max: 600_000 }),
  gatewayCount: fc.integer({ min: 1, max: 5 }),
  workerCount: fc.integer({ min: 1, max: 3 }),
  grantTtlMs: fc.integer({ min: 3_000, max: 10_000 }),
});

describe('planWalk()', () => {
  it('is a function of its arguments alone: a seed replays its walk', () => {
    fc.assert(
      fc.property(options, (given) => {
        expect(planWalk(given)).toEqual(planWalk({ ...given }));
      }),
    );
  });

  it('strikes only what is there, and lets a paused gateway sleep past its grants', () => {
    fc.assert(
      fc.property(options, (given) => {
        for (const { fault, target, holdMs } of planWalk(given)) {
          const count = fault === 'worker-kill' ? given.workerCount : given.gatewayCount;
          expect(target).toBeLessThan(count);
          if (fault === 'gateway-pause') expect(holdMs).toBeGreaterThan(given.grantTtlMs);
        }
      }),
    );
  });

  it('deals every fault before any comes again', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const walk = planWalk({
          seed,
          durationMs: 300_000,
          gatewayCount: 2,
          workerCount: 1,
          grantTtlMs: 5_000,
        });
        const first = walk.slice(0, FAULTS.length).map(({ fault }) => fault);
        expect(new Set(first)).toEqual(new Set(FAULTS));
      }),
    );
  });

  it('begins a longer walk with the steps of a shorter one', () => {
    fc.assert(
      fc.property(options, (given) => {
        const short = planWalk(given);
        const long = planWalk({ ...given, durationMs: given.durationMs * 2 });
        expect(long.slice(0, short.length)).toEqual(short);
      }),
    );
  });
});
