import { openDatabase } from '@tollgate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from './create-api.ts';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Changes');
});
afterAll(() => test.close());

describe('Idempotency-Key', () => {
  it('gives the same answer, secret included, and makes one thing, however often and at once', async () => {
    const create = () => owner.call('POST', '/keys', { name: 'same' }, { 'idempotency-key': 'a-1' });
    const answers = [...(await Promise.all([create(), create(), create()])), await create()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.secret)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(3);
    expect((await owner.call('GET', '/keys?q=same')).body.data).toHaveLength(1);
  });

  it('[X2] keeps the answer sealed', async () => {
    const { body } = await owner.call('POST', '/keys', { name: 'sealed' }, { 'idempotency-key': 'a-2' });
    const rows = await test.database.tenant(owner.organizationId, (tx) => tx.idempotencyRecord.findMany());
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Buffer.from(row.responseBody!).includes(body.secret)).toBe(false);
  });

  it('refuses another body under the same key, and forgets failures and old ones', async () => {
    const create = (body: object) => owner.call('POST', '/teams', body, { 'idempotency-key': 'b-1' });
    expect((await create({ name: 'x', parentId: 'team_none' })).status).toBe(400);
    expect((await create({ name: 'First' })).status).toBe(201);
    const other = await create({ name: 'Second' });
    expect(other.status).toBe(422);
    expect(other.body.code).toBe('idempotency_key_reused');
    test.clock.advance(25 * 3_600_000);
    expect((await create({ name: 'Second' })).status).toBe(201);
  });

  it('[X1] belongs to its caller: another person and another organization have their own', async () => {
    const stranger = await test.signUp('stranger@example.com');
    const mine = await owner.call('POST', '/teams', { name: 'Mine' }, { 'idempotency-key': 'c-1' });
    const theirs = await stranger.call('POST', '/teams', { name: 'Theirs' }, { 'idempotency-key': 'c-1' });
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.name).toBe('Theirs');
  });
});

describe('If-Match', () => {
  it.each([
    ['/keys', { name: 'versioned' }, (body: { key: { id: string } }) => body.key.id],
    ['/teams', { name: 'Versioned' }, (body: { id: string }) => body.id],
    ['/service-accounts', { name: 'versioned' }, (body: { id: string }) => body.id],
    [
      '/provider-credentials',
      { provider: 'openai', name: 'v', apiKey: 'sk-0123456789abcdef' },
      (body: { id: string }) => body.id,
    ],
  ] as const)('on %s refuses a change to a version that is no longer there', async (path, body, idOf) => {
    const created = await owner.call('POST', path, body);
    const id = (idOf as (body: unknown) => string)(created.body);
    const { headers } = await owner.call('GET', `${path}/${id}`);
    const etag = headers.get('etag')!;
    test.clock.advance(1);
    const change = (name: string, tag: string) =>
      owner.call('PATCH', `${path}/${id}`, { name }, { 'if-match': tag });
    const first = await change('one', etag);
    expect(first.status).toBe(200);
    expect((await change('two', etag)).body.code).toBe('version_conflict');
    test.clock.advance(1);
    expect((await change('two', first.headers.get('etag')!)).status).toBe(200);
  });
});

describe('mass assignment', () => {
  it('changes only what a route declares', async () => {
    const extras = {
      id: 'x',
      organizationId: 'org_operator',
      version: 9,
      createdAt: '2020-01-01T00:00:00Z',
      revokedAt: null,
    };
    for (const [name, value] of Object.entries(extras)) {
      const answer = await owner.call('POST', '/keys', { name: 'k', [name]: value });
      expect(answer.body.errors, name).toEqual([
        { path: `body.${name}`, message: 'is not a field of this request', code: 'unknown_field' },
      ]);
    }
    const me = await owner.call('PATCH', '/me', { isOperator: true });
    expect(me.status).toBe(400);
  });
});

describe('the audit log', () => {
  it('[X5] says who changed what, from where, before and after', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Before', costCenter: '1' })).body;
    await owner.call(
      'PATCH',
      `/teams/${team.id}`,
      { name: 'After' },
      { 'user-agent': 'tests', 'x-test-address': '198.51.100.7' },
    );
    const { body } = await owner.call('GET', `/audit-events?targetId=${team.id}`);
    expect(body.data.map(({ action }: { action: string }) => action).toSorted()).toEqual([
      'team-created',
      'team-updated',
    ]);
    const update = body.data.find(({ action }: { action: string }) => action === 'team-updated');
    expect(update).toMatchObject({
      actor: { kind: 'user', id: owner.userId, name: 'owner@example.com' },
      target: { kind: 'team', id: team.id, name: 'After' },
      before: { name: 'Before' },
      after: { name: 'After' },
      ipAddress: '198.51.100.7',
      userAgent: 'tests',
    });
  });

  it('keeps nothing of a change that failed', async () => {
    const before = (await owner.call('GET', '/audit-events?action=team-created')).body.data.length;
    await owner.call('POST', '/teams', { name: 'Twice', slug: 'twice' });
    expect((await owner.call('POST', '/teams', { name: 'Twice', slug: 'twice' })).status).toBe(409);
    expect((await owner.call('GET', '/audit-events?action=team-created')).body.data).toHaveLength(before + 1);
  });
});

describe('without a database', () => {
  it('[G1] every kind of request answers 503 with Retry-After, never 401 or 500', async () => {
    const database = openDatabase({
      url: 'postgres://nobody:x@127.0.0.1:9/none',
      applicationName: 'down',
      connectTimeoutMs: 500,
    });
    const api = createApi({ ...test.options, database });
    const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
      api.request(
        new Request(`${TEST_ORIGIN}/api/v1${path}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(body && { body: JSON.stringify(body) }),
        }),
      );
    const answers = await Promise.all([
      ask('GET', '/health', {}),
      ask('GET', '/keys', { cookie: owner.call.cookie }),
      ask('GET', '/keys', { authorization: `Bearer tga_${'0'.repeat(40)}` }),
      ask('POST', '/auth/sign-in', {}, { email: 'a@example.com', password: 'x' }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(await answer.text()).not.toMatch(/127\.0\.0\.1|prisma|ECONNREFUSED/i);
    }
    await database.close();
  });
});
