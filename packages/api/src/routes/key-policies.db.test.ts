import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

const DAY_MS = 86_400_000;
let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
let developer: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  developer = await test.join(owner, 'developer@example.com', 'developer');
}, 60_000);
afterAll(() => test.close());

describe('rules for keys', () => {
  const days = (count: number) => new Date(test.clock.nowMs() + count * DAY_MS).toISOString();

  it('new keys get the defaults of their team; what is said otherwise stands; nobody exceeds the maximum age', async () => {
    const { call } = await test.signUp('rules@example.com', 'Rules');
    const team = (await call('POST', '/teams', { name: 'Ruled' })).body.id;
    const all = await call('PUT', '/key-rules', {
      maxAgeDays: 30,
      rotateEveryDays: 60,
      overlapSeconds: 3600,
      defaultModels: ['gpt-5*'],
      defaultBudget: { limitUsd: '7', period: 'day', kind: 'hard' },
      defaultRateLimits: [{ metric: 'requests', limit: 5, windowSeconds: 60 }],
    });
    expect(all.status, all.text).toBe(200);
    const ofTeam = { maxAgeDays: 90, rotateEveryDays: 10, defaultModels: ['claude-*'], defaultExpiryDays: 7 };
    expect((await call('PUT', `/teams/${team}/key-rules`, ofTeam)).status).toBe(200);
    const { body: rules } = await call('GET', `/key-rules/effective?teamId=${team}`);
    expect(rules).toMatchObject({
      maxAgeDays: { value: 30, teamId: null },
      rotateEveryDays: { value: 10, teamId: team },
      defaultModels: { value: ['claude-*'], teamId: team },
      defaultBudget: { value: { limitUsd: '7' }, teamId: null },
    });

    const usual = (await call('POST', '/keys', { name: 'usual', teamId: team })).body.key;
    expect(usual).toMatchObject({ models: ['claude-*'], expiresAt: days(7) });
    const detail = (await call('GET', `/keys/${usual.id}`)).body;
    expect(detail.rotation).toEqual({ everyDays: 10, dueAt: days(10), teamId: team, teamName: 'Ruled' });
    expect(detail).toMatchObject({ teamName: 'Ruled', ownerName: null });
    expect(detail.latestExpiresAt).toBe(days(30));
    const policy = (await call('GET', `/keys/${usual.id}/policy`)).body;
    expect(policy.budgets[0].budget).toMatchObject({ limitUsd: '7.00', period: 'day' });
    expect(policy.rateLimits[0].rateLimit).toMatchObject({ limit: 5, windowSeconds: 60 });

    const own = { name: 'own', teamId: team, models: [], budget: null, rateLimits: [] };
    const said = (await call('POST', '/keys', { ...own, expiresAt: days(30) })).body.key;
    expect(said).toMatchObject({ models: [], expiresAt: days(30) });
    expect((await call('GET', `/keys/${said.id}/policy`)).body.budgets).toEqual([]);
    for (const expiresAt of [new Date(Date.parse(days(30)) + 1).toISOString(), null]) {
      const refused = await call('POST', '/keys', { ...own, expiresAt });
      expect(refused.status).toBe(400);
      expect(refused.body.errors[0]).toMatchObject({ path: 'body.expiresAt', code: 'too_late' });
      expect((await call('PATCH', `/keys/${said.id}`, { expiresAt })).status).toBe(400);
      if (expiresAt === null) continue;
      const bulk = await call('POST', '/keys/bulk', {
        ids: [said.id],
        change: { kind: 'expire', expiresAt },
      });
      expect(bulk.body.data[0]).toMatchObject({ ok: false, code: 'invalid_request' });
    }
    const rotated = await call('POST', `/keys/${usual.id}/rotate`, {});
    expect(
      rotated.body.key.secrets.map(({ expiresAt }: { expiresAt: string | null }) => expiresAt),
    ).toContain(new Date(test.clock.nowMs() + 3_600_000).toISOString());
  });

  it('keys older than a rule keep their date; moving them under it does not', async () => {
    const { call } = await test.signUp('older@example.com', 'Older');
    const team = (await call('POST', '/teams', { name: 'Strict' })).body.id;
    const { key } = (await call('POST', '/keys', { name: 'old', expiresAt: null })).body;
    await call('PUT', `/teams/${team}/key-rules`, { maxAgeDays: 10 });
    expect((await call('PATCH', `/keys/${key.id}`, { name: 'renamed' })).status).toBe(200);
    expect((await call('PATCH', `/keys/${key.id}`, { teamId: team })).status).toBe(400);
    const moved = await call('PATCH', `/keys/${key.id}`, { teamId: team, expiresAt: days(10) });
    expect(moved.status, moved.text).toBe(200);
  });

  it('are changed by who may, in the version that was seen, and audited', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Versions' })).body.id;
    const path = `/teams/${team}/key-rules`;
    expect((await developer.call('PUT', path, {})).status).toBe(403);
    expect((await developer.call('PUT', '/key-rules', {})).status).toBe(403);
    expect((await stranger.call('GET', path)).status).toBe(404);
    expect((await stranger.call('PUT', path, {})).status).toBe(404);
    const seen = { 'if-match': '"0"' };
    expect((await owner.call('PUT', path, { maxAgeDays: 5 }, seen)).status).toBe(200);
    expect((await owner.call('PUT', path, { maxAgeDays: 6 }, seen)).status).toBe(412);
    expect((await owner.call('PUT', path, { maxAgeDays: 0 })).status).toBe(400);
    expect((await owner.call('DELETE', path)).status).toBe(204);
    expect((await owner.call('GET', path)).body).toMatchObject({ version: 0, maxAgeDays: null });
    const { data } = (await owner.call('GET', '/audit-events?action=key-policy-changed')).body;
    const ofTeam = data.filter(({ target }: { target: { id: string } }) => target.id === team);
    expect(ofTeam.map(({ after }: { after: object }) => after)).toContainEqual(
      expect.objectContaining({ maxAgeDays: 5 }),
    );
  });

  it('a team has leads: its own members alone', async () => {
    const team = (await owner.call('POST', '/teams', { name: 'Led' })).body.id;
    const me = (await owner.call('GET', '/me')).body.membershipId;
    const path = `/teams/${team}/members/${me}`;
    expect((await owner.call('PUT', path, {})).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([]);
    expect((await owner.call('PUT', path, { lead: true })).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([{ memberId: me }]);
    expect((await owner.call('PUT', path, { lead: false })).status).toBe(204);
    expect((await owner.call('GET', `/teams/${team}/leads`)).body.data).toEqual([]);
    expect((await stranger.call('GET', `/teams/${team}/leads`)).status).toBe(404);
  });
});
