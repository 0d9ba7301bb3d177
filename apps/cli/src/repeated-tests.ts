/** Tests that passed only when they were tried again: which are looked into later, and which count as failed. */

export interface RepeatedTest {
  /** Relative to the root. */
  readonly file: string;
  /** With its suites, as reports have it. */
  readonly name: string;
}

export interface RepeatedTestsReport {
  /** To be printed; empty where there are none. */
  readonly text: string;
  readonly failed: boolean;
}

/** Money (M) and security (X), as tests cite them: `[M1]`, `[X1] [G2]`, `[G3, M8]`. */
const BINDING_PROMISE = /\[[^\][]*\b[MX]\d+\b[^\][]*\]/;

/** A race over money or between tenants is one however rarely it shows: there a second try proves nothing. */
export function reportRepeatedTests(tests: readonly RepeatedTest[]): RepeatedTestsReport {
  const failed = tests.filter(({ name }) => BINDING_PROMISE.test(name));
  const others = tests.filter(({ name }) => !BINDING_PROMISE.test(name));
  const text = [
    toList('Passed only when tried again, which fails this run: a promise of money or security', failed),
    toList('Passed only when tried again, to be looked into', others),
  ].join('');
  return { text, failed: failed.length > 0 };
}

function toList(title: string, tests: readonly RepeatedTest[]): string {
  if (tests.length === 0) return '';
  return `\n${title} (${tests.length}):\n${tests.map(({ file, name }) => `  ${file} > ${name}\n`).join('')}`;
}
