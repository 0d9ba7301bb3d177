import type { Database } from '@tollgate/db';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';
import { mailReports } from './usage/report-mails.ts';

const NOVEMBER = Date.UTC(2026, 10, 1);
let test: TestApi;
let worker: Database;
let owner: TestPerson;
let viewer: TestPerson;
let finance: TestPerson;
let stranger: TestPerson;
let memberIds: Record<'owner' | 'viewer' | 'finance', string>;

beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'saved-test');
  owner = await test.signUp('owner@example.com', 'Saved');
  viewer = await test.join(owner, 'viewer@example.com', 'viewer');
  finance = await test.join(owner, 'finance@example.com', 'finance');
  stranger = await test.signUp('stranger@example.com', 'Other');
  const { data } = (await owner.call('GET', '/members')).body;
  const idOf = (email: string) => data.find((member: { email: string }) => member.email === email).id;
  memberIds = {
    owner: idOf('owner@example.com'),
    viewer: idOf('viewer@example.com'),
    finance: idOf('finance@example.com'),
  };
  await seedUsage();
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

/** Usage of October and September, in the cubes alone, with amounts that no float holds. */
async function seedUsage(): Promise<void> {
  const { organizationId } = owner;
  const rows = [
    ['2026-10-05T10:00:00Z', 'team_a', 'gpt-5', 'openai', 'chat', '1234567890123456789', 3],
    ['2026-10-06T10:00:00Z', 'team_b', 'gpt-5', 'openai', 'chat', '1', 2],
    ['2026-10-07T10:00:00Z', 'team_a', 'claude', 'anthropic', 'messages', '500000000001', 1],
    ['2026-09-07T10:00:00Z', 'team_a', 'gpt-5', 'openai', 'chat', '1000000000000000000', 4],
  ] as const;
  await worker.tenant(organizationId, async (tx) => {
    for (const [bucketStart, teamId, model, provider, endpoint, cost, requests] of rows) {
      await tx.$executeRaw`
        INSERT INTO usage_rollups (organization_id, bucket_start, team_id, cost_center, key_id, member_id, service_account_id,
          model, provider, credential_id, credential_owner, endpoint, status, livemode, requests, attempts, entries, input_tokens,
          cost_pico_usd)
        VALUES (${organizationId}, ${bucketStart}::timestamptz, ${teamId}, 'cc-1', 'key_1', '', '', ${model}, ${provider}, 'cred_1',
          'organization', ${endpoint}, 'succeeded', true, ${requests}, ${requests}, ${requests}, 10, ${cost}::numeric)`;
    }
    await tx.$executeRaw`
      INSERT INTO end_user_rollups (organization_id, bucket_start, end_user, model, livemode, requests, spent_pico_usd)
      VALUES (${organizationId}, '2026-10-05T10:00:00Z'::timestamptz, 'ada', 'gpt-5', true, 3, 7), (${organizationId}, '2026-10-05T10:00:00Z'::timestamptz, 'bob', 'gpt-5', true, 1, 5)`;
    await tx.$executeRaw`
      INSERT INTO tag_rollups (organization_id, bucket_start, tag_name, tag_value, model, livemode, requests, spent_pico_usd)
      VALUES (${organizationId}, '2026-10-05T10:00:00Z'::timestamptz, 'env', 'prod', 'gpt-5', true, 3, 7), (${organizationId}, '2026-10-05T10:00:00Z'::timestamptz, 'env', 'dev', 'claude', true, 1, 5)`;
  });
}

const october = 'from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&timeZone=UTC';

describe('usage', () => {
  const ask = async (query: string) => (await owner.call('GET', `/usage?${october}&${query}`)).body;
  const spent = async (query: string) =>
    (await ask(query)).data.map((row: { spentUsd: string }) => row.spentUsd);

  it('[M4] groups by two dimensions, exactly', async () => {
    const { data } = await ask('groupBy=team,model');
    expect(data.map(({ team, model, spentUsd }: Record<string, string>) => [team, model, spentUsd])).toEqual([
      ['team_a', 'gpt-5', '1234567.890123456789'],
      ['team_a', 'claude', '0.500000000001'],
      ['team_b', 'gpt-5', '0.000000000001'],
    ]);
  });

  it.each([
    ['endpoint=messages', ['0.500000000001']],
    ['status=succeeded&provider=anthropic', ['0.500000000001']],
    ['costCenter=cc-1&teamId=team_b', ['0.000000000001']],
    ['credentialId=cred_2', []],
    ['endUser=ada', ['0.000000000007']],
    ['groupBy=endUser,model&endUser=bob', ['0.000000000005']],
    ['groupBy=model&tag=env%3Dprod', ['0.000000000007']],
    ['groupBy=tag:env&model=claude', ['0.000000000005']],
    ['tag=env%3Ddev', ['0.000000000005']],
    ['teamId=team_a,team_b', ['1234568.390123456791']],
    ['teamId=team_b,nobody', ['0.000000000001']],
    ['model=gpt-5,claude&teamId=team_a,team_c', ['1234568.39012345679']],
    ['provider=openai,anthropic&endpoint=chat,messages&status=succeeded,failed', ['1234568.390123456791']],
    ['groupBy=team&model=claude,gpt-5', ['1234568.39012345679', '0.000000000001']],
    ['memberId=mem_1,mem_2', []],
    ['costCenter=cc-1,cc-2&credentialId=cred_1,cred_2&keyId=key_1,key_2', ['1234568.390123456791']],
    ['costCenter=cc-1%5C,cc-2', []],
    ['endUser=ada,bob', ['0.000000000012']],
    ['groupBy=endUser&endUser=bob,ada&model=gpt-5,claude', ['0.000000000007', '0.000000000005']],
    ['groupBy=tag:env&model=claude,gpt-5', ['0.000000000007', '0.000000000005']],
  ])('is filtered by any dimension: %s', async (query, amounts) => {
    expect(await spent(query)).toEqual(amounts);
  });

  it.each([
    ['groupBy=endUser,team', 'query.groupBy'],
    ['endUser=ada&teamId=team_a', 'query.teamId'],
    ['endUser=ada&tag=env%3Dprod', 'query.tag'],
    ['groupBy=tag:env&tag=app%3Dx', 'query.tag'],
    ['tag=env', 'query.tag'],
    ['groupBy=nope', 'query.groupBy'],
  ])('says what no cube has together: %s', async (query, path) => {
    const { status, body } = await owner.call('GET', `/usage?${october}&${query}`);
    expect(status).toBe(400);
    expect(body.errors[0].path).toBe(path);
  });
});

describe('saved views', () => {
  const question = { q: 'status:>=400 -team:search', range: 'week', columns: ['model', 'cost'] };
  const create = async (person: TestPerson, more: object = {}) =>
    (await person.call('POST', '/saved-views', { name: 'Errors', question, ...more })).body;
  const actions = async () =>
    (await owner.call('GET', '/audit-events?limit=200')).body.data
      .map(({ action }: { action: string }) => action)
      .filter((action: string) => action.startsWith('saved-view'));

  it('of one person are seen by nobody else, whatever they may', async () => {
    const view = await create(viewer);
    expect(view).toMatchObject({
      shared: false,
      isOwn: true,
      canChange: true,
      question: { ...question, from: null },
    });
    expect((await owner.call('GET', '/saved-views')).body.data).toEqual([]);
    for (const [method, body] of [
      ['PATCH', { name: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      expect((await owner.call(method, `/saved-views/${view.id}`, body)).status).toBe(404);
      expect((await stranger.call(method, `/saved-views/${view.id}`, body)).status).toBe(404);
    }
    expect(await actions()).toEqual([]);
  });

  it('that are shared are read by all, changed by their owner and by who manages the organization, and audited', async () => {
    const view = await create(viewer, { shared: true });
    const seen = (await finance.call('GET', '/saved-views')).body.data;
    expect(seen).toMatchObject([{ id: view.id, isOwn: false, canChange: false }]);
    expect((await finance.call('PATCH', `/saved-views/${view.id}`, { name: 'Mine' })).status).toBe(403);
    expect((await finance.call('DELETE', `/saved-views/${view.id}`)).status).toBe(403);
    const renamed = await owner.call('PATCH', `/saved-views/${view.id}`, { name: 'All errors' });
    expect(renamed.body).toMatchObject({ name: 'All errors', version: 2 });
    const stale = await viewer.call('PATCH', `/saved-views/${view.id}`, { name: 'x' }, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect((await stranger.call('GET', '/saved-views')).body.data).toEqual([]);
    expect((await viewer.call('DELETE', `/saved-views/${view.id}`)).status).toBe(204);
    expect((await actions()).toSorted()).toEqual([
      'saved-view-created',
      'saved-view-deleted',
      'saved-view-updated',
    ]);
  });

  it('are the start of whoever says so, of each person their own', async () => {
    const view = await create(owner, { shared: true });
    await finance.call('PATCH', `/saved-views/${view.id}`, { isDefault: true });
    const isDefault = async (person: TestPerson) =>
      (await person.call('GET', '/saved-views')).body.data.find(({ id }: { id: string }) => id === view.id)
        .isDefault;
    expect([await isDefault(finance), await isDefault(owner)]).toEqual([true, false]);
    await finance.call('PATCH', `/saved-views/${view.id}`, { isDefault: false });
    expect(await isDefault(finance)).toBe(false);
    await finance.call('PATCH', `/saved-views/${view.id}`, { isDefault: true });
    // A start that is gone is no start.
    expect((await owner.call('DELETE', `/saved-views/${view.id}`)).status).toBe(204);
  });

  it('hold no query that cannot be read', async () => {
    const answer = await owner.call('POST', '/saved-views', { name: 'x', question: { q: 'nope:1' } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe('body.question.q');
  });
});

describe('saved reports', () => {
  const question = { range: 'month', groupBy: ['model'], filters: { team: 'team_a' } };
  const create = (person: TestPerson, more: object = {}) =>
    person.call('POST', '/saved-reports', { name: 'Research by model', question, ...more });

  it('are answered by some cube, or refused with the part that is not', async () => {
    const refused = await create(owner, { question: { groupBy: ['endUser', 'team'] } });
    expect(refused.body.errors[0].path).toBe('body.question.groupBy');
  });

  it('go to others only when they are shared, and by who may say who is told what', async () => {
    const others = [memberIds.finance];
    expect((await create(owner, { mailTo: others })).body.errors[0].path).toBe('body.mailTo');
    expect((await create(viewer, { shared: true, mailTo: others })).status).toBe(403);
    expect((await create(owner, { shared: true, mailTo: ['mem_nobody'] })).body.errors[0].path).toBe(
      'body.mailTo',
    );
    const own = await create(viewer, { mailTo: [memberIds.viewer] });
    expect(own.status).toBe(201);
    expect((await stranger.call('GET', '/saved-reports')).body.data).toEqual([]);
    expect((await stranger.call('DELETE', `/saved-reports/${own.body.id}`)).status).toBe(404);
    expect((await owner.call('DELETE', `/saved-reports/${own.body.id}`)).status).toBe(404);
    expect((await viewer.call('DELETE', `/saved-reports/${own.body.id}`)).status).toBe(204);
  });

  it('[M1] are mailed after each month once to each who may read usage then, though workers die and meet', async () => {
    test.clock.set(NOVEMBER - 5 * 86_400_000);
    const all = [memberIds.owner, memberIds.viewer, memberIds.finance];
    const { body: report } = await create(owner, { shared: true, mailTo: all, timeZone: 'Europe/Berlin' });
    // Roles without permissions see nothing: the viewer has lost theirs.
    await test.database.tenant(owner.organizationId, async (tx) => {
      await tx.membership.updateMany({ where: { id: memberIds.viewer }, data: { role: 'none' } });
    });
    await test.database.person({ userId: finance.userId }, (tx) =>
      tx.user.update({ where: { id: finance.userId }, data: { locale: 'de' }, select: { id: true } }),
    );
    const mail = (nowMs: number, ring: typeof test.options.encryptionKeys) =>
      mailReports(worker, {
        organizationId: owner.organizationId,
        nowMs,
        ring,
        consoleUrl: 'https://console.example',
      });
    const keys = test.options.encryptionKeys;
    // In Berlin October ends an hour before; its usage has hours to be counted.
    expect(await mail(NOVEMBER + 3_600_000, keys)).toBe(0);
    const due = NOVEMBER + 6 * 3_600_000;
    // Fails when the first mail is sealed: as after a kill, nothing is said to have been sent.
    const broken = undefined as unknown as typeof test.options.encryptionKeys;
    await expect(mail(due, broken)).rejects.toThrow();
    expect((await Promise.all([mail(due, keys), mail(due, keys)])).reduce((sum, one) => sum + one)).toBe(2);
    expect(await mail(due + 86_400_000, keys)).toBe(0);
    const sent: OutgoingMail[] = [];
    await deliverPendingMail(
      worker,
      { send: async (one) => void sent.push(one) },
      { ring: test.options.encryptionKeys, nowMs: due },
    );
    const reports = sent.filter(({ subject }) => subject.includes('Research by model'));
    expect(reports.map(({ recipient }) => recipient).toSorted()).toEqual([
      'finance@example.com',
      'owner@example.com',
    ]);
    const english = reports.find(({ recipient }) => recipient === 'owner@example.com')!;
    const german = reports.find(({ recipient }) => recipient === 'finance@example.com')!;
    expect(english.subject).toBe('Research by model: October 2026');
    expect(german.subject).toBe('Research by model: Oktober 2026');
    expect(english.text).toContain('$1,234,568.39');
    expect(german.text).toContain('1.234.568,39');
    expect(english.text).toContain('gpt-5: $1,234,567.89 (+23.4%)');
    // The month it tells of, whenever it is opened.
    expect(english.text).toContain(
      `https://console.example/usage?report=${report.id}&range=custom&from=2026-10-01&to=2026-10-31`,
    );
    const [told] = (await owner.call('GET', '/saved-reports')).body.data;
    expect(told.lastMailedAt).toBe(new Date(due).toISOString());
  });

  it('[M4] tell the sum of all groups, however many there are, and a month once, whatever its time zone is by then', async () => {
    const crowd = await test.signUp('crowd@example.com', 'Crowd');
    const { organizationId } = crowd;
    await worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO end_user_rollups (organization_id, bucket_start, end_user, model, livemode, requests, spent_pico_usd)
        SELECT ${organizationId}, '2026-10-05T10:00:00Z'::timestamptz, 'user ' || n, 'gpt-5', true, 1, 1000000000000
        FROM generate_series(1, 10005) n`,
    );
    const { data } = (await crowd.call('GET', '/members')).body;
    test.clock.set(NOVEMBER - 5 * 86_400_000);
    await create(crowd, { question: { groupBy: ['endUser'] }, mailTo: [data[0].id] });
    const nowMs = NOVEMBER + 8 * 3_600_000;
    const ring = test.options.encryptionKeys;
    const work = { organizationId, ring, consoleUrl: 'https://console.example', nowMs };
    expect(await mailReports(worker, work)).toBe(1);
    const sent: OutgoingMail[] = [];
    await deliverPendingMail(worker, { send: async (one) => void sent.push(one) }, { ring, nowMs });
    const mine = sent.filter(({ recipient }) => recipient === 'crowd@example.com');
    expect(mine.find(({ subject }) => subject.includes('October'))?.text).toContain('$10,005.00');
    for (const timeZone of ['Europe/Berlin', 'America/New_York']) {
      await test.database.tenant(organizationId, (tx) =>
        tx.organization.update({ where: { id: organizationId }, data: { timeZone }, select: { id: true } }),
      );
      expect(await mailReports(worker, { ...work, nowMs: nowMs + 86_400_000 })).toBe(0);
    }
  });

  it('are all mailed, however many there are', async () => {
    const { organizationId } = owner;
    await test.database.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO saved_reports (id, organization_id, owner_id, name, mail_to, mail_since)
        SELECT 'rep_many_' || n, ${organizationId}, ${memberIds.owner}, 'Many ' || n, ARRAY[${memberIds.owner}::text],
          '2026-10-01T00:00:00Z'::timestamptz FROM generate_series(1, 60) n`,
    );
    const work = { organizationId, ring: test.options.encryptionKeys, consoleUrl: 'https://console.example' };
    const nowMs = NOVEMBER + 7 * 3_600_000;
    await mailReports(worker, { ...work, nowMs });
    const mailed = await test.database.tenant(organizationId, (tx) =>
      tx.savedReportMail.count({ where: { organizationId, reportId: { startsWith: 'rep_many_' } } }),
    );
    expect(mailed).toBe(60);
  });
});
