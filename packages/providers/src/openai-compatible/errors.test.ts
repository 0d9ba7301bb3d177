import { describe, expect, it } from 'vitest';
import { readRetryAfterMs, redact, streamFailureError, upstreamFailureError } from './errors.ts';

const SECRET = 'sk-live-0123456789abcdef';
const failure = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  upstreamFailureError({
    status,
    headers,
    body: Buffer.from(JSON.stringify({ error })),
    secret: SECRET,
    provider: 'openai',
  });

describe('upstreamFailureError()', () => {
  it('never says that the caller’s key is bad when the provider refused ours', () => {
    for (const status of [401, 403]) {
      const error = failure(status, {
        message: `Incorrect API key provided: ${SECRET}`,
        code: 'invalid_api_key',
      });
      expect(error).toMatchObject({ code: 'provider_credential_rejected', status: 502 });
      expect(JSON.stringify([error.message, error.details])).not.toMatch(/invalid_api_key|sk-live/);
    }
  });

  it('passes words, type, code and field of a refusal of the request, without keys', () => {
    const error = failure(400, {
      message: `Bad field; key was ${SECRET}, Bearer abcdefgh, sk-other-99999999`,
      type: 'invalid_request_error',
      code: 'bad_field',
      param: 'messages[0]',
    });
    expect(error.status).toBe(400);
    expect(error.details).toMatchObject({
      upstreamCode: 'bad_field',
      param: 'messages[0]',
      source: 'provider',
    });
    expect(error.message).toBe('Bad field; key was [redacted], [redacted], [redacted]');
  });

  it.each([
    ['<html>nginx</html>', 'openai failed with status 500.'],
    ['', 'openai failed with status 500.'],
    ['null', 'openai failed with status 500.'],
  ])('does not pass a body that is no error object: %j', (body, message) => {
    const error = upstreamFailureError({
      status: 500,
      headers: {},
      body: Buffer.from(body),
      secret: SECRET,
      provider: 'openai',
    });
    expect(error.message).toBe(message);
  });

  it('keeps an error inside a stream readable and clean', () => {
    const error = streamFailureError(
      { error: { message: `overloaded ${SECRET}`, code: 'x'.repeat(500) } },
      'openai',
      SECRET,
    );
    expect(error.message).toBe('overloaded [redacted]');
    expect(error.details.upstreamCode).toBeUndefined();
  });
});

describe('readRetryAfterMs()', () => {
  const date = 'Sat, 21 Nov 2026 12:00:00 GMT';
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '7', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after': '99999999999' }, 86_400_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT', date }, 0],
  ])('reads %j as %s', (headers, expected) => {
    expect(readRetryAfterMs(headers)).toBe(expected);
  });
});

describe('redact()', () => {
  it.each([
    [
      'User: arn:aws:sts::123456789012:assumed-role/tollgate-prod/i-0abc is not authorized to perform: bedrock:InvokeModel',
      'User: [redacted] is not authorized to perform: bedrock:InvokeModel',
    ],
    [
      'No profile "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude" here.',
      'No profile "arn:aws:bedrock:us-east-1:[redacted]:inference-profile/us.anthropic.claude" here.',
    ],
    ['arn:aws-us-gov:iam::123456789012:role/x, denied', '[redacted], denied'],
    [
      'Account 123456789012 is suspended (accountId: "123456789012").',
      'Account [redacted] is suspended (accountId: "[redacted]").',
    ],
    [
      'The model arn:aws:bedrock:us-east-1::foundation-model/m costs 123456789012 tokens',
      'The model arn:aws:bedrock:us-east-1::foundation-model/m costs 123456789012 tokens',
    ],
  ])('[X2] masks accounts, users and roles of AWS: %s', (text, masked) => {
    expect(redact(text, '')).toBe(masked);
  });

  it('masks the secret even where it looks like nothing known, and bounds the text', () => {
    expect(redact('token=zzTopSecret99 ok', 'zzTopSecret99')).toBe('token=[redacted] ok');
    expect(redact('x'.repeat(10_000), '')).toHaveLength(2_000);
  });

  it('[X2] masks every secret of a credential that has several', () => {
    const secrets = ['wJalrXUtnFEMI/K7MDENG/bPxRfiCY', 'IQoJb3JpZ2luX2VjEXAMPLE'];
    expect(redact(`with ${secrets[0]} and ${secrets[1]}`, secrets)).toBe('with [redacted] and [redacted]');
  });

  it('[X2] masks a secret that the bound would cut in two', () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY';
    expect(redact(`${'x '.repeat(990)}${secret}`, secret)).not.toContain(secret.slice(0, 6));
  });

  it('[X2] masks tokens that Google sold and ids of AWS’s keys, which no list of secrets holds', () => {
    expect(redact('token ya29.c.c0ASRK0Ga-x_y.z, key AKIAIOSFODNN7EXAMPLE', '')).toBe(
      'token [redacted], key [redacted]',
    );
  });
});
