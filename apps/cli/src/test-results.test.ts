import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, sumCounts } from './test-results.ts';

describe('counting results', () => {
  it("takes the numbers from Vitest's report", () => {
    expect(countVitest({ numPassedTests: 12, numFailedTests: 2, testResults: [] }, 1)).toEqual({
      passed: 12,
      failed: 2,
    });
  });

  it('counts a file that does not load as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countVitest({ numPassedTests: 3, numFailedTests: 0, testResults }, 1)).toEqual({
      passed: 3,
      failed: 1,
    });
  });

  it("takes the numbers from Playwright's report", () => {
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 }, errors: [] };
    expect(countPlaywright(report, 1)).toEqual({ passed: 6, failed: 1 });
  });

  it.each([undefined, {}, null, 'rubbish'])(
    'counts a runner that broke and left %j as one failure',
    (report) => {
      expect(countVitest(report, 1)).toEqual({ passed: 0, failed: 1 });
      expect(countPlaywright(report, 1)).toEqual({ passed: 0, failed: 1 });
    },
  );

  it('sums runners', () => {
    const counts = [
      { passed: 1, failed: 2 },
      { passed: 10, failed: 20 },
    ];
    expect(sumCounts(counts)).toEqual({ passed: 11, failed: 22 });
  });
});
