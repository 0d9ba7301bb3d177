import { describe, expect, it } from 'vitest';
import { reportRepeatedTests } from './repeated-tests.ts';

const file = 'apps/gateway/src/faults.db.test.ts';

describe('tests that passed only when tried again', () => {
  it('are listed, to be looked into', () => {
    const { text, failed } = reportRepeatedTests([{ file, name: 'streams > [G4] end with one error' }]);
    expect(text).toBe(
      `\nPassed only when tried again, to be looked into (1):\n  ${file} > streams > [G4] end with one error\n`,
    );
    expect(failed).toBe(false);
  });

  it.each(['[M1] have one settlement', 'the wall > [X1] holds', '[G1] [M3] holds', '[G3, X2] holds'])(
    'fail the run where they cite a promise of money or security: %s',
    (name) => {
      const { text, failed } = reportRepeatedTests([
        { file, name },
        { file, name: 'another' },
      ]);
      expect(failed).toBe(true);
      expect(text).toContain(
        `which fails this run: a promise of money or security (1):\n  ${file} > ${name}\n`,
      );
      expect(text).toContain(`to be looked into (1):\n  ${file} > another\n`);
    },
  );

  it.each(['answers [MX] and [XM1]', 'model M1 of a list', '[I10] [S7] holds'])(
    'fail nothing where they cite none: %s',
    (name) => expect(reportRepeatedTests([{ file, name }]).failed).toBe(false),
  );

  it('say nothing where there are none', () => {
    expect(reportRepeatedTests([])).toEqual({ text: '', failed: false });
  });
});
