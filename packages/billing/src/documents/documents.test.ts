import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenInvoice, usageLine } from '../fixtures/invoice-fixture.ts';
import { canonicalJson, type Json } from '../lifecycle/canonical-json.ts';
import { countryName, formatBasisPoints, formatUnitPrice, groupThousands } from './document-text.ts';
import { toFontRuns } from './fonts.ts';
import { cell, renderInvoiceCsv } from './invoice-csv.ts';
import { renderInvoicePdf } from './invoice-pdf.ts';

describe('renderInvoicePdf()', () => {
  it('[M6] gives the same bytes for the same frozen invoice', async () => {
    const [first, second] = [
      await renderInvoicePdf(frozenInvoice()),
      await renderInvoicePdf(frozenInvoice()),
    ];
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    expect(first.equals(second)).toBe(true);
    expect(first.equals(await renderInvoicePdf(frozenInvoice({ number: 'TG-2026-000043' })))).toBe(false);
  });

  it('lays out 2,000 lines over pages', async () => {
    const lines = Array.from({ length: 2_000 }, (_, index) =>
      usageLine(`line_${index}`, { teamId: `team_${index % 40}`, teamName: `Team ${index % 40}` }),
    );
    const pdf = (await renderInvoicePdf(frozenInvoice({ lines }))).toString('latin1');
    expect(
      Number(/\/Type \/Pages[^>]*?\/Count (\d+)/.exec(pdf)?.[1] ?? /\/Count (\d+)/.exec(pdf)?.[1]),
    ).toBeGreaterThan(40);
  });

  it('draws text of any script, and text that looks like a path, an address or markup', async () => {
    for (const name of [
      'شركة البيانات',
      'חברה 5, תל אביב',
      '株式会社',
      'डेटा',
      'Αθήνα',
      '주식회사 데이터',
      'บริษัท ข้อมูล',
      'მონაცემები',
      'Տվյալներ',
      'ডেটা',
      'தரவு',
      '/etc/passwd',
      'http://127.0.0.1/x.png',
      '\u0000\u202Ex',
      '\ud800',
    ]) {
      const customer = { ...frozenInvoice().customer, name };
      expect((await renderInvoicePdf(frozenInvoice({ customer }))).length).toBeGreaterThan(5_000);
    }
  });
});

describe('formatUnitPrice()', () => {
  const line = (amountPicoUsd: string) =>
    usageLine('line_1', {
      component: 'input',
      unitPricePicoUsd: '250000',
      quantity: '1000',
      markupBasisPoints: 1_550,
      amountPicoUsd,
    });

  it.each([
    ['charged with a markup that a unit price can show', '288750000', '0.28875 / 1M'],
    ['charged with one that was rounded per request', '288750001', '0.25 / 1M + 15.5 %'],
    ['shown at cost, whatever was charged for it', '250000000', '0.25 / 1M'],
  ])('says of usage %s how its amount came about', (_, amount, said) => {
    expect(formatUnitPrice(line(amount))).toBe(said);
  });
});

describe('countryName()', () => {
  it.each([
    ['DE', 'Germany'],
    ['GB', 'United Kingdom'],
    ['Ireland', 'Ireland'],
    ['de', 'de'],
    ['', ''],
  ])('prints %j as %j: codes as names, what was typed once as it is', (stored, printed) => {
    expect(countryName(stored)).toBe(printed);
  });
});

describe('toFontRuns()', () => {
  it.each([
    ['Łódź GmbH № 5', [['Łódź GmbH № 5', 'Geist']]],
    [
      '東京データ (株)',
      [
        ['東京データ', 'NotoHan'],
        [' (', 'Geist'],
        ['株', 'NotoHan'],
        [')', 'Geist'],
      ],
    ],
    ['Αθήνα', [['Αθήνα', 'NotoSans']]],
    ['주식회사', [['주식회사', 'NotoHangul']]],
    ['ข้อมูล', [['ข้อมูล', 'NotoThai']]],
    ['डेटा', [['डेटा', 'NotoDevanagari']]],
    [
      'שלום עולם',
      [
        ['עולם', 'NotoHebrew'],
        [' ', 'Geist'],
        ['שלום', 'NotoHebrew'],
      ],
    ],
  ])('splits %s where the font must change', (text, runs) => {
    expect(toFontRuns(text).map((run) => [run.text, run.font])).toEqual(runs);
  });

  it('loses no character but control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sorted = (value: string) =>
          [...value.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ' ')].toSorted().join('');
        expect(
          sorted(
            toFontRuns(text)
              .map((run) => run.text)
              .join(''),
          ),
        ).toBe(sorted(text));
      }),
    );
  });
});

describe('renderInvoiceCsv()', () => {
  it('[M5] has amounts that sum to the total, rounding and tax included', () => {
    const rows = renderInvoiceCsv(frozenInvoice())
      .toString('utf8')
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(','));
    const toPico = (text: string) => {
      const [whole = '', decimals = ''] = text.replace('-', '').split('.');
      return BigInt(whole + decimals.padEnd(12, '0')) * (text.startsWith('-') ? -1n : 1n);
    };
    const amounts = rows.slice(1).map((row) => toPico(row.at(-1)!));
    expect(amounts.slice(0, -1).reduce((sum, amount) => sum + amount, 0n)).toBe(amounts.at(-1));
  });

  it.each([
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-2+3', `"'-2+3"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    [' =1', `"' =1"`],
    ['＝1', `"'＝1"`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['-0.5', '-0.5'],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
  ])('writes %j as a cell that no spreadsheet runs', (value, written) => {
    expect(cell(value)).toBe(written);
  });
});

describe('canonicalJson()', () => {
  it('[M6] writes the same value the same way whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 3 }), (value) => {
        const integers = JSON.parse(
          JSON.stringify(value, (_key, inner) =>
            typeof inner === 'number' ? Math.trunc(inner % 1e9) || 0 : inner,
          ),
        ) as Json;
        const text = canonicalJson(integers);
        expect(JSON.parse(text)).toEqual(integers);
        const reversed = JSON.parse(text, (_key, inner: unknown) =>
          inner !== null && typeof inner === 'object' && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).reverse())
            : inner,
        ) as Json;
        expect(canonicalJson(reversed)).toBe(text);
      }),
    );
  });

  it('refuses numbers that are not exact', () => {
    expect(() => canonicalJson({ amount: 0.1 })).toThrow(RangeError);
  });
});

describe('numbers', () => {
  it.each([
    ['1234567', '1,234,567'],
    ['-1234.5678', '-1,234.5678'],
    ['0.000001', '0.000001'],
    ['999', '999'],
  ])('groups %s', (text, grouped) => {
    expect(groupThousands(text)).toBe(grouped);
  });
  it.each([
    [1900, '19 %'],
    [825, '8.25 %'],
    [333, '3.33 %'],
    [50, '0.5 %'],
  ])('shows %s basis points', (basisPoints, text) => {
    expect(formatBasisPoints(basisPoints)).toBe(text);
  });
});
