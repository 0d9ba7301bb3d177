import { describe, expect, it } from 'vitest';
import { parseBasisPoints, toNewMarkupRule } from './markup-form-values.ts';

describe('a typed markup', () => {
  it('is a percentage of at most two decimals, negative for a discount', () => {
    expect(parseBasisPoints('12.5', 'en')).toBe(1_250);
    expect(parseBasisPoints('12,5 %', 'de')).toBe(1_250);
    expect(parseBasisPoints('-5', 'en')).toBe(-500);
    expect(parseBasisPoints('-0', 'en')).toBe(0);
    expect(parseBasisPoints('1.234', 'en')).toBeUndefined();
    expect(parseBasisPoints('--5', 'en')).toBeUndefined();
    expect(parseBasisPoints('a lot', 'en')).toBeUndefined();
  });

  it('goes to the API with amounts per unit, for everybody or for the organization', () => {
    const values = {
      credentialId: 'cred_1',
      scope: 'organization' as const,
      percent: '',
      input: '0.25',
      output: '',
      request: '0.01',
      validFrom: '',
    };
    expect(toNewMarkupRule(values, 'org_1', 'en')).toEqual({
      credentialId: 'cred_1',
      organizationId: 'org_1',
      basisPoints: 0,
      perUnit: { input: { usdPerMillion: '0.25' }, request: { usdPerUnit: '0.01' } },
    });
    expect(toNewMarkupRule({ ...values, scope: 'everybody' }, 'org_1', 'en')).toMatchObject({
      organizationId: null,
    });
  });
});
