import { createHash, createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { GatewayError } from '@tollgate/errors';
import { describe, expect, it } from 'vitest';
import type { UnsignedRequest } from './authorization.ts';
import { createAuthorizer } from './create-authorizer.ts';
import { findProvider } from './registry.ts';

const bedrock = findProvider('amazon-bedrock')!;
const vertex = findProvider('google-vertex')!;
const REQUEST: UnsignedRequest = {
  method: 'POST',
  origin: 'https://bedrock-runtime.us-east-1.amazonaws.com',
  path: '/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: Buffer.from('{"messages":[]}'),
  nowMs: Date.UTC(2026, 10, 21, 5, 0, 0),
};
const noFetch = () => Promise.reject(new Error('no network'));
const AWS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', region: 'us-east-1' };

describe('createAuthorizer() for AWS', () => {
  it('signs as the published algorithm says', async () => {
    const authorizer = createAuthorizer(bedrock, JSON.stringify({ ...AWS, sessionToken: 'tok' }), {
      fetchToken: noFetch,
    });
    const headers = await authorizer.authorize(REQUEST);
    expect(headers.host).toBeUndefined();
    expect(headers['x-amz-date']).toBe('20261121T050000Z');
    expect(headers['x-amz-security-token']).toBe('tok');
    const [, signed = '', signature] =
      /SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers.authorization ?? '') ?? [];
    expect(signature).toBe(
      signatureOf(REQUEST, { ...headers, host: 'bedrock-runtime.us-east-1.amazonaws.com' }, signed),
    );
    expect(signed.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-content-sha256', 'x-amz-date']));
  });

  it('sends an API key as a bearer', async () => {
    const authorizer = createAuthorizer(bedrock, JSON.stringify({ apiKey: 'ABSK-1', region: 'eu-west-1' }), {
      fetchToken: noFetch,
    });
    expect(await authorizer.authorize(REQUEST)).toEqual({
      ...REQUEST.headers,
      authorization: 'Bearer ABSK-1',
    });
  });

  it.each(['{}', '{"accessKeyId":"a"}', '{"accessKeyId":"a","secretAccessKey":"b","region":"../x"}'])(
    '[X2] calls a credential like %s unreadable without repeating it',
    (secret) => {
      try {
        createAuthorizer(bedrock, secret, { fetchToken: noFetch });
        expect.unreachable();
      } catch (error) {
        expect((error as GatewayError).code).toBe('provider_credential_rejected');
        expect((error as GatewayError).message).toBe('The credential of Amazon Bedrock cannot be read.');
      }
    },
  );
});

/** Signature Version 4, written from its description. */
function signatureOf(
  request: UnsignedRequest,
  headers: Readonly<Record<string, string>>,
  signed: string,
): string {
  const sha = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const canonicalPath = request.path.split('/').map(encodeURIComponent).join('/');
  const canonicalHeaders = signed
    .split(';')
    .map((name) => `${name}:${headers[name]?.trim()}\n`)
    .join('');
  const canonical = [request.method, canonicalPath, '', canonicalHeaders, signed, sha(request.body)].join(
    '\n',
  );
  const scope = '20261121/us-east-1/bedrock/aws4_request';
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical)].join('\n');
  const key = ['20261121', 'us-east-1', 'bedrock', 'aws4_request'].reduce<string | Buffer>(
    (made, part) => hmac(made, part),
    `AWS4${AWS.secretAccessKey}`,
  );
  return hmac(key, text).toString('hex');
}

describe('createAuthorizer() for Google', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const account = {
    client_email: 'robot@example.iam.gserviceaccount.com',
    private_key: key,
    token_uri: 'http://169.254.169.254/token',
    project_id: 'p',
  };
  const secret = JSON.stringify({ serviceAccount: JSON.stringify(account), region: 'global' });

  function issuer(answer: () => Response) {
    const asked: { url: string; body: string }[] = [];
    const fetchToken = async (...[input, init]: Parameters<typeof fetch>): Promise<Response> => {
      const request = new Request(input, init);
      asked.push({ url: request.url, body: await request.text() });
      return answer();
    };
    return { asked, fetchToken };
  }
  const granted = () => Response.json({ access_token: 'ya29.token', expires_in: 3600, token_type: 'Bearer' });

  it("[X4] buys one token for all who wait, at Google's address whatever the key says, and keeps it", async () => {
    const { asked, fetchToken } = issuer(granted);
    const authorizer = createAuthorizer(vertex, secret, { fetchToken });
    const now = Date.now();
    const both = await Promise.all([1, 2].map(() => authorizer.authorize({ ...REQUEST, nowMs: now })));
    expect(both.map(({ authorization }) => authorization)).toEqual([
      'Bearer ya29.token',
      'Bearer ya29.token',
    ]);
    expect(asked.map(({ url }) => url)).toEqual(['https://oauth2.googleapis.com/token']);
    const [head = '', claims = '', proof = ''] = (
      new URLSearchParams(asked[0]?.body).get('assertion') ?? ''
    ).split('.');
    const publicKey = createPublicKey(privateKey);
    expect(
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(proof, 'base64url')),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: account.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    });
    // At once, without waiting: the token is there.
    expect(authorizer.authorize({ ...REQUEST, nowMs: now })).toMatchObject({
      authorization: 'Bearer ya29.token',
    });
    await authorizer.authorize({ ...REQUEST, nowMs: now + 56 * 60_000 });
    expect(asked).toHaveLength(2);
    expect(authorizer.secrets()).toContain('ya29.token');
  });

  it.each([
    [() => Response.json({ error: 'invalid_grant' }, { status: 400 }), 'provider_credential_rejected'],
    [() => Response.json({}, { status: 200 }), 'upstream_unavailable'],
  ])('[G1] tells a refused key from an issuer that does not answer', async (answer, code) => {
    const { fetchToken } = issuer(answer);
    const authorizer = createAuthorizer(vertex, secret, { fetchToken });
    await expect(authorizer.authorize(REQUEST)).rejects.toMatchObject({ code });
  });

  it('calls a key that is none unreadable or refused', async () => {
    const broken = JSON.stringify({
      serviceAccount: JSON.stringify({ ...account, private_key: 'x' }),
      region: 'global',
    });
    const authorizer = createAuthorizer(vertex, broken, { fetchToken: noFetch });
    await expect(authorizer.authorize(REQUEST)).rejects.toMatchObject({
      code: 'provider_credential_rejected',
    });
    expect(() => createAuthorizer(vertex, '{"serviceAccount":"x"}', { fetchToken: noFetch })).toThrow(
      GatewayError,
    );
  });
});

describe('createAuthorizer() for the others', () => {
  it('adds their fixed headers', async () => {
    const authorizer = createAuthorizer(findProvider('anthropic')!, 'sk-ant', { fetchToken: noFetch });
    expect(await authorizer.authorize(REQUEST)).toMatchObject({
      'x-api-key': 'sk-ant',
      'anthropic-version': '2023-06-01',
    });
  });
});
