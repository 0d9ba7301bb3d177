import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Comparison,
  FLAG_FIELDS,
  NUMBER_FIELDS,
  parseRequestQuery,
  printRequestQuery,
  type RequestFilter,
  RequestQueryError,
  readRequestQuery,
  splitTerms,
  TEXT_FIELDS,
  type ValueTest,
} from './request-query.ts';

const equals = (value: number) => ({ kind: 'compare', comparison: '=', value }) as const;

describe('parseRequestQuery()', () => {
  it('reads every kind of term', () => {
    expect(
      parseRequestQuery(
        'key:key_1 model:gpt-5*,claude-* status:>=400 cost:>0.01 -user:"Ada L",bob tag:env=prod streamed:true',
      ),
    ).toEqual([
      { negated: false, kind: 'text', field: 'key', values: ['key_1'] },
      { negated: false, kind: 'text', field: 'model', values: ['gpt-5*', 'claude-*'] },
      {
        negated: false,
        kind: 'number',
        field: 'status',
        tests: [{ kind: 'compare', comparison: '>=', value: 400 }],
      },
      {
        negated: false,
        kind: 'cost',
        tests: [{ kind: 'compare', comparison: '>', value: 10_000_000_000n }],
      },
      { negated: true, kind: 'text', field: 'user', values: ['Ada L', 'bob'] },
      { negated: false, kind: 'tag', name: 'env', values: ['prod'] },
      { negated: false, kind: 'flag', field: 'streamed', value: true },
    ]);
  });

  it.each([
    ['status:4xx,200', [{ kind: 'class', hundreds: 4 }, equals(200)]],
    ['status:400..499', [{ kind: 'between', from: 400, to: 499 }]],
    ['latency:1.5s..', [{ kind: 'between', from: 1_500, to: null }]],
    ['latency:..200ms', [{ kind: 'between', from: null, to: 200 }]],
    ['ttft:2s', [equals(2_000)]],
  ])('reads the numbers of %j', (text, tests) => {
    expect(parseRequestQuery(text)).toMatchObject([{ tests }]);
  });

  it('reads tags with any value, with one and with several', () => {
    expect(parseRequestQuery('tag:env tag:env=a,b tag:"my env=x, y"')).toMatchObject([
      { name: 'env', values: null },
      { name: 'env', values: ['a', 'b'] },
      { name: 'my env', values: ['x, y'] },
    ]);
  });

  it('takes twenty values, five runs of stars and a hundred characters of a pattern', () => {
    for (const text of [
      `key:${'a,'.repeat(19)}a`,
      'key:*a*b**c*d*',
      `key:${'k'.repeat(99)}*`,
      `key:${'k'.repeat(300)}`,
    ]) {
      expect(readRequestQuery(text).problems).toEqual([]);
    }
  });

  it('takes a bare word for a request id, and nothing for no filter', () => {
    expect(parseRequestQuery('req_1')).toMatchObject([{ field: 'id', values: ['req_1'] }]);
    expect(parseRequestQuery('   ')).toEqual([]);
    expect(parseRequestQuery('user:""')).toMatchObject([{ values: [''] }]);
  });

  it.each([
    ['nope:1', 'unknown-field', 0, 6],
    ['model:a nope:1 key:b', 'unknown-field', 8, 14],
    ['status:abc', 'not-a-number', 0, 10],
    ['status:>=', 'not-a-number', 0, 9],
    ['status:6xx', 'not-a-number', 0, 10],
    ['attempts:2s', 'not-a-number', 0, 11],
    ['cost:>1e3', 'not-an-amount', 0, 9],
    ['cost:', 'needs-value', 0, 5],
    ['model:a,,b', 'needs-value', 0, 10],
    ['cost:2..1', 'empty-range', 0, 9],
    ['latency:..', 'not-a-number', 0, 10],
    ['streamed:yes', 'not-a-flag', 0, 12],
    ['streamed:true,false', 'one-value', 0, 19],
    ['user:"open', 'bad-quote', 0, 10],
    ['user:a"b', 'bad-quote', 0, 8],
    ['tag:=x', 'bad-tag', 0, 6],
    ['tag:a,b', 'bad-tag', 0, 7],
    [`key:${'a,'.repeat(20)}a`, 'too-many-values', 0, 45],
    ['key:*a*b*c*d*e*', 'pattern-too-wide', 0, 15],
    [`key:${'k'.repeat(100)}*`, 'pattern-too-wide', 0, 105],
    ['tag:env=*a*b*c*d*e*', 'pattern-too-wide', 0, 19],
  ])('says what is wrong with %j and where', (text, code, start, end) => {
    expect(() => parseRequestQuery(text)).toThrow(RequestQueryError);
    expect(readRequestQuery(text).problems).toMatchObject([{ code, start, end }]);
  });

  it('answers any text with filters or a refusal, quickly', () => {
    const pieces = fc.constantFrom(
      'model:',
      'status:',
      'cost:',
      'tag:',
      '"',
      ',',
      '..',
      '>=',
      '-',
      '\\',
      ' ',
      '4xx',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 200, unit: 'grapheme' }),
      fc
        .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 40 })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (query) => {
        const { terms, problems } = readRequestQuery(query);
        expect(terms.length).toBeLessThanOrEqual(20);
        for (const { start, end } of [...terms, ...problems]) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(query.length);
        }
        // What was read means the same when it is written down and read again.
        const filters = terms.map(({ filter }) => filter);
        const printed = printRequestQuery(filters);
        if (printed.length <= 1_000) expect(parseRequestQuery(printed)).toEqual(filters);
      }),
      { numRuns: 2_000 },
    );
  });
});

const comparison = fc.constantFrom<Comparison>('=', '>', '>=', '<', '<=');
const testOf = <V extends number | bigint>(value: fc.Arbitrary<V>): fc.Arbitrary<ValueTest<V>> =>
  fc.oneof(
    fc.record({ kind: fc.constant('compare' as const), comparison, value }),
    fc.tuple(value, value).map((both) => {
      const [from, to] = both.toSorted((one, other) => (one < other ? -1 : 1)) as [V, V];
      return { kind: 'between' as const, from, to };
    }),
    value.map((from) => ({ kind: 'between' as const, from, to: null })),
    value.map((to) => ({ kind: 'between' as const, from: null, to })),
  );
const several = <V>(one: fc.Arbitrary<V>) => fc.array(one, { minLength: 1, maxLength: 4 });
const value = fc.string({ maxLength: 12, unit: 'grapheme' });
const negated = fc.boolean();
const filter: fc.Arbitrary<RequestFilter> = fc.oneof(
  fc.record({
    negated,
    kind: fc.constant('text' as const),
    field: fc.constantFrom(...TEXT_FIELDS),
    values: several(value),
  }),
  fc.record({
    negated,
    kind: fc.constant('number' as const),
    field: fc.constantFrom(...NUMBER_FIELDS),
    tests: several(testOf(fc.nat({ max: 999_999_999 }))),
  }),
  fc.record({
    negated,
    kind: fc.constant('cost' as const),
    tests: several(testOf(fc.bigInt({ min: 0n, max: 10n ** 20n }))),
  }),
  fc.record({
    negated,
    kind: fc.constant('tag' as const),
    name: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((name) => !name.includes('=')),
    values: fc.option(several(value)),
  }),
  fc.record({
    negated,
    kind: fc.constant('flag' as const),
    field: fc.constantFrom(...FLAG_FIELDS),
    value: fc.boolean(),
  }),
);

describe('printRequestQuery()', () => {
  it('writes what parseRequestQuery() reads: nothing is lost, whatever the values are', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 8 }), (filters) => {
        const text = printRequestQuery(filters);
        fc.pre(text.length <= 1_000);
        expect(parseRequestQuery(text)).toEqual(filters);
        expect(printRequestQuery(parseRequestQuery(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a query back as it was typed in its usual form', () => {
    const text =
      'model:gpt-5*,"a, b" -status:4xx cost:0.01..0.50 latency:1500.. tag:env=prod,dev livemode:false';
    expect(printRequestQuery(parseRequestQuery(text))).toBe(text);
  });
});

describe('splitTerms()', () => {
  it('never cuts a term in its quotes', () => {
    const text = ' user:"Ada \\" L"  x';
    expect(splitTerms(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'user:"Ada \\" L"',
      'x',
    ]);
  });
});
