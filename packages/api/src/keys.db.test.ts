import { createKeyHasher, isKeySecret, type KeySecret } from '@tollgate/keys';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from './framework/change-feed.ts';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Keys');
});
afterAll(() => test.close());

const createKey = async (body: object = {}, caller = owner.call) =>
  (await caller('POST', '/keys', { name: 'k', ...body })).body;

/** As a gateway finds it. */
async function findSecret(secret: string) {
  const hasher = createKeyHasher(test.options.keyPeppers);
  const { hash } = hasher.hash(secret as KeySecret);
  return test.database.tenant(owner.organizationId, (tx) =>
    tx.virtualKeySecret.findUnique({ where: { hash } }),
  );
}

describe('keys', () => {
  it('[X2] show their secret once; the database holds only its HMAC', async () => {
    const { key, secret } = await createKey({ name: 'once', tags: { env: 'prod' }, models: ['sim-small'] });
    expect(isKeySecret(secret)).toBe(true);
    expect(key).toMatchObject({
      name: 'once',
      state: 'active',
      tags: { env: 'prod' },
      models: ['sim-small'],
    });
    expect(key.hint).toBe(`${secret.slice(0, 8)}…${secret.slice(-4)}`);
    expect((await findSecret(secret))?.keyId).toBe(key.id);
    const detail = await owner.call('GET', `/keys/${key.id}`);
    expect(detail.body).toMatchObject({ spentUsd: '0.00', lastUsedAt: null, state: 'active' });
    expect(detail.text).not.toContain(secret);
    const rows = await test.database.tenant(owner.organizationId, (tx) => tx.virtualKeySecret.findMany());
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('rotate with overlap: identity stays, both secrets work, then only the new one', async () => {
    const { key, secret } = await createKey();
    const rotated = (await owner.call('POST', `/keys/${key.id}/rotate`, { overlapSeconds: 600 })).body;
    expect(rotated.key.id).toBe(key.id);
    expect(rotated.key.secrets).toHaveLength(2);
    expect((await findSecret(secret))?.expiresAt?.getTime()).toBe(test.clock.nowMs() + 600_000);
    test.clock.advance(601_000);
    expect((await owner.call('GET', `/keys/${key.id}`)).body.secrets).toHaveLength(1);
    const again = (await owner.call('POST', `/keys/${key.id}/rotate`)).body;
    expect((await findSecret(rotated.secret))?.revokedAt).toBeInstanceOf(Date);
    expect((await findSecret(again.secret))?.revokedAt).toBeNull();
  });

  it('[G3] tell gateways of every change: an outbox row in the transaction, a push after the commit', async () => {
    const pushed: Change[] = [];
    const stop = test.changes.subscribe((change) => pushed.push(change));
    const { key } = await createKey();
    await owner.call('PATCH', `/keys/${key.id}`, { name: 'renamed' });
    await owner.call('POST', `/keys/${key.id}/rotate`);
    await owner.call('POST', `/keys/${key.id}/revoke`);
    stop();
    const rows = await test.database.tenant(owner.organizationId, (tx) =>
      tx.outboxEvent.findMany({ where: { targetId: key.id } }),
    );
    expect(rows).toHaveLength(4);
    expect(new Set(pushed.map(({ eventId }) => eventId))).toEqual(new Set(rows.map(({ id }) => id)));
    expect(pushed.every(({ kind }) => kind === 'key-changed')).toBe(true);
  });

  it('cannot be changed once revoked', async () => {
    const { key } = await createKey();
    expect((await owner.call('POST', `/keys/${key.id}/revoke`)).body.state).toBe('revoked');
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'x' }],
      ['POST', '/rotate', {}],
      ['POST', '/revoke', undefined],
    ] as const) {
      expect((await owner.call(method, `/keys/${key.id}${path}`, body)).status).toBe(409);
    }
  });

  it('refuse an expiry in the past, a team or owner that is not there', async () => {
    const attempts = [
      [{ expiresAt: new Date(test.clock.nowMs() - 1).toISOString() }, 'body.expiresAt'],
      [{ teamId: 'team_1111111111111111111111' }, 'body.teamId'],
      [{ ownerId: 'mem_1111111111111111111111' }, 'body.ownerId'],
      [{ ownerId: 'sa_1111111111111111111111' }, 'body.ownerId'],
      [{ tags: { 'bad name': 'x' } }, 'body.tags.bad name'],
    ] as const;
    for (const [body, path] of attempts) {
      const answer = await owner.call('POST', '/keys', { name: 'k', ...body });
      expect(answer.body.errors[0].path, answer.text).toBe(path);
    }
  });

  it('can be found by name, id, secret’s beginning, state, team and owner', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Search' })).body.id;
    const me = (await owner.call('GET', '/me')).body.membershipId;
    const { key, secret } = await createKey({ name: 'Needle-%_x', teamId: team, ownerId: me });
    for (const query of [
      'q=needle-%25_x',
      `q=${key.id}`,
      `q=${secret.slice(0, 12)}`,
      `teamId=${team}`,
      `ownerId=${me}`,
      `teamId=${team}&state=active`,
    ]) {
      const { body } = await owner.call('GET', `/keys?${query}`);
      expect(
        body.data.map(({ id }: { id: string }) => id),
        query,
      ).toContain(key.id);
    }
    expect((await owner.call('GET', `/keys?teamId=${team}&state=revoked`)).body.data).toEqual([]);
    expect((await owner.call('GET', '/keys?q=Needle-__x')).body.data).toEqual([]);
  });

  it('page through without a gap or a repeat while keys are added', async () => {
    const other = await test.signUp('pages@example.com');
    for (let index = 0; index < 7; index += 1) await createKey({ name: `k${index}` }, other.call);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await other.call('GET', `/keys?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map((key: { name: string }) => key.name));
      cursor = body.nextCursor;
      await createKey({ name: 'new' }, other.call);
      test.clock.advance(1);
    }
    expect(seen.filter((name) => name !== 'new').toSorted()).toEqual([
      'k0',
      'k1',
      'k2',
      'k3',
      'k4',
      'k5',
      'k6',
    ]);
  });
});

describe('the first request', () => {
  it('ends the wait at once when it is pushed', async () => {
    const { key } = await createKey();
    const startedMs = performance.now();
    const waiting = owner.call('GET', `/keys/${key.id}/first-request?waitSeconds=30`);
    const worker = test.openAs('worker', 'ingest');
    await worker.tenant(owner.organizationId, (tx) =>
      tx.virtualKey.updateMany({ where: { id: key.id }, data: { firstRequestId: 'req_1' } }),
    );
    await worker.close();
    await test.changes.publish({
      organizationId: owner.organizationId,
      kind: 'first-request',
      targetId: key.id,
      eventId: 'evt_1',
    });
    expect((await waiting).body).toEqual({ requestId: 'req_1' });
    expect(performance.now() - startedMs).toBeLessThan(28_000);
  });

  it('is null when the time is over', async () => {
    const { key } = await createKey();
    expect((await owner.call('GET', `/keys/${key.id}/first-request?waitSeconds=0`)).body).toEqual({
      requestId: null,
    });
  });
});

describe('what a maker may', () => {
  it('lets a developer manage keys of their teams and their own, and no others', async () => {
    const developer = await test.join(owner, 'developer@example.com', 'developer');
    const { membershipId } = (await developer.call('GET', '/me')).body;
    const parent = (await owner.call('POST', '/teams', { name: 'Parent' })).body.id;
    const child = (await owner.call('POST', '/teams', { name: 'Child', parentId: parent })).body.id;
    const foreign = (await owner.call('POST', '/teams', { name: 'Foreign' })).body.id;
    await owner.call('PUT', `/teams/${parent}/members/${membershipId}`);
    const create = async (body: object) =>
      (await developer.call('POST', '/keys', { name: 'd', ...body })).status;
    expect(await create({})).toBe(201);
    expect(await create({ teamId: parent })).toBe(201);
    expect(await create({ teamId: child })).toBe(201);
    expect(await create({ teamId: foreign })).toBe(403);
    const ownerMember = (await owner.call('GET', '/me')).body.membershipId;
    expect(await create({ ownerId: ownerMember })).toBe(403);
    const { key } = await createKey({ teamId: foreign });
    expect((await developer.call('POST', `/keys/${key.id}/revoke`)).status).toBe(403);
    expect((await developer.call('POST', `/keys/${key.id}/rotate`)).status).toBe(403);
    const own = (await developer.call('POST', '/keys', { name: 'mine', teamId: parent })).body.key.id;
    expect((await developer.call('PATCH', `/keys/${own}`, { teamId: foreign })).status).toBe(403);
    // Lists and pages say it beforehand, of every key, and name whose it is.
    await createKey({ teamId: child, ownerId: ownerMember });
    const { data } = (await developer.call('GET', '/keys?limit=200&state=active')).body;
    for (const listed of data as { id: string; mayManage: boolean; teamId: string | null }[]) {
      const changed = await developer.call('PATCH', `/keys/${listed.id}`, { name: 'tried' });
      expect(changed.status, JSON.stringify(listed)).toBe(listed.mayManage ? 200 : 403);
      const detail = (await developer.call('GET', `/keys/${listed.id}`)).body;
      expect(detail).toMatchObject({ mayManage: listed.mayManage });
    }
    expect(new Set(data.map(({ mayManage }: { mayManage: boolean }) => mayManage)).size).toBe(2);
    const viewer = await test.join(owner, 'onlooker@example.com', 'viewer');
    const seen = (await viewer.call('GET', `/keys?teamId=${parent}`)).body.data;
    expect(seen.length).toBeGreaterThan(0);
    for (const key of seen) {
      const { name, email } = (await developer.call('GET', '/me')).body;
      expect(key).toMatchObject({ mayManage: false, teamName: 'Parent', ownerName: name || email });
    }
  });

  it('[X3] never lets a token out of its maker’s permissions, for any two sets', async () => {
    const { PERMISSIONS } = await import('@tollgate/identity');
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    const maker = (await admin.call('GET', '/me')).body.permissions as string[];
    await fc.assert(
      fc.asyncProperty(fc.subarray([...PERMISSIONS], { minLength: 1 }), async (permissions) => {
        const answer = await admin.call('POST', '/admin-tokens', { name: 't', permissions });
        expect(answer.status).toBe(permissions.every((one) => maker.includes(one)) ? 201 : 403);
        if (answer.status !== 201) return;
        const token = test.withToken(answer.body.secret);
        expect((await token('GET', '/me')).body.permissions.toSorted()).toEqual(permissions.toSorted());
        const child = await token('POST', '/admin-tokens', { name: 'c', permissions: [...PERMISSIONS] });
        expect(child.status).toBe(403);
      }),
      { numRuns: 15 },
    );
  });

  it('takes a token’s power away with its maker’s, at once', async () => {
    const admin = await test.join(owner, 'leaving@example.com', 'admin');
    const { secret } = (
      await admin.call('POST', '/admin-tokens', { name: 't', permissions: ['teams:read', 'teams:write'] })
    ).body;
    const token = test.withToken(secret);
    expect((await token('POST', '/teams', { name: 'By token' })).status).toBe(201);
    const { membershipId } = (await admin.call('GET', '/me')).body;
    await owner.call('PATCH', `/members/${membershipId}`, { role: 'viewer' });
    expect((await token('POST', '/teams', { name: 'Again' })).status).toBe(403);
    expect((await token('GET', '/teams')).status).toBe(200);
    expect((await owner.call('DELETE', `/members/${membershipId}`)).status).toBe(204);
    expect((await token('GET', '/teams')).status).toBe(401);
    expect((await admin.call('GET', '/teams')).status).toBe(404);
  });

  it('ends a token when it is revoked and when it expires', async () => {
    const make = async (body: object) =>
      (await owner.call('POST', '/admin-tokens', { name: 't', permissions: ['keys:read'], ...body })).body;
    const revoked = await make({});
    expect((await test.withToken(revoked.secret)('GET', '/keys')).status).toBe(200);
    await owner.call('POST', `/admin-tokens/${revoked.token.id}/revoke`);
    expect((await test.withToken(revoked.secret)('GET', '/keys')).status).toBe(401);
    const expiring = await make({ expiresAt: new Date(test.clock.nowMs() + 1_000).toISOString() });
    test.clock.advance(1_000);
    expect((await test.withToken(expiring.secret)('GET', '/keys')).status).toBe(401);
  });
});
