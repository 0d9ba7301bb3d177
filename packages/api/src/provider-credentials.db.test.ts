import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSecret } from '@tollgate/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

const API_KEY = 'sk-live-canary-0123456789abcdef';

/** A provider that says back what it was told, in the worst places. */
let server: Server;
let origin: string;
let seen: { url: string; authorization: string }[] = [];
let answer: { status: number; body: string; headers?: Record<string, string> };

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '' });
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await startTestApi({ allowedPrivateOrigins: [origin] });
  owner = await test.signUp('owner@example.com', 'Providers');
});
afterAll(async () => {
  server.close();
  await test.close();
});

let count = 0;
const create = (body: object) => {
  count += 1;
  if (count % 50 === 0) test.clock.advance(61_000);
  return owner.call('POST', '/provider-credentials', {
    provider: 'openai-compatible',
    name: `c${count}`,
    ...body,
  });
};

describe('provider credentials', () => {
  it('[X2] seal their secret to organization, record and URL, and never show it again', async () => {
    const { body, text } = await create({ baseUrl: `${origin}/v1/`, apiKey: API_KEY });
    expect(text).not.toContain(API_KEY);
    expect(body).toMatchObject({ baseUrl: `${origin}/v1`, secretHint: 'sk-…cdef', livemode: true });
    const row = await test.database.tenant(owner.organizationId, (tx) =>
      tx.providerCredential.findUniqueOrThrow({ where: { id: body.id } }),
    );
    const context = {
      organizationId: owner.organizationId,
      recordId: row.id,
      field: 'secret',
      baseUrl: row.baseUrl,
    };
    expect(openSecret(test.options.encryptionKeys, context, row.secretCiphertext!)).toBe(API_KEY);
    const events = await owner.call('GET', `/audit-events?targetId=${body.id}`);
    expect(events.text).not.toContain(API_KEY);
    expect(test.logLines.join('')).not.toContain(API_KEY);
  });

  it('need the secret again when their URL changes, so that no stored key is sent elsewhere', async () => {
    const { body } = await create({ baseUrl: `${origin}/v1`, apiKey: API_KEY });
    const move = (more: object) =>
      owner.call('PATCH', `/provider-credentials/${body.id}`, {
        baseUrl: 'https://attacker.example.com/v1',
        ...more,
      });
    expect((await move({})).body.errors[0].path).toBe('body.apiKey');
    expect((await move({ apiKey: 'sk-another-0123456789' })).status).toBe(200);
  });

  it.each([
    'http://api.example.com/v1',
    'https://127.0.0.1/v1',
    'https://127.1/v1',
    'https://2130706433/v1',
    'https://0x7f.1/v1',
    'https://0177.0.0.1/v1',
    'https://[::1]/v1',
    'https://[::ffff:7f00:1]/v1',
    'https://[64:ff9b::7f00:1]/v1',
    'https://[2002:7f00:1::]/v1',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/v1',
    'https://10.0.0.1/v1',
    'https://0.0.0.0/v1',
    'https://localhost/v1',
    'https://localhost./v1',
    'https://db.internal/v1',
    'https://metadata/v1',
    'https://user:pass@api.example.com/v1',
    'https://api.example.com/v1?key=x',
    'https://api.example.com/v1#x',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'not a url',
  ])('[X4] refuse the base URL %s', async (baseUrl) => {
    const refused = await create({ baseUrl, apiKey: API_KEY });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].path).toBe('body.baseUrl');
    const { body } = await create({ baseUrl: 'https://api.example.com/v1' });
    const patched = await owner.call('PATCH', `/provider-credentials/${body.id}`, {
      baseUrl,
      apiKey: API_KEY,
    });
    expect(patched.status).toBe(400);
  });

  it('take the provider’s own URL, and know which providers need one', async () => {
    const openai = await create({ provider: 'openai', apiKey: API_KEY });
    expect(openai.body.baseUrl).toBe('https://api.openai.com/v1');
    expect((await create({})).body.errors[0].path).toBe('body.baseUrl');
    expect((await create({ provider: 'nobody' })).body.errors[0].path).toBe('body.provider');
    const providers = (await owner.call('GET', '/providers')).body.data;
    expect(providers).toContainEqual(expect.objectContaining({ id: 'openai', needsBaseUrl: false }));
  });

  it('say since when their secret is the same: another name leaves it, another key does not', async () => {
    const { body } = await create({ provider: 'openai', apiKey: API_KEY });
    const madeAt = new Date(test.clock.nowMs()).toISOString();
    expect(body.secretSetAt).toBe(madeAt);
    test.clock.advance(60_000);
    const change = (json: object) => owner.call('PATCH', `/provider-credentials/${body.id}`, json);
    expect((await change({ name: 'renamed for its age' })).body.secretSetAt).toBe(madeAt);
    const rotated = await change({ apiKey: `${API_KEY}9` });
    expect(rotated.body.secretSetAt).toBe(new Date(test.clock.nowMs()).toISOString());
    const bare = await create({ baseUrl: 'https://bare.example.com/v1' });
    expect(bare.body.secretSetAt).toBeNull();
  });

  it('neither age anew nor count as replaced where only what is beside the key changes', async () => {
    const fields = { baseUrl: 'https://acme.openai.azure.com', apiKey: API_KEY, apiVersion: '2024-10-21' };
    const { body } = await create({ provider: 'azure', fields });
    test.clock.advance(60_000);
    const change = (json: object) => owner.call('PATCH', `/provider-credentials/${body.id}`, json);
    const replacements = async () =>
      (await owner.call('GET', '/audit-events?action=provider-credential-updated')).body.data
        .filter(({ target }: { target: { id: string } }) => target.id === body.id)
        .filter(({ after }: { after: { replaced?: string } }) => after.replaced === 'the stored key').length;
    for (const json of [{ fields: { apiVersion: '2025-01-01' } }, { fields: { apiKey: API_KEY } }]) {
      const changed = await change(json);
      expect(changed.status, changed.text).toBe(200);
      expect(changed.body.secretSetAt).toBe(body.secretSetAt);
    }
    expect(await replacements()).toBe(0);
    const rotated = await change({ fields: { apiKey: `${API_KEY}9` } });
    expect(rotated.body.secretSetAt).toBe(new Date(test.clock.nowMs()).toISOString());
    expect(await replacements()).toBe(1);
  });

  it('can be disabled and deleted, and gateways are told', async () => {
    const { body } = await create({ provider: 'openai', apiKey: API_KEY });
    const disabled = await owner.call('PATCH', `/provider-credentials/${body.id}`, { disabled: true });
    expect(disabled.body.disabledAt).toEqual(expect.any(String));
    expect((await owner.call('DELETE', `/provider-credentials/${body.id}`)).status).toBe(204);
    expect((await owner.call('GET', `/provider-credentials/${body.id}`)).status).toBe(404);
    const rows = await test.database.tenant(owner.organizationId, (tx) =>
      tx.outboxEvent.findMany({ where: { targetId: body.id } }),
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'credential-changed',
      'credential-changed',
      'credential-changed',
    ]);
  });
});

describe('a provider’s own fields', () => {
  const AWS = {
    accessKeyId: 'AKIAEXAMPLE000000000',
    secretAccessKey: 'aws-secret-0123456789',
    region: 'us-east-1',
  };
  const make = (provider: string, fields: object, name: string) =>
    owner.call('POST', '/provider-credentials', { provider, name, fields });
  const change = (id: string, fields: object) =>
    owner.call('PATCH', `/provider-credentials/${id}`, { fields });

  it('are listed with their help and the place where keys are made', async () => {
    const { data } = (await owner.call('GET', '/providers')).body;
    for (const provider of data) {
      expect(provider.fields.length, provider.id).toBeGreaterThan(0);
      for (const field of provider.fields) expect(field.help, `${provider.id} ${field.name}`).not.toBe('');
    }
    const azure = data.find(({ id }: { id: string }) => id === 'azure');
    expect(azure.fields.map(({ name }: { name: string }) => name)).toEqual([
      'baseUrl',
      'apiKey',
      'apiVersion',
    ]);
    expect(azure.docsUrl).toMatch(/^https:/);
  });

  it('make one sealed secret, an address and a region; nothing of the secret comes back', async () => {
    const made = await make('amazon-bedrock', AWS, 'Bedrock');
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      region: 'us-east-1',
      secretHint: 'AKI…0000',
    });
    expect(made.text).not.toContain('aws-secret');
    const azure = await make(
      'azure',
      { baseUrl: 'https://unit.openai.azure.com/', apiKey: 'azure-key-0123456789', apiVersion: '2024-10-21' },
      'Azure',
    );
    expect(azure.body).toMatchObject({ baseUrl: 'https://unit.openai.azure.com', secretHint: 'azu…6789' });
  });

  it('that are missing or wrong are named, each with its code', async () => {
    const refused = await make('amazon-bedrock', { accessKeyId: 'AKIAEXAMPLE000000000', zone: 'a' }, 'x');
    expect(refused.body.errors).toEqual([
      expect.objectContaining({ path: 'body.fields.zone', code: 'unknown_field' }),
      expect.objectContaining({ path: 'body.fields.region', code: 'required' }),
    ]);
    const half = await make('amazon-bedrock', { ...AWS, secretAccessKey: '' }, 'x');
    expect(half.body.errors).toMatchObject([{ path: 'body.fields.secretAccessKey', code: 'required' }]);
    const place = await make('amazon-bedrock', { ...AWS, region: 'a.evil.example/' }, 'x');
    expect(place.body.errors).toMatchObject([{ path: 'body.fields.region', code: 'wrong_format' }]);
  });

  it('[X2] that are secret stay when others change, but never go to another address by themselves', async () => {
    const { body } = await make('amazon-bedrock', AWS, 'Moving');
    const moved = await change(body.id, { region: 'eu-west-1' });
    expect(moved.body.errors).toMatchObject([{ path: 'body.fields.secretAccessKey', code: 'secret_needed' }]);
    const told = await change(body.id, { region: 'eu-west-1', secretAccessKey: AWS.secretAccessKey });
    expect(told.body).toMatchObject({
      baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      secretHint: 'AKI…0000',
    });
    const temporary = await change(body.id, { sessionToken: 'session-token-0123456789' });
    expect(temporary.status, temporary.text).toBe(200);
    expect((await change(body.id, { sessionToken: null })).status).toBe(200);
  });
});

describe('the connection test', () => {
  const run = async (body: object = {}) => {
    const created = await create({ baseUrl: `${origin}/v1`, apiKey: API_KEY, ...body });
    expect(created.status, created.text).toBe(201);
    seen = [];
    test.clock.advance(61_000);
    return {
      id: created.body.id,
      result: await owner.call('POST', `/provider-credentials/${created.body.id}/test`),
    };
  };

  it('asks for the models with the stored secret and remembers what came of it', async () => {
    answer = { status: 200, body: '{"data":[{"id":"sim-small"},{"id":"sim-large"}]}' };
    const { id, result } = await run();
    expect(seen).toEqual([{ url: '/v1/models', authorization: `Bearer ${API_KEY}` }]);
    expect(result.body).toMatchObject({ ok: true, status: 200, models: ['sim-small', 'sim-large'] });
    const after = (await owner.call('GET', `/provider-credentials/${id}`)).body;
    expect(after).toMatchObject({ lastTestOk: true, lastTestDetail: '2 models', version: 1 });
  });

  it.each([
    [401, `{"error":"bad key ${API_KEY}"}`, 'credential_refused'],
    [500, API_KEY, 'other_status'],
    [200, `<html>${API_KEY}`, 'not_models'],
    [200, '{"data":[{"id":5}]}', 'not_models'],
  ])(
    '[X2] says what happened (%i) without passing on a word of the provider’s',
    async (status, body, fault) => {
      answer = { status, body };
      const { result } = await run();
      expect(result.body.ok).toBe(false);
      expect(result.body.fault).toBe(fault);
      expect(result.text).not.toContain(API_KEY);
    },
  );

  it('[X4] follows no redirect', async () => {
    answer = { status: 302, body: '', headers: { location: `${origin}/elsewhere` } };
    const { result } = await run();
    expect(result.body.fault).toBe('redirects');
    expect(seen).toHaveLength(1);
  });

  it('[X4] refuses a public name that leads to a private address, before a byte is sent', async () => {
    const strict = await startTestApi({ allowedPrivateOrigins: [] });
    const person = await strict.signUp('a@example.com');
    const { body } = await person.call('POST', '/provider-credentials', {
      provider: 'openai',
      name: 'x',
      apiKey: API_KEY,
    });
    // As if DNS had changed its answer after the save.
    await strict.database.tenant(person.organizationId, async (tx) => {
      const { sealSecret } = await import('@tollgate/keys');
      const baseUrl = origin;
      const context = { organizationId: person.organizationId, recordId: body.id, field: 'secret', baseUrl };
      const secretCiphertext = sealSecret(strict.options.encryptionKeys, context, API_KEY);
      await tx.providerCredential.update({ where: { id: body.id }, data: { baseUrl, secretCiphertext } });
    });
    seen = [];
    const result = await person.call('POST', `/provider-credentials/${body.id}/test`);
    expect(result.body).toMatchObject({
      ok: false,
      status: null,
      fault: 'private_address',
    });
    expect(seen).toEqual([]);
    await strict.close();
  });

  it('does not wait for a body without an end', async () => {
    answer = { status: 200, body: `{"data":[${'"x",'.repeat(2_000_000)}` };
    const { result } = await run();
    expect(result.body.ok).toBe(false);
  });
});
