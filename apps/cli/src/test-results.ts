/**
 * Reads the reports of the test runners and sums them. A runner that broke counts as one failure, so that a report
 * which is missing or empty never looks like success.
 */
export type TestCounts = { readonly passed: number; readonly failed: number };

/** @param report Vitest's JSON report. @param exitCode Of the run. */
export function countVitest(report: unknown, exitCode: number): TestCounts {
  const { numPassedTests, numFailedTests, testResults } = asRecord(report);
  const passed = asCount(numPassedTests);
  const failed = asCount(numFailedTests);
  // A file that does not load has no tests to fail.
  const files = Array.isArray(testResults) ? testResults.map(asRecord) : [];
  const brokenFiles = files.filter(
    (file) =>
      file.status === 'failed' && Array.isArray(file.assertionResults) && file.assertionResults.length === 0,
  ).length;
  return withExitCode({ passed, failed: failed + brokenFiles }, exitCode);
}

/** @param report Playwright's JSON report. */
export function countPlaywright(report: unknown, exitCode: number): TestCounts {
  const { stats, errors } = asRecord(report);
  const { expected, unexpected, flaky } = asRecord(stats);
  const brokenFiles = Array.isArray(errors) && asCount(unexpected) === 0 ? errors.length : 0;
  return withExitCode(
    { passed: asCount(expected) + asCount(flaky), failed: asCount(unexpected) + brokenFiles },
    exitCode,
  );
}

export function sumCounts(counts: readonly TestCounts[]): TestCounts {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function withExitCode(counts: TestCounts, exitCode: number): TestCounts {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
