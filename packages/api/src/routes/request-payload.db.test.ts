/** What requests said: who reads it, for how long, and that each reading can be proven. */
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { bodyOf, MAX_BODY_BYTES, type Payload } from '@tollgate/payloads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { addRequest } from '../test-payload.ts';

const DAY_MS = 86_400_000;
const JSON_TYPE = 'application/json';
const PAYLOAD: Payload = {
  request: bodyOf(JSON_TYPE, Buffer.from('{"messages":[{"role":"user","content":"Grüße, what is 2+2?"}]}')),
  response: bodyOf('text/event-stream; charset=utf-8', Buffer.from('data: {"answer":4}\n\n')),
};
const FROM = { 'x-test-address': '198.51.100.9', 'user-agent': 'payload-reader/1' };

let test: TestApi;
let owner: TestPerson;
/** Past the walls, for what no role may. */
let everything: Database;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Keeps');
  everything = test.openAs('migrator', 'payload-test');
  await keepFor(owner, 7);
});
afterAll(async () => {
  await everything?.close();
  await test.close();
});

async function keepFor({ call, organizationId }: TestPerson, payloadRetentionDays: number): Promise<void> {
  const answer = await call('PATCH', `/organizations/${organizationId}`, { payloadRetentionDays });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body.payloadRetentionDays).toBe(payloadRetentionDays);
}

const kept = ({ organizationId }: TestPerson = owner, ageMs = 0, payload = PAYLOAD): Promise<string> =>
  addRequest(test, { organizationId, startedAtMs: test.clock.nowMs() - ageMs, payload });

const readingsOf = async (requestId: string) =>
  (await owner.call('GET', `/audit-events?targetId=${requestId}`)).body.data as Record<string, unknown>[];

/** What the detail says and what the payload's own route does. */
async function standing({ call }: TestPerson, requestId: string): Promise<[string | null, number]> {
  const detail = await call('GET', `/requests/${requestId}`);
  expect(detail.status, detail.text).toBe(200);
  const { status } = await call('GET', `/requests/${requestId}/payload`);
  return [detail.body.payloadKeptUntil, status];
}

const withPermissions = async (name: string, permissions: readonly string[]): Promise<TestPerson> => {
  const made = await owner.call('POST', '/roles', { name, permissions });
  expect(made.status, made.text).toBe(201);
  const person = await test.join(owner, `${name}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  const changed = await owner.call('PATCH', `/members/${membershipId}`, { role: made.body.id });
  expect(changed.status, changed.text).toBe(200);
  return person;
};

describe('what a request said', () => {
  it('is read by the owner as it was sent, until its days are over, and the reading is in the audit log', async () => {
    const requestId = await kept();
    const keptUntil = new Date(test.clock.nowMs() + 7 * DAY_MS).toISOString();
    expect((await owner.call('GET', `/requests/${requestId}`)).body.payloadKeptUntil).toBe(keptUntil);
    expect(await readingsOf(requestId), 'the detail tells nothing of it').toEqual([]);
    const answer = await owner.call('GET', `/requests/${requestId}/payload`, undefined, FROM);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual({ requestId, keptUntil, ...PAYLOAD });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await owner.call('GET', `/requests/${requestId}/payload`);
    const events = await readingsOf(requestId);
    expect(events.map(({ action }) => action)).toEqual(['payload-read', 'payload-read']);
    const first = events.find(({ requestId: by }) => by === answer.headers.get('x-request-id'));
    expect(JSON.stringify(events)).not.toContain('2+2');
    expect(first).toMatchObject({
      action: 'payload-read',
      actor: { kind: 'user', id: owner.userId },
      target: { kind: 'request', id: requestId },
      ipAddress: FROM['x-test-address'],
      userAgent: FROM['user-agent'],
    });
  });

  it('is read 300 times a minute of an organization, and no more often', async () => {
    const { call } = await test.signUp('copies@example.com', 'Copies everything');
    const path = `/requests/${newId('request', test.clock.nowMs())}/payload`;
    const statuses = await Promise.all(
      Array.from({ length: 301 }, async () => (await call('GET', path)).status),
    );
    expect(Object.groupBy(statuses, String)).toEqual({
      404: Array.from({ length: 300 }, () => 404),
      429: [429],
    });
    expect((await owner.call('GET', path)).status).toBe(404);
  });

  it('is null where there was no text, and says where it was cut', async () => {
    const long = bodyOf('text/plain', Buffer.alloc(MAX_BODY_BYTES + 1, 'a'));
    const { body } = await owner.call(
      'GET',
      `/requests/${await kept(owner, 0, { request: long, response: null })}/payload`,
    );
    expect(body).toMatchObject({
      request: { contentType: 'text/plain', bytes: MAX_BODY_BYTES + 1, isCut: true },
      response: null,
    });
    expect(body.request.text).toHaveLength(MAX_BODY_BYTES);
  });

  it('is read by nobody when the reading cannot be written down', async () => {
    const requestId = await kept();
    await everything.platform((tx) => tx.$executeRaw`REVOKE INSERT ON audit_events FROM tollgate_console`);
    try {
      const answer = await owner.call('GET', `/requests/${requestId}/payload`);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('2+2');
    } finally {
      await everything.platform((tx) => tx.$executeRaw`GRANT INSERT ON audit_events TO tollgate_console`);
    }
    expect(await standing(owner, requestId)).toEqual([expect.any(String), 200]);
  });
});

describe('[X3] who reads what requests said', () => {
  it.each(['developer', 'finance', 'viewer'] as const)(
    'no %s: they are not told that it is kept',
    async (role) => {
      const person = await test.join(owner, `${role}@example.com`, role);
      const requestId = await kept();
      expect(await standing(person, requestId)).toEqual([null, 403]);
      const refused = await person.call('GET', `/requests/${requestId}/payload`);
      expect(refused.body).toMatchObject({ code: 'permission_denied' });
      expect(refused.body.detail).toContain('payloads:read');
      expect(await readingsOf(requestId)).toEqual([]);
    },
  );

  it('an administrator does, and a role of the organization that has payloads:read', async () => {
    const requestId = await kept();
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    const reader = await withPermissions('reader', ['requests:read', 'payloads:read']);
    for (const person of [admin, reader]) {
      expect(await standing(person, requestId)).toEqual([expect.any(String), 200]);
    }
    const actors = (await readingsOf(requestId)).map(({ actor }) => (actor as { id: string }).id);
    expect(actors.toSorted()).toEqual([admin.userId, reader.userId].toSorted());
  });

  it('payloads:read alone opens no request: such a role is not made', async () => {
    const refused = await owner.call('POST', '/roles', { name: 'Half', permissions: ['payloads:read'] });
    expect(refused.status, refused.text).toBe(400);
  });

  it('a token does that was given it, under its own name, and no other', async () => {
    const requestId = await kept();
    const tokenWith = async (permissions: readonly string[]) => {
      const { body } = await owner.call('POST', '/admin-tokens', { name: permissions.join(), permissions });
      return { id: body.token.id as string, call: test.withToken(body.secret) };
    };
    const plain = await tokenWith(['requests:read']);
    expect((await plain.call('GET', `/requests/${requestId}/payload`)).status).toBe(403);
    expect((await plain.call('GET', `/requests/${requestId}`)).body.payloadKeptUntil).toBeNull();
    const given = await tokenWith(['requests:read', 'payloads:read']);
    expect((await given.call('GET', `/requests/${requestId}/payload`)).body).toMatchObject(PAYLOAD);
    expect(await readingsOf(requestId)).toMatchObject([{ actor: { kind: 'adminToken', id: given.id } }]);
  });

  it('[X1] nobody of another organization: there is no such payload', async () => {
    const requestId = await kept();
    const stranger = await test.signUp('stranger@example.com', 'Other');
    await keepFor(stranger, 30);
    const path = `/requests/${requestId}/payload`;
    const own = await stranger.call('GET', path);
    const named = await stranger.call('GET', path, undefined, {
      'x-tollgate-organization': owner.organizationId,
    });
    expect([own.status, named.status]).toEqual([404, 404]);
    expect(own.body.code).toBe('not_found');
    expect(await readingsOf(requestId)).toEqual([]);
  });

  it('404 for what is no request, is another one, or said nothing that was kept', async () => {
    const bare = await addRequest(test, {
      organizationId: owner.organizationId,
      startedAtMs: test.clock.nowMs(),
    });
    expect(await standing(owner, bare)).toEqual([null, 404]);
    for (const id of ['req_x', 'x', newId('virtualKey', 1), newId('request', test.clock.nowMs())]) {
      const answer = await owner.call('GET', `/requests/${id}/payload`);
      expect([answer.status, answer.body.code], id).toEqual([404, 'not_found']);
    }
  });
});

describe('for how long', () => {
  it('to the millisecond: what is as old as the days is gone', async () => {
    await keepFor(owner, 2);
    for (const [ageMs, status] of [
      [2 * DAY_MS - 1, 200],
      [2 * DAY_MS, 404],
      [2 * DAY_MS + 1, 404],
    ] as const) {
      const [keptUntil, found] = await standing(owner, await kept(owner, ageMs));
      expect([found, keptUntil === null], String(ageMs)).toEqual([status, status === 404]);
    }
    await keepFor(owner, 7);
  });

  it('fewer days hold at once, for what is there already, and none means nothing', async () => {
    const person = await test.signUp('fewer@example.com', 'Fewer');
    await keepFor(person, 7);
    const [young, old] = [await kept(person, DAY_MS / 2), await kept(person, 3 * DAY_MS)];
    expect(await standing(person, old)).toEqual([expect.any(String), 200]);
    await keepFor(person, 2);
    expect(await standing(person, old)).toEqual([null, 404]);
    expect(await standing(person, young)).toEqual([expect.any(String), 200]);
    await keepFor(person, 0);
    expect(await standing(person, young)).toEqual([null, 404]);
    // By a clock that goes ahead.
    expect(await standing(person, await kept(person, -60_000))).toEqual([null, 404]);
  });

  it('what fewer days have let go does not come back with more of them', async () => {
    const person = await test.signUp('wavers@example.com', 'Wavers');
    await keepFor(person, 30);
    const [young, old] = [await kept(person, DAY_MS), await kept(person, 3 * DAY_MS)];
    await keepFor(person, 2);
    await keepFor(person, 30);
    expect(await standing(person, old)).toEqual([null, 404]);
    expect(await standing(person, young)).toEqual([expect.any(String), 200]);
    await keepFor(person, 0);
    await keepFor(person, 30);
    expect(await standing(person, young)).toEqual([null, 404]);
    expect(await standing(person, await kept(person, -60_000))).toEqual([expect.any(String), 200]);
  });

  it('nothing any more once the organization is closed', async () => {
    const leaving = await test.signUp('leaving@example.com', 'Leaving');
    await keepFor(leaving, 30);
    const requestId = await kept(leaving);
    expect(await standing(leaving, requestId)).toEqual([expect.any(String), 200]);
    const path = `/organizations/${leaving.organizationId}/close`;
    expect((await leaving.call('POST', path, { name: 'Leaving' })).status).toBe(200);
    expect(await standing(leaving, requestId)).toEqual([null, 404]);
  });
});

describe('payloadRetentionDays', () => {
  const change = (person: TestPerson, payloadRetentionDays: unknown) =>
    person.call('PATCH', `/organizations/${owner.organizationId}`, { payloadRetentionDays });

  it('is off for a new organization', async () => {
    const { call, organizationId } = await test.signUp('new@example.com', 'New');
    expect((await call('GET', `/organizations/${organizationId}`)).body.payloadRetentionDays).toBe(0);
  });

  it.each([
    [-1, 400],
    [0, 200],
    [1, 200],
    [30, 200],
    [31, 400],
    [1.5, 400],
    ['7', 400],
    [null, 400],
  ])('%s is answered by %i', async (days, status) => {
    const answer = await change(owner, days);
    expect(answer.status, answer.text).toBe(status);
    if (status === 400) expect(answer.body.errors[0].path).toBe('body.payloadRetentionDays');
    else expect(answer.body.payloadRetentionDays).toBe(days);
  });

  it('takes organization:write, is in the audit log with what was, and gateways hear of it', async () => {
    await change(owner, 7);
    const developer = await test.join(owner, 'patches@example.com', 'developer');
    expect((await change(developer, 30)).status).toBe(403);
    const told: string[] = [];
    const stop = test.changes.subscribe(({ kind }) => told.push(kind));
    const answer = await change(owner, 14);
    stop();
    expect(told).toEqual(['organization-changed']);
    const { data } = (await owner.call('GET', `/audit-events?targetId=${owner.organizationId}&limit=100`))
      .body;
    const requestId = answer.headers.get('x-request-id');
    expect(data.find((event: { requestId: string }) => event.requestId === requestId)).toMatchObject({
      action: 'organization-updated',
      actor: { id: owner.userId },
      before: { payloadRetentionDays: 7 },
      after: { payloadRetentionDays: 14 },
    });
  });
});
