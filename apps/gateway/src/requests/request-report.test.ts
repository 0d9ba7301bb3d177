import { describe, expect, it } from 'vitest';
import { totalSpentUsd } from './request-report.ts';

const attempt = (
  credentialOwner: 'organization' | 'operator',
  costPicoUsd: string | null,
  chargePicoUsd: string,
) => ({ target: { credentialOwner }, settle: { costPicoUsd, chargePicoUsd } });

describe('what a caller is told that a request cost', () => {
  it('[M4] is what is paid for: the charge of a resold credential, the cost of an own one', () => {
    const attempts = [
      attempt('organization', '10000000000', '0'),
      attempt('operator', '20000000000', '24000000000'),
    ];
    expect(totalSpentUsd(attempts)).toBe('0.034');
  });

  it('is nothing while any cost is unknown, and zero where nothing was tried', () => {
    expect(totalSpentUsd([attempt('operator', '5', '6'), attempt('organization', null, '0')])).toBeNull();
    expect(totalSpentUsd([])).toBe('0.00');
  });
});
