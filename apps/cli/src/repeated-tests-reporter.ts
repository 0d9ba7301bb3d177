/**
 * For Vitest: says at the end which tests passed only when they were tried again, so that none hides behind its second try,
 * and fails the run where one of them cites a promise of money or security.
 */
import type { Reporter, TestModule } from 'vitest/node';
import { reportRepeatedTests } from './repeated-tests.ts';

export default class RepeatedTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const repeated = modules.flatMap((module) =>
      [...module.children.allTests('passed')]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => ({ file: module.relativeModuleId, name: test.fullName })),
    );
    const { text, failed } = reportRepeatedTests(repeated);
    process.stdout.write(text);
    // Vitest itself is content with a second try.
    if (failed) process.exitCode = 1;
  }
}
