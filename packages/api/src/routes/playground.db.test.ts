import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countLockWaiters, startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from '../test-api.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands where the gateway is: what reaches it is what this test is about. */
let gateway: Server;
let answer: Answer;
let secrets: string[] = [];
let test: TestApi;
let owner: TestPerson;
let developer: TestPerson;

const CHAT = { endpoint: 'chat.completions', body: { model: 'sim-small', messages: [] } };

beforeAll(async () => {
  gateway = createServer((request, response) => {
    secrets.push(request.headers.authorization ?? '');
    answer(request, response);
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  test = await startTestApi({ gatewayUrl: `http://127.0.0.1:${port}` });
  owner = await test.signUp('owner@example.com', 'Acme');
  developer = await test.join(owner, 'developer@example.com', 'developer');
});
afterAll(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await test.close();
});
beforeEach(() => {
  secrets = [];
  answer = (_, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-tollgate-request-id': 'req_1',
      'set-cookie': 'a=b',
      'x-internal': 'no',
    });
    response.end('{"choices":[]}');
  };
});

describe('a call of the playground', () => {
  it('goes to the gateway under a key of the person, which is made once and listed as theirs', async () => {
    const [first, second] = await Promise.all([
      developer.call('POST', '/playground/calls', CHAT),
      developer.call('POST', '/playground/calls', CHAT),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^Bearer tgk_/);
    const { body } = await owner.call('GET', '/keys?q=Playground');
    expect(body.data).toHaveLength(1);
    const me = await developer.call('GET', '/me');
    expect(body.data[0]).toMatchObject({
      ownerId: me.body.membershipId,
      state: 'active',
      expiresAt: null,
      tags: { source: 'playground' },
    });
    // The secret ends by itself, and soon.
    const endsAt = Date.parse(body.data[0].secrets[0].expiresAt);
    expect(endsAt - test.clock.nowMs()).toBeLessThanOrEqual(30 * 60_000);

    // Nothing to clean up, then, unless somebody gives it a secret that stays.
    const { id } = body.data[0];
    expect((await owner.call('GET', `/keys/${id}`)).body.ownerName).toBe(me.body.name || me.body.email);
    const found = async (kind: string) =>
      (await owner.call('GET', `/keys?finding=${kind}`)).body.data.map((key: { id: string }) => key.id);
    expect(await found('neverExpires')).toEqual([]);
    expect(await found('noBudget')).toEqual([id]);
    expect((await owner.call('POST', `/keys/${id}/rotate`, {})).status).toBe(200);
    expect(await found('neverExpires')).toEqual([id]);
  });

  it('goes where its endpoint is: the model of Gemini’s stands in the path, files go as a form', async () => {
    const seen: { url: string; type: string; body: string }[] = [];
    answer = (request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (piece: string) => {
        body += piece;
      });
      request.on('end', () => {
        seen.push({ url: request.url ?? '', type: request.headers['content-type'] ?? '', body });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    };
    const call = (endpoint: string, body: object) =>
      developer.call('POST', '/playground/calls', { endpoint, body });
    await call('completions', { model: 'sim-small', prompt: 'Hello' });
    await call('generate_content', { model: '../google/gemini?x#', contents: [] });
    const file = `data:audio/wav;base64,${Buffer.from('RIFF').toString('base64')}`;
    expect((await call('audio.transcriptions', { model: 'whisper', file, temperature: 0 })).status).toBe(200);
    expect(seen.slice(0, 2)).toEqual([
      { url: '/v1/completions', type: 'application/json', body: '{"model":"sim-small","prompt":"Hello"}' },
      {
        url: '/v1beta/models/..%2Fgoogle%2Fgemini%3Fx%23:generateContent',
        type: 'application/json',
        body: '{"contents":[]}',
      },
    ]);
    const form = seen[2]!;
    expect([form.url, form.type]).toEqual([
      '/v1/audio/transcriptions',
      expect.stringMatching(/^multipart\/form-data; /),
    ]);
    expect(form.body).toContain('name="file"; filename="file.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF');
    expect(form.body).toContain('name="temperature"\r\n\r\n0');
    const wrong = await call('images.edits', { model: 'x', image: '/etc/passwd' });
    expect(wrong.body.errors[0].path).toBe('body.body.image');
    expect(seen).toHaveLength(3);
  });

  it('[X2] shows the secret to nobody, and passes on no header that is not meant for the page', async () => {
    const called = await developer.call('POST', '/playground/calls', CHAT);
    const secret = secrets[0]!.slice('Bearer '.length);
    expect(called.headers.get('x-tollgate-request-id')).toBe('req_1');
    expect(called.headers.get('set-cookie')).toBeNull();
    expect(called.headers.get('x-internal')).toBeNull();
    const audit = await owner.call('GET', '/audit-events?limit=200');
    const seen = called.text + JSON.stringify([...called.headers]) + audit.text + test.logLines.join('\n');
    expect(seen).not.toContain(secret);
  });

  it('ends with its session: the secret is revoked, the next call has another, the key stays', async () => {
    await developer.call('POST', '/playground/calls', CHAT);
    expect((await developer.call('DELETE', '/playground/session')).status).toBe(204);
    const between = await owner.call('GET', '/keys?q=Playground');
    expect(between.body.data[0].secrets).toEqual([]);
    await developer.call('POST', '/playground/calls', CHAT);
    expect(new Set(secrets).size).toBe(2);
    expect((await owner.call('GET', '/keys?q=Playground')).body.data).toHaveLength(1);
  });

  it('makes a new key where the old one was revoked, and none without keys:write, for tokens or strangers', async () => {
    const { body } = await owner.call('GET', '/keys?q=Playground');
    await owner.call('POST', `/keys/${body.data[0].id}/revoke`);
    expect((await developer.call('POST', '/playground/calls', CHAT)).status).toBe(200);
    expect((await owner.call('GET', '/keys?q=Playground&state=active')).body.data).toHaveLength(1);

    const viewer = await test.join(owner, 'viewer@example.com', 'viewer');
    expect((await viewer.call('POST', '/playground/calls', CHAT)).body.code).toBe('permission_denied');
    const token = await test.bootstrap('Tokens');
    expect((await token.call('POST', '/playground/calls', CHAT)).body.code).toBe('permission_denied');
    const stranger = await test.signUp('stranger@example.com', 'Other');
    const foreign = { 'x-tollgate-organization': owner.organizationId };
    expect((await stranger.call('POST', '/playground/calls', CHAT, foreign)).status).toBe(404);
    const team = (await stranger.call('POST', '/teams', { name: 'Theirs' })).body.id;
    const charged = await developer.call('POST', '/playground/calls', { ...CHAT, teamId: team });
    expect(charged.body.errors[0]).toMatchObject({ path: 'body.teamId', code: 'unknown_reference' });
    // A developer charges teams of their own only.
    const notOwn = (await owner.call('POST', '/teams', { name: 'Not theirs' })).body.id;
    const refused = await developer.call('POST', '/playground/calls', { ...CHAT, teamId: notOwn });
    expect(refused.body.code).toBe('exceeds_own_permissions');
    expect(secrets).toHaveLength(1);
  });

  it('[X3] has another key where its own was given away: to a team that the person has left, or to a program', async () => {
    const person = await test.join(owner, 'restless@example.com', 'developer');
    const memberId = (await person.call('GET', '/me')).body.membershipId;
    const team = (await owner.call('POST', '/teams', { name: 'Payers' })).body.id;
    expect((await owner.call('PUT', `/teams/${team}/members/${memberId}`, {})).status).toBe(204);
    const keyOfCall = async () => {
      const answer = await person.call('POST', '/playground/calls', CHAT);
      expect(answer.status, answer.text).toBe(200);
      return answer.headers.get('x-tollgate-playground-key')!;
    };
    const first = await keyOfCall();
    expect((await person.call('PATCH', `/keys/${first}`, { teamId: team })).status).toBe(200);
    expect((await owner.call('DELETE', `/teams/${team}/members/${memberId}`)).status).toBe(204);
    await person.call('DELETE', '/playground/session');
    const second = await keyOfCall();
    expect(second).not.toBe(first);

    const { id: ownerId } = (await owner.call('POST', '/service-accounts', { name: 'Robot' })).body;
    expect((await owner.call('PATCH', `/keys/${second}`, { ownerId })).status).toBe(200);
    const { secret } = (await owner.call('POST', `/keys/${second}/rotate`, { overlapSeconds: 600 })).body;
    expect(secret).toMatch(/^tgk_/);
    const secretsOf = async (id: string) => (await owner.call('GET', `/keys/${id}`)).body.secrets;
    const before = await secretsOf(second);
    expect(before).toHaveLength(2);
    // Whoever had it ends nothing of it either: the program's own secret is none of theirs.
    expect((await person.call('DELETE', '/playground/session')).status).toBe(204);
    expect(await secretsOf(second)).toEqual(before);
    expect(await keyOfCall()).not.toBe(second);
    expect(await secretsOf(second)).toEqual(before);
    expect(await secretsOf(first)).toEqual([]);
  });

  it('has a key that lives no longer than the rules allow, and another one after that', async () => {
    const startMs = test.clock.nowMs();
    const { call } = await test.join(owner, 'short-lived@example.com', 'developer');
    const keysOf = async () => {
      const { membershipId } = (await call('GET', '/me')).body;
      return (await owner.call('GET', `/keys?ownerId=${membershipId}&direction=asc`)).body.data;
    };
    await owner.call('PUT', '/key-rules', { maxAgeDays: 1 });
    expect((await call('POST', '/playground/calls', CHAT)).status).toBe(200);
    const [key] = await keysOf();
    expect(key.expiresAt).toBe(new Date(startMs + 86_400_000).toISOString());
    // So a new secret of that key is none that outlives the rules either.
    expect((await call('POST', `/keys/${key.id}/rotate`, {})).body.key.expiresAt).toBe(key.expiresAt);
    // One that ends within the session is as good as ended.
    test.clock.set(startMs + 86_400_000 - 60_000);
    expect((await call('POST', '/playground/calls', CHAT)).status).toBe(200);
    expect(await keysOf()).toHaveLength(2);
    await owner.call('PUT', '/key-rules', {});
    test.clock.set(startMs);
  });

  it('[X4] goes nowhere else: no other path, no redirect', async () => {
    const other = await developer.call('POST', '/playground/calls', { ...CHAT, endpoint: '../../metrics' });
    expect(other.status).toBe(400);
    answer = (_, response) => {
      response.writeHead(307, { location: 'http://169.254.169.254/' });
      response.end();
    };
    const moved = await developer.call('POST', '/playground/calls', CHAT);
    expect(moved.body.code).toBe('service_unavailable');
  });

  it('is passed on as it flows, and ends at the gateway when its reader goes away', async () => {
    let closed = false;
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
      response.on('close', () => {
        closed = true;
      });
    };
    const abort = new AbortController();
    const response = await test.api.request(
      new Request(`${TEST_ORIGIN}/api/v1/playground/calls`, {
        method: 'POST',
        headers: {
          cookie: developer.call.cookie,
          'x-tollgate-csrf': '1',
          'content-type': 'application/json',
          'x-tollgate-organization': owner.organizationId,
        },
        body: JSON.stringify(CHAT),
        signal: abort.signal,
      }),
    );
    expect(response.headers.get('cache-control')).toContain('no-transform');
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toContain('"content":"a"');
    expect(closed).toBe(false);
    abort.abort();
    await waitFor(() => closed, { description: 'the gateway sees the reader go' });
  });
});

describe('saved prompts', () => {
  it('are one’s own until shared, sealed at rest, and changed by nobody else', async () => {
    const content = { system: 'Be exact about the harvest.', models: ['sim-small'] };
    const saved = await developer.call('POST', '/playground/prompts', { name: 'Harvest', content });
    expect(saved.status).toBe(201);
    const path = `/playground/prompts/${saved.body.id}`;
    expect((await owner.call('GET', path)).status).toBe(404);

    const shared = await developer.call('PUT', path, { name: 'Harvest', shared: true, content });
    expect(shared.body).toMatchObject({ shared: true, version: 2 });
    expect((await owner.call('GET', path)).body).toMatchObject({ content, mine: false });
    const other = await test.join(owner, 'other-developer@example.com', 'developer');
    expect((await other.call('DELETE', path)).body.code).toBe('exceeds_own_permissions');
    const stale = await developer.call(
      'PUT',
      path,
      { name: 'x', shared: true, content },
      { 'if-match': '"1"' },
    );
    expect(stale.body.code).toBe('version_conflict');

    const [row] = await test.database.tenant(owner.organizationId, (tx) => tx.playgroundPrompt.findMany());
    expect(Buffer.from(row!.contentCiphertext).toString('latin1')).not.toContain('harvest');
    const audit = await owner.call('GET', '/audit-events?limit=200');
    expect(audit.text).not.toContain('Be exact about the harvest');
    expect(audit.text).toContain('playground-prompt-updated');

    expect((await developer.call('DELETE', path)).status).toBe(204);
    expect((await owner.call('GET', path)).status).toBe(404);
  });

  it('that two save at once keep what the first of them wrote', async () => {
    const content = { system: 'First of all' };
    const saved = await developer.call('POST', '/playground/prompts', { name: 'Raced', content });
    const path = `/playground/prompts/${saved.body.id}`;
    const seen = { 'if-match': saved.headers.get('etag')! };
    const save = (name: string) => developer.call('PUT', path, { name, shared: false, content }, seen);
    const saves: ReturnType<typeof save>[] = [];
    // Both have come to the row before either may go on.
    await test.database.tenant(owner.organizationId, async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM playground_prompts WHERE id = ${saved.body.id} FOR UPDATE`;
      saves.push(save('one'), save('two'));
      await waitFor(async () => (await countLockWaiters(test)) === 2);
    });
    const answers = await Promise.all(saves);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const kept = answers.find(({ status }) => status === 200)!;
    expect((await developer.call('GET', path)).body).toMatchObject({ name: kept.body.name, version: 2 });
  });

  it('are so many at most: what is kept is bounded', async () => {
    const { organizationId } = owner;
    await test.database.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO playground_prompts (id, organization_id, name, created_by_id, content_ciphertext)
        SELECT 'prm_' || n, ${organizationId}, 'many', 'mem_1', ''::bytea FROM generate_series(1, 1000) n`,
    );
    const refused = await owner.call('POST', '/playground/prompts', { name: 'One more', content: {} });
    expect(refused.body.code).toBe('conflict');
  });
});
