import { describe, expect, it } from 'vitest';
import { toCell, toCsv } from './csv.ts';

describe('toCell()', () => {
  it.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1 team', `"'+1 team"`],
    ['@cmd', `"'@cmd"`],
    ['\u00a0=1+1', `"'\u00a0=1+1"`],
    ['＝1+1', `"'＝1+1"`],
    ['-0.5', '-0.5'],
    ['0.000043500001', '0.000043500001'],
    ['a,b', '"a,b"'],
    ['plain', 'plain'],
  ])('writes %j so that no spreadsheet runs it', (text, cell) => {
    expect(toCell(text)).toBe(cell);
  });
});

describe('toCsv()', () => {
  it('ends each line, the last one too, as RFC 4180 wants', () => {
    expect(toCsv(['a', 'b'], [[1, null]])).toBe('a,b\r\n1,\r\n');
  });
});
