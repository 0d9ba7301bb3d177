import { addDecimals } from '@tollgate/ui/charts';
import { describe, expect, it } from 'vitest';
import { groupRows, toChargebackCsv } from './statement-rows.ts';

const row = (teamId: string, costCenter: string, spentUsd: string, dividedUsd = '0') => ({
  teamId,
  teamName: teamId.toUpperCase(),
  costCenter,
  requests: 2,
  costUsd: spentUsd,
  chargeUsd: '0.000000000001',
  spentUsd,
  dividedUsd,
});
const ROWS = [
  row('a', '=cc-1', '0.1', '-0.05'),
  row('a', 'cc-2', '0.200000000001'),
  row('', '=cc-1', '5', '0.05'),
];

describe('groupRows()', () => {
  it.each(['place', 'team', 'costCenter'] as const)('[M5] loses nothing by %s', (grouping) => {
    const groups = groupRows(ROWS, grouping);
    expect(addDecimals(groups.map(({ spentUsd }) => spentUsd))).toBe('5.300000000001');
    expect(addDecimals(groups.map(({ dividedUsd }) => dividedUsd))).toBe('0');
    expect(groups.reduce((sum, { requests }) => sum + requests, 0)).toBe(6);
  });

  it('names only what it groups by, the most first', () => {
    expect(
      groupRows(ROWS, 'team').map(({ teamName, costCenter, spentUsd }) => [teamName, costCenter, spentUsd]),
    ).toEqual([
      ['', '', '5'],
      ['A', '', '0.300000000001'],
    ]);
    expect(groupRows(ROWS, 'costCenter').map(({ costCenter }) => costCenter)).toEqual(['=cc-1', 'cc-2']);
  });
});

describe('toChargebackCsv()', () => {
  it('ends with the sum, and no spreadsheet runs a cost centre', () => {
    const total = { requests: 6, costUsd: '5.3', chargeUsd: '0.1', spentUsd: '5.300000000001' };
    const lines = toChargebackCsv({ total }, ROWS, '2026-11').trimEnd().split('\r\n');
    expect(lines[1]).toBe(`2026-11,a,A,"'=cc-1",2,0.1,0.000000000001,0.1,-0.05`);
    expect(lines.at(-1)).toBe('2026-11,,TOTAL,,6,5.3,0.1,5.300000000001,0');
  });
});
