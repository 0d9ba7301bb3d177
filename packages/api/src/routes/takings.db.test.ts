import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let debtor: TestPerson;
beforeAll(async () => {
  test = await startTestApi({ verificationRequired: true });
  debtor = await test.signUp('debtor@example.com', 'Acme');
});
afterAll(() => test.close());

async function quarantine(target: Record<string, string | boolean>): Promise<string> {
  const worker = test.openAs('worker', 'seed');
  const { organizationId } = debtor;
  const id = newId('event', test.clock.nowMs());
  await worker.tenant(organizationId, (tx) =>
    tx.quarantinedEntry.create({
      data: { id, organizationId, requestId: id, attempt: 1, reason: 'rating-mismatch', payload: { target } },
      select: { id: true },
    }),
  );
  await worker.close();
  return id;
}

describe('[M5] who owes something forgives nothing', () => {
  const decide = (id: string, decision: string) =>
    debtor.call('POST', `/quarantined-entries/${id}/decide`, { decision });

  it('live usage of the operator’s credential is rejected by the operator alone', async () => {
    const id = await quarantine({ credentialOwner: 'operator', livemode: true });
    const rejected = await decide(id, 'reject');
    expect(rejected.status, rejected.text).toBe(403);
    const { body } = await debtor.call('GET', '/quarantined-entries?resolved=false');
    expect(body.data).toContainEqual(expect.objectContaining({ id, decision: '' }));
    expect((await decide(id, 'release')).status).toBe(200);
  });

  it('one’s own credential and test traffic are one’s own business', async () => {
    for (const target of [
      { credentialOwner: 'organization', livemode: true },
      { credentialOwner: 'operator', livemode: false },
    ]) {
      expect((await decide(await quarantine(target), 'reject')).status).toBe(200);
    }
  });
});

describe('mailing an invoice', () => {
  it('to strangers is for people whose own address is known to be theirs', async () => {
    const at = new Date(test.clock.nowMs()).toISOString();
    const answer = await debtor.call('POST', '/month-close/send', {
      at,
      recipients: ['stranger@example.com'],
    });
    expect(answer.status, answer.text).toBe(403);
    expect(answer.body.code).toBe('email_not_verified');
  });
});
