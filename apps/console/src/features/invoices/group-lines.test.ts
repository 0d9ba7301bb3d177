import type { InvoiceLine } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { groupLines, isSameAmount, isTokenComponent, perMillion } from './group-lines.ts';

const line = (fields: Partial<InvoiceLine>): InvoiceLine => ({
  id: 'line_1',
  kind: 'usage',
  description: '',
  teamId: 'team_1',
  teamName: 'Search',
  costCenter: 'CC-1',
  provider: 'simulator',
  model: 'sim-small',
  component: 'input',
  quantity: '1',
  unitPriceUsd: '0',
  listUnitPriceUsd: '0',
  markupBasisPoints: 0,
  costUsd: '0',
  amountUsd: '0',
  ...fields,
});

describe('groupLines()', () => {
  it('keeps a team apart by cost centre, and sums without losing a digit', () => {
    const groups = groupLines([
      line({ amountUsd: '0.1' }),
      line({ component: 'output', amountUsd: '0.2' }),
      line({ model: 'sim-large', amountUsd: '0.000000000001' }),
      line({ costCenter: 'CC-2', amountUsd: '3' }),
      line({ kind: 'fee', teamId: '', amountUsd: '9' }),
    ]);
    expect(groups.map(({ kind, costCenter, amountUsd }) => [kind, costCenter, amountUsd])).toEqual([
      ['usage', 'CC-1', '0.300000000001'],
      ['usage', 'CC-2', '3'],
      ['fee', 'CC-1', '9'],
    ]);
    expect(groups[0]?.models.map(({ model, amountUsd }) => [model, amountUsd])).toEqual([
      ['sim-small', '0.3'],
      ['sim-large', '0.000000000001'],
    ]);
  });
});

describe('perMillion()', () => {
  it.each([
    ['0.0000025', '2.5'],
    ['0.000000000001', '0.000001'],
    ['1', '1000000'],
    ['0', '0'],
    ['-0.00002', '-20'],
  ])('moves the point of %s to %s', (unit, million) => {
    expect(perMillion(unit)).toBe(million);
  });
});

describe('isSameAmount()', () => {
  it('compares amounts and not their spelling', () => {
    expect(isSameAmount('1.50', '1.5')).toBe(true);
    expect(isSameAmount('0.1', '0.100000000001')).toBe(false);
  });
});

describe('isTokenComponent()', () => {
  it.each(['input', 'cachedInput', 'reasoning'])('counts %s by the million', (name) => {
    expect(isTokenComponent(name)).toBe(true);
  });
  it.each(['request', 'image:1024x1024', 'unit:search', 'adjustment', ''])('counts %j one by one', (name) => {
    expect(isTokenComponent(name)).toBe(false);
  });
});
