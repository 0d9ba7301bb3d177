import { GatewayError } from '@tollgate/errors';
import type { Refusal, RefusalCode } from '@tollgate/limits';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './candidates.ts';
import { PassedOver, withoutAlike } from './passed-over.ts';

const refusal = (code: RefusalCode): Refusal => ({ kind: 'refused', code, message: code });

function toldAfter(...codes: (RefusalCode | 'unsupported_parameter')[]): PassedOver {
  const passed = new PassedOver();
  for (const code of codes) {
    if (code === 'unsupported_parameter') passed.unsupported(new GatewayError(code, code));
    else if (code === 'rate_limit_exceeded') passed.full(refusal(code));
    else passed.refused(refusal(code));
  }
  return passed;
}

describe('PassedOver', () => {
  it.each([
    { codes: ['unbounded_cost', 'service_unavailable'], told: 'service_unavailable' },
    { codes: ['budget_in_flight', 'service_unavailable', 'budget_exceeded'], told: 'service_unavailable' },
    { codes: ['budget_exceeded', 'budget_in_flight'], told: 'budget_in_flight' },
    { codes: ['budget_exceeded', 'rate_limit_exceeded'], told: 'rate_limit_exceeded' },
    { codes: ['rate_limit_exceeded', 'service_unavailable'], told: 'service_unavailable' },
    { codes: ['request_exceeds_budget', 'unbounded_cost'], told: 'request_exceeds_budget' },
    { codes: ['unsupported_parameter', 'service_unavailable'], told: 'service_unavailable' },
    { codes: ['budget_in_flight', 'unsupported_parameter'], told: 'budget_in_flight' },
    { codes: ['budget_exceeded', 'unsupported_parameter'], told: 'unsupported_parameter' },
  ] as const)('[G1] of $codes tells $told', ({ codes, told }) => {
    const passed = toldAfter(...codes);
    expect(passed.toError().code).toBe(told);
    expect(passed.count).toBe(codes.length);
  });

  it('does what the budget that refused first says, whatever is told', () => {
    const passed = new PassedOver();
    passed.full(refusal('rate_limit_exceeded'));
    passed.full(refusal('service_unavailable'));
    passed.refused({ ...refusal('budget_exceeded'), onExceeded: { model: 'small' } });
    passed.refused(refusal('budget_in_flight'));
    passed.full(refusal('rate_limit_exceeded'));
    expect(passed.byBudget?.onExceeded).toEqual({ model: 'small' });
  });
});

describe('withoutAlike()', () => {
  const candidate = (owner: string, model: string, region = 'default', provider = 'openai') =>
    ({ credential: { owner, region, provider }, upstreamModel: model, model }) as unknown as Candidate;
  const [own, small, eu, azure, resold] = [
    candidate('organization', 'large'),
    candidate('organization', 'small'),
    candidate('organization', 'large', 'eu'),
    candidate('organization', 'large', 'default', 'azure-openai'),
    candidate('operator', 'large'),
  ] as const;
  const again = candidate('organization', 'large');

  it('leaves out only what certainly costs the same', () => {
    expect(withoutAlike([own, again, small, eu, azure, resold, again], 0)).toEqual([
      own,
      small,
      eu,
      azure,
      resold,
    ]);
    expect(withoutAlike([small, own, again, own], 1)).toEqual([small, own]);
    expect(withoutAlike([resold, resold], 0)).toHaveLength(2);
  });
});
