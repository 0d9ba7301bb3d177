import type { RequestSummary } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { toComponentRows, totalOf } from './component-rows.ts';
import { spentOf } from './request-types.ts';

type Attempt = RequestSummary['attempts'][number];
const component = { component: 'input', quantity: '1000', unitPriceUsd: '0.00001' };
const attempt = (fields: Partial<Attempt>) =>
  ({
    attempt: 1,
    entry: 0,
    credentialOwner: 'organization',
    components: [],
    ...fields,
  }) as unknown as Attempt;

/** An own attempt that timed out, what answered instead, and a correction of the first. */
const ATTEMPTS = [
  attempt({ components: [{ ...component, costUsd: '0.01', chargeUsd: '0.00' }] }),
  attempt({ entry: 1, components: [{ ...component, costUsd: '-0.004', chargeUsd: '0.00' }] }),
  attempt({
    attempt: 2,
    credentialOwner: 'operator',
    components: [
      { ...component, costUsd: '0.02', chargeUsd: '0.03' },
      { ...component, component: 'output', costUsd: '0.000000000001', chargeUsd: '0.000000000002' },
    ],
  }),
];

describe('the components of a request', () => {
  it('[M5] are what was paid for each: the cost of own attempts, the charge of resold ones, and add up to the total', () => {
    const rows = toComponentRows(ATTEMPTS);
    expect(rows.map(({ id, spentUsd }) => [id, spentUsd])).toEqual([
      ['1-0-0', '0.01'],
      ['1-1-0', '-0.004'],
      ['2-0-0', '0.03'],
      ['2-0-1', '0.000000000002'],
    ]);
    expect(totalOf(rows)).toBe('0.036000000002');
  });

  it('are not free where no price is known', () => {
    const rows = toComponentRows([
      attempt({ components: [{ ...component, costUsd: null, chargeUsd: '0.00' }] }),
    ]);
    expect(rows.map(({ spentUsd }) => spentUsd)).toEqual([null]);
  });
});

describe('spentOf()', () => {
  it.each([
    ['organization', { costUsd: '0.01', chargeUsd: '0.00' }, '0.01'],
    ['organization', { costUsd: null, chargeUsd: '0.00' }, null],
    ['operator', { costUsd: '0.01', chargeUsd: '0.012' }, '0.012'],
    ['operator', { costUsd: '0.01', chargeUsd: '0.00' }, '0.00'],
    ['operator', { costUsd: null, chargeUsd: '0.00' }, null],
  ])('of a credential of the %s with %j is %j', (owner, amounts, spent) => {
    expect(spentOf(owner, amounts)).toBe(spent);
  });
});
