import { GATEWAY_ERROR, GatewayError, type GatewayErrorCode } from '@tollgate/errors';
import { describe, expect, it } from 'vitest';
import { retryHeaders } from '../retry-headers.ts';
import { openAiErrorBody, openAiErrorEvent } from './error-body.ts';

describe('openAiErrorBody()', () => {
  it.each(Object.keys(GATEWAY_ERROR) as GatewayErrorCode[])(
    '[G6] tells %s in the form that the SDK reads',
    (code) => {
      const body: unknown = JSON.parse(openAiErrorBody(new GatewayError(code, 'Cannot.'), 'req_1'));
      expect(body).toEqual({
        error: {
          message: 'Cannot.',
          type: GATEWAY_ERROR[code].openaiType,
          param: null,
          code,
          tollgate: { code, request_id: 'req_1', source: 'tollgate' },
        },
      });
    },
  );

  it('[G6] carries the rule, its scope and its numbers', () => {
    const error = new GatewayError('rate_limit_exceeded', 'Too many.', {
      ruleId: 'lim_1',
      scope: { type: 'team', id: 'team_1', name: 'Blue' },
      limit: '10',
      used: '10',
      requested: '1',
      resetsAt: '2026-11-21T00:00:00Z',
    });
    const { error: body } = JSON.parse(openAiErrorBody(error, 'req_1')) as { error: { tollgate: object } };
    expect(body.tollgate).toMatchObject({
      rule_id: 'lim_1',
      scope: { type: 'team' },
      limit: '10',
      resets_at: '2026-11-21T00:00:00Z',
    });
  });

  it('cannot break out of its event', () => {
    const event = openAiErrorEvent(new GatewayError('upstream_error', 'a\n\ndata: b\r\nł'), 'req_1');
    expect(event.match(/\n\n/g)).toHaveLength(1);
    expect(event.match(/^data: /gm)).toHaveLength(1);
  });
});

describe('retryHeaders()', () => {
  it.each<[GatewayErrorCode, number | undefined, Record<string, string>]>([
    ['budget_exceeded', undefined, { 'x-should-retry': 'false' }],
    ['invalid_api_key', 5_000, { 'x-should-retry': 'false' }],
    ['budget_in_flight', undefined, { 'retry-after-ms': '1000', 'retry-after': '1' }],
    ['service_unavailable', 250, { 'retry-after-ms': '250', 'retry-after': '1' }],
    ['rate_limit_exceeded', 30_000, { 'retry-after-ms': '30000', 'retry-after': '30' }],
    ['rate_limit_exceeded', 30_001, { 'retry-after': '31', 'x-should-retry': 'false' }],
    ['upstream_rate_limited', 0, { 'retry-after-ms': '0', 'retry-after': '0' }],
    ['upstream_error', undefined, {}],
  ])('tells SDKs what to do after %s with %s ms', (code, retryAfterMs, expected) => {
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    expect(retryHeaders(new GatewayError(code, 'x', details))).toEqual(expected);
  });
});
