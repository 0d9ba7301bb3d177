import { describe, expect, it } from 'vitest';
import { de } from '../../i18n/de/index.ts';
import { en } from '../../i18n/en/index.ts';
import { readRefusal } from './read-refusal.ts';
import { describeRefusal, ruleHref } from './refusal-sentence.ts';

const words = {
  money: (value: string) => `$${value}`,
  limitMoney: (value: string) => `$${value}`,
  number: String,
  rateRule: ({ limit, windowSeconds }: { limit: number; windowSeconds: number }) =>
    `${limit} requests per ${windowSeconds} s`,
  budgetName: ({ name }: { name: string }) => name,
};

function sentence(refusal: object, code: string, locale: 'en' | 'de' = 'en', rule?: object): string {
  const read = readRefusal({ code, rule_id: 'bud_1', ...refusal });
  if (read === undefined) throw new Error('Cannot read the refusal');
  return describeRefusal({
    text: { en, de }[locale].requests.refusal,
    refusal: read,
    code,
    rule: rule as undefined,
    who: 'Team Search',
    words,
  });
}

describe('[G6] describeRefusal()', () => {
  it('says whose budget, its limit, what was taken, and what the request could cost', () => {
    const refusal = { limit: '10.00', used: '9.98', requested: '0.50' };
    expect(sentence(refusal, 'request_exceeds_budget', 'en', { name: 'Pilot', limitUsd: '99.00' })).toBe(
      'The hard budget “Pilot” had too little left for Team Search: $9.98 of $10.00 was taken, and this request could cost $0.50.',
    );
    expect(sentence(refusal, 'budget_exceeded', 'de')).toBe(
      'Ein hartes Budget war für Team Search aufgebraucht: $9.98 von $10.00 waren ausgegeben oder zugesagt.',
    );
  });

  it('keeps the limit of that moment when the rule has changed since', () => {
    const rule = { metric: 'requests', limit: 5_000, windowSeconds: 60 };
    expect(sentence({ limit: '600', used: '600' }, 'rate_limit_exceeded', 'en', rule)).toBe(
      'At most 600 requests per 60 s were allowed for Team Search, and 600 were in use.',
    );
  });

  it('advises a price only where one of the organization’s would count', () => {
    const rule = { name: 'Pilot', limitUsd: '99.00' };
    expect(sentence({}, 'unbounded_cost', 'en', { ...rule, counts: 'all' })).toContain('state the price');
    const resold = sentence({}, 'unbounded_cost', 'en', { ...rule, counts: 'resold' });
    expect(resold).toContain('use a provider of your own');
    expect(resold).not.toContain('state the price');
  });

  it('falls back to what the code means where figures are missing', () => {
    expect(sentence({}, 'budget_exceeded')).toBe('A hard budget has nothing left.');
  });
});

describe('ruleHref()', () => {
  it('leads to the page of the rule, and nowhere for what is none of ours', () => {
    expect(ruleHref('bud_1')).toBe('/budgets?open=bud_1');
    expect(ruleHref('lim_1')).toBe('/rate-limits?open=lim_1');
    expect(ruleHref('javascript:alert(1)')).toBeUndefined();
  });
});
