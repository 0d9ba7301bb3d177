import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequestQuery, RequestQueryError } from './request-query.ts';

describe('parseRequestQuery()', () => {
  it('reads every kind of term', () => {
    expect(
      parseRequestQuery(
        'key:key_1 model:gpt-5* status:>=400 cost:>0.01 -user:"Ada L" tag:env=prod streamed:true',
      ),
    ).toEqual([
      { negated: false, kind: 'text', field: 'key', value: 'key_1' },
      { negated: false, kind: 'text', field: 'model', value: 'gpt-5*' },
      { negated: false, kind: 'number', field: 'status', comparison: '>=', value: 400 },
      { negated: false, kind: 'cost', comparison: '>', picoUsd: 10_000_000_000n },
      { negated: true, kind: 'text', field: 'user', value: 'Ada L' },
      { negated: false, kind: 'tag', name: 'env', value: 'prod' },
      { negated: false, kind: 'flag', field: 'streamed', value: true },
    ]);
  });

  it('finds what was translated, into which format, and what could not be said', () => {
    expect(
      parseRequestQuery('translated:true format:anthropic-* -unsupported:seed unsupported:"messages[1]"'),
    ).toEqual([
      { negated: false, kind: 'flag', field: 'translated', value: true },
      { negated: false, kind: 'text', field: 'format', value: 'anthropic-*' },
      { negated: true, kind: 'text', field: 'unsupported', value: 'seed' },
      { negated: false, kind: 'text', field: 'unsupported', value: 'messages[1]' },
    ]);
  });

  it('takes a bare word for a request id, and nothing for no filter', () => {
    expect(parseRequestQuery('req_1')).toEqual([
      { negated: false, kind: 'text', field: 'id', value: 'req_1' },
    ]);
    expect(parseRequestQuery('   ')).toEqual([]);
  });

  it.each([
    'nope:1',
    'status:abc',
    'status:>=',
    'cost:>1e3',
    'cost:',
    'streamed:yes',
    'user:"open',
    'tag:=x',
  ])('refuses %j', (text) => expect(() => parseRequestQuery(text)).toThrow(RequestQueryError));

  it('answers any text with filters or a refusal, quickly', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        try {
          expect(parseRequestQuery(text).length).toBeLessThanOrEqual(20);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestQueryError);
        }
      }),
    );
  });
});
