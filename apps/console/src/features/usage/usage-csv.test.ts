import { describe, expect, it } from 'vitest';
import { toCell } from './usage-csv.ts';

describe('toCell()', () => {
  it.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1 team', "'+1 team"],
    ['@cmd', "'@cmd"],
    ['-0.5', '-0.5'],
    ['a,b', '"a,b"'],
    ['plain', 'plain'],
  ])('writes %j so that no spreadsheet runs it', (text, cell) => {
    expect(toCell(text)).toBe(cell);
  });
});
