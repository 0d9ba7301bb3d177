/** For Vitest: says at the end which tests passed only when they were tried again, so that none hides behind its second try. */
import type { Reporter, TestModule } from 'vitest/node';

export default class RepeatedTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const repeated = modules.flatMap((module) =>
      [...module.children.allTests('passed')]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `  ${module.relativeModuleId} > ${test.fullName}`),
    );
    if (repeated.length === 0) return;
    process.stdout.write(
      `\nPassed only when tried again (${repeated.length}), to be looked into:\n${repeated.join('\n')}\n`,
    );
  }
}
