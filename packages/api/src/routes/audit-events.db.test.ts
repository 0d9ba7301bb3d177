import { createCheckpointSigner, sealAuditEvents } from '@tollgate/audit';
import { verifyExportedLog } from '@tollgate/audit/verify-export';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { whenCursorsReach } from '../test-cursors.ts';

const HOSTILE = '=HYPERLINK("http://evil.example")';

let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Audited');
  stranger = await test.signUp('stranger@example.com', 'Other');
  for (const name of ['First', HOSTILE]) {
    expect((await owner.call('POST', '/teams', { name })).status).toBe(201);
  }
  await seal();
});
afterAll(() => test.close());

async function seal(): Promise<void> {
  const worker = test.openAs('worker', 'seal');
  await whenCursorsReach(worker);
  const signer = createCheckpointSigner(test.options.encryptionKeys);
  await sealAuditEvents(worker, owner.organizationId, { nowMs: test.clock.nowMs(), signer });
  await worker.close();
}

const exported = (query = '', by = owner) => by.call('GET', `/audit-events/export${query}`);
const verify = (text: string) => verifyExportedLog(text.split('\n'));

describe('/audit-events', () => {
  it('finds one event by its id, however old it is, and none of another organization', async () => {
    const [event] = (await owner.call('GET', '/audit-events?action=team-created')).body.data;
    const found = await owner.call('GET', `/audit-events/${event.id}`);
    expect([found.status, found.body]).toEqual([200, event]);
    expect((await stranger.call('GET', `/audit-events/${event.id}`)).status).toBe(404);
    expect((await owner.call('GET', '/audit-events/evt_nothing')).status).toBe(404);
  });

  it('tells what tokens did apart from what people did, by kind and by the token', async () => {
    const { body } = await owner.call('POST', '/admin-tokens', {
      name: 'Pipeline',
      permissions: ['teams:write', 'teams:read'],
    });
    await test.withToken(body.secret)('POST', '/teams', { name: 'By a token' });
    for (const query of ['actorKind=adminToken', `actorId=${body.token.id}`]) {
      const { data } = (await owner.call('GET', `/audit-events?${query}`)).body;
      expect(data.map(({ target }: { target: { name: string } }) => target.name)).toEqual(['By a token']);
    }
    await seal();
  });
});

describe('what people did who are no members', () => {
  it('is found apart: the operator, and who has left', async () => {
    const guest = await test.join(owner, 'guest@example.com', 'admin');
    const made = await guest.call('POST', '/teams', { name: 'By a guest' });
    expect(made.status, made.text).toBe(201);
    const found = async () => (await owner.call('GET', '/audit-events?actorKind=outsider')).body.data;
    expect(await found()).toEqual([]);
    const { membershipId } = (await guest.call('GET', '/me')).body;
    expect((await owner.call('DELETE', `/members/${membershipId}`)).status).toBe(204);
    expect(await found()).toMatchObject([{ target: { name: 'By a guest' } }]);
    await seal();
  });
});

describe('/audit-events/export', () => {
  it('[X5] gives a log that verifies without us, names what was changed in it, and goes on where it ended', async () => {
    const answer = await exported();
    expect(answer.headers.get('content-disposition')).toMatch(
      /attachment; filename="audit-log-[\d-]+\.jsonl"/,
    );
    const report = await verify(answer.text);
    expect(report).toMatchObject({ ok: true, organizationId: owner.organizationId, problems: [] });
    expect(report.verifiedEvents).toBeGreaterThanOrEqual(3);
    const changed = await verify(answer.text.replace('"action":"team-created"', '"action":"team-deleted"'));
    expect(changed.problems.map(({ kind }) => kind)).toEqual(['event-changed']);

    // The export itself is told, and stands in the next one.
    await seal();
    const next = await exported(`?after=${report.headSequence}`);
    expect(next.text).toContain('audit-log-exported');
    expect(next.text).not.toContain('team-created');
    const later = await verify(next.text);
    expect(later).toMatchObject({ ok: true, keyFingerprint: report.keyFingerprint });
    expect(later.headSequence).toBeGreaterThan(report.headSequence);
    expect((await exported('?after=999999')).body.errors).toMatchObject([{ path: 'query.after' }]);
  });

  it('[X1] has nothing of another organization, and no CSV that a spreadsheet runs', async () => {
    const foreign = await exported('', stranger);
    expect(await verify(foreign.text)).toMatchObject({ ok: true, organizationId: stranger.organizationId });
    expect(foreign.text).not.toContain('team-created');
    const csv = await exported('?format=csv');
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.text).toContain(`"'${HOSTILE.replaceAll('"', '""')}"`);
    expect(csv.text.split('\r\n')[0]).toMatch(/^sequence,occurredAt,/);
  });
});
