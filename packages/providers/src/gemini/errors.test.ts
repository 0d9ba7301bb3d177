import { describe, expect, it } from 'vitest';
import { cohereFailureError, cohereStreamFailureError } from '../cohere/errors.ts';
import { upstreamFailureError } from '../openai-compatible/errors.ts';
import { geminiFailureError, geminiStreamFailureError } from './errors.ts';

const SECRET = 'AIzaSyD-0123456789abcdefghijklmnop';

const failureOf = (status: number, body: unknown, provider = 'google') => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  secret: SECRET,
  provider,
});

const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason });

describe('geminiFailureError()', () => {
  it('[G6] knows a bad key of ours from a bad request, which its status does not tell', () => {
    const message = `API key not valid: ${SECRET}`;
    const error = geminiFailureError(
      failureOf(400, {
        error: { code: 400, message, status: 'INVALID_ARGUMENT', details: [info('API_KEY_INVALID')] },
      }),
    );
    expect(error).toMatchObject({ code: 'provider_credential_rejected', status: 502 });
    expect(JSON.stringify([error.message, error.details])).not.toContain('AIza');
  });

  it.each([
    [400, 'INVALID_ARGUMENT', 'upstream_error'],
    [400, 'FAILED_PRECONDITION', 'upstream_error'],
    [401, 'UNAUTHENTICATED', 'provider_credential_rejected'],
    [403, 'PERMISSION_DENIED', 'provider_credential_rejected'],
    [404, 'NOT_FOUND', 'upstream_error'],
    [429, 'RESOURCE_EXHAUSTED', 'upstream_rate_limited'],
    [500, 'INTERNAL', 'upstream_error'],
    [503, 'UNAVAILABLE', 'upstream_unavailable'],
    [504, 'DEADLINE_EXCEEDED', 'upstream_timeout'],
  ])('[G6] says of status %i with %s: %s', (status, word, code) => {
    const error = geminiFailureError(
      failureOf(status, { error: { code: status, message: 'no', status: word } }),
    );
    expect(error.code).toBe(code);
  });

  it('[X2] keeps the wait that stands in the details', () => {
    const error = geminiFailureError(
      failureOf(429, {
        error: {
          code: 429,
          message: `You exceeded your quota. Key ${SECRET}`,
          status: 'RESOURCE_EXHAUSTED',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.QuotaFailure' },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s' },
          ],
        },
      }),
    );
    expect(error.details.retryAfterMs).toBe(34_075);
    expect(error.details.upstreamType).toBe('RESOURCE_EXHAUSTED');
    expect(error.message).toBe('You exceeded your quota. Key [redacted]');
  });

  it('names the field at fault', () => {
    const details = [{ fieldViolations: [{ field: 'contents[0].parts', description: 'empty' }] }];
    const body = { error: { code: 400, message: 'bad', status: 'INVALID_ARGUMENT', details } };
    expect(geminiFailureError(failureOf(400, body)).details.param).toBe('contents[0].parts');
  });

  it.each(['<html>', '', 'null', '[]', '{"error":"x"}', '{"error":{"details":7}}'])(
    'makes a plain error of %j',
    (text) => {
      const error = geminiFailureError({ ...failureOf(500, {}), body: Buffer.from(text) });
      expect(error.code).toBe('upstream_error');
    },
  );

  it('[G4] reads a failure inside a stream, also in a list', () => {
    const body = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    expect(geminiStreamFailureError(body, 'google', SECRET).code).toBe('upstream_unavailable');
    expect(geminiStreamFailureError([body], 'google', SECRET).code).toBe('upstream_unavailable');
    expect(geminiStreamFailureError(undefined, 'google', SECRET).code).toBe('upstream_error');
  });
});

describe('failures of other providers', () => {
  it.each<[string, number, unknown, object]>([
    [
      'mistral',
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
      { message: 'seed: Extra inputs are not permitted', details: { param: 'seed', status: 422 } },
    ],
    [
      'mistral',
      400,
      {
        object: 'error',
        message: { detail: [{ loc: ['body', 'messages', 0], msg: 'bad role' }] },
        type: 'invalid',
      },
      { message: 'messages.0: bad role', details: { param: 'messages.0', upstreamType: 'invalid' } },
    ],
    ['mistral', 404, { detail: 'Not Found' }, { message: 'Not Found' }],
    ['ollama', 404, { error: 'model "x" not found, try pulling it first' }, { message: /not found/ }],
    ['llamacpp', 400, { error: { code: 400, message: 'too long', type: 'exceed_context_size_error' } }, {}],
    [
      'azure',
      400,
      {
        error: {
          message: 'The response was filtered',
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      },
      { message: 'The response was filtered', details: { upstreamCode: 'content_filter', param: 'prompt' } },
    ],
    [
      'azure',
      404,
      { error: { code: 'DeploymentNotFound', message: 'No such deployment' } },
      { details: { status: 404 } },
    ],
    [
      'xai',
      400,
      { code: 'Client specified an invalid argument', error: 'bad model' },
      { message: 'bad model' },
    ],
  ])('[G6] of %s with status %i are read', (provider, status, body, expected) => {
    const { message, ...rest } = expected as { message?: string | RegExp };
    const error = upstreamFailureError(failureOf(status, body, provider));
    expect(error.code).toBe('upstream_error');
    expect(error).toMatchObject(rest);
    if (message !== undefined) expect(error.message).toMatch(message);
  });

  it.each([
    [401, 'provider_credential_rejected'],
    [498, 'provider_credential_rejected'],
    [402, 'provider_quota_exhausted'],
    [429, 'upstream_rate_limited'],
    [422, 'upstream_error'],
    [503, 'upstream_unavailable'],
  ])('[G6] of Cohere with status %i are %s', (status, code) => {
    const error = cohereFailureError(failureOf(status, { id: 'x', message: 'invalid api token' }, 'cohere'));
    expect(error.code).toBe(code);
  });

  it('[G4] of Cohere inside a stream are read', () => {
    const body = { type: 'message-end', delta: { finish_reason: 'ERROR', error: `broke ${SECRET}` } };
    expect(cohereStreamFailureError(body, 'cohere', SECRET).message).toBe('broke [redacted]');
  });
});
