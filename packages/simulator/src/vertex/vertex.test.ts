import { JWT } from 'google-auth-library';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
});
afterAll(() => simulator.close());

const BASE = '/v1/projects/p/locations/l/publishers';

async function mint(assertion: string) {
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const response = await fetch(`${simulator.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type, assertion }),
  });
  const body = (await response.json()) as { readonly access_token: string };
  return { status: response.status, body };
}

/** Signed by the library that signs in production. */
async function assertionOf(issuer?: string): Promise<string> {
  const { createSign } = await import('node:crypto');
  const account = simulator.serviceAccount();
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer ?? account.client_email, aud: account.token_uri, iat: now, exp: now + 3_600 };
  const data = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${data}.${createSign('RSA-SHA256').update(data).sign(account.private_key, 'base64url')}`;
}

function ask(path: string, token: string, body: object) {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

it('hands out tokens for assertions of its own account only', async () => {
  const { status, body } = await mint(await assertionOf());
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_599 });
  expect((await mint(await assertionOf('someone@else'))).status).toBe(400);
  const tampered = `${(await assertionOf()).slice(0, -8)}AAAAAAAA`;
  expect((await mint(tampered)).body).toMatchObject({ error: 'invalid_grant' });
});

it("has a key file that Google's library reads", () => {
  const client = new JWT();
  client.fromJSON(simulator.serviceAccount());
  expect(client.email).toContain('iam.gserviceaccount.com');
});

it('answers Gemini and Claude to a token, and to nothing else', async () => {
  const { body } = await mint(await assertionOf());
  const contents = [{ role: 'user', parts: [{ text: '[[sim tokens=3]]' }] }];
  const gemini = await ask(`${BASE}/google/models/sim-gemini:generateContent`, body.access_token, {
    contents,
  });
  expect(await gemini.json()).toMatchObject({ usageMetadata: { candidatesTokenCount: 3 } });
  const message = {
    anthropic_version: 'vertex-2023-10-16',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'Hello' }],
  };
  const claude = await ask(
    `${BASE}/anthropic/models/sim-claude@20260101:rawPredict`,
    body.access_token,
    message,
  );
  expect(await claude.json()).toMatchObject({ type: 'message', model: 'sim-claude' });
  const streamed = { ...message, stream: true };
  const stream = await ask(
    `${BASE}/anthropic/models/sim-claude:streamRawPredict`,
    body.access_token,
    streamed,
  );
  expect(await stream.text()).toContain('event: message_stop');
  const counted = await ask(`${BASE}/anthropic/models/count-tokens:rawPredict`, body.access_token, {
    ...message,
    model: 'sim-claude',
  });
  expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) });
  const refused = await ask(`${BASE}/google/models/sim-gemini:generateContent`, 'ya29.wrong', { contents });
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } });
});
