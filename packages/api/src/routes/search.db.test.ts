/** What a search over everything finds, and for whom. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Search');
});
afterAll(() => test.close());

async function make(path: string, body: unknown): Promise<string> {
  const answer = await owner.call('POST', path, body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id ?? answer.body.endpoint.id;
}

const search = async (
  person: TestPerson,
  q: string,
): Promise<{ kind: string; id: string; name: string }[]> => {
  const answer = await person.call('GET', `/search?q=${encodeURIComponent(q)}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
};
const kindsOf = async (person: TestPerson, q: string) => [
  ...new Set((await search(person, q)).map(({ kind }) => kind)),
];

const VIEW = { q: 'status:>=400', range: 'day', from: null, to: null, columns: null };

describe('GET /search', () => {
  it('finds things of each kind by parts of their names, one answer for all', async () => {
    const team = await make('/teams', { name: 'Falcon crew', slug: 'falcon' });
    const limit = await make('/rate-limits', {
      scope: { type: 'team', id: team },
      metric: 'requests',
      limit: 10,
      windowSeconds: 60,
    });
    await make('/budgets', {
      name: 'Falcon budget',
      scope: { type: 'team', id: team },
      limitUsd: '5',
      period: 'month',
    });
    await make('/alert-rules', { kind: 'budget-threshold', name: 'Falcon rule', channelIds: [] });
    await make('/notification-channels', {
      kind: 'email',
      name: 'Falcon mail',
      recipients: { roles: ['owner'], memberIds: [], addresses: [] },
    });
    await make('/roles', { name: 'Falconer', permissions: ['usage:read'] });
    await make('/saved-views', { name: 'Falcon errors', question: VIEW, shared: false });
    expect((await search(owner, 'FALCON')).find(({ kind }) => kind === 'rate-limit')).toMatchObject({
      id: limit,
      name: 'Falcon crew',
    });
    expect(await kindsOf(owner, 'FALCON')).toEqual([
      'budget',
      'rate-limit',
      'alert-rule',
      'notification-channel',
      'role',
      'saved-view',
    ]);
    const [view] = (await search(owner, 'Falcon err')) as { kind: string; question?: unknown }[];
    expect(view).toMatchObject({ kind: 'saved-view', question: { q: 'status:>=400' } });
    expect(await search(owner, 'nothing is called so')).toEqual([]);
    // A question of an earlier version, which nobody can read any longer.
    await test.database.tenant(
      owner.organizationId,
      (tx) => tx.$executeRaw`UPDATE saved_views SET question = '{"gone": true}'::jsonb`,
    );
    expect(await search(owner, 'Falcon err')).toMatchObject([{ question: { q: '', range: 'day' } }]);
  });

  it('takes signs of patterns as they are', async () => {
    expect(await search(owner, '%%')).toEqual([]);
    expect((await owner.call('GET', '/search?q=a')).status).toBe(400);
  });

  it('[X1] finds only what one may read, and nothing of another organization or of others alone', async () => {
    const developer = await test.join(owner, 'developer@example.com', 'developer');
    expect(await kindsOf(developer, 'falcon')).not.toContain('saved-view');
    const stranger = await test.signUp('stranger@example.com', 'Elsewhere');
    expect(await search(stranger, 'falcon')).toEqual([]);
    const role = await make('/roles', { name: 'Narrow', permissions: ['organization:read'] });
    const narrow = await test.join(owner, 'narrow@example.com', 'viewer');
    const { membershipId } = (await narrow.call('GET', '/me')).body;
    expect((await owner.call('PATCH', `/members/${membershipId}`, { role })).status).toBe(200);
    expect(await search(narrow, 'falcon')).toEqual([]);
  });
});
