import { FrozenInvoice } from '@tollgate/billing';
import { newId } from '@tollgate/ids';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { parseUsdSum, sumPicoUsd } from '@tollgate/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { addRolledUpUsage } from '../test-usage.ts';

let test: TestApi;
let owner: TestPerson;
beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

const at = () => new Date(test.clock.nowMs()).toISOString();

describe('/month-close', () => {
  it('shows every step in order, and refuses to confirm what nobody can see', async () => {
    const { status, body } = await owner.call('GET', `/month-close?at=${at()}`);
    expect(status).toBe(200);
    expect(body.steps.map((each: { step: string }) => each.step)).toEqual([
      'period-ended',
      'usage-arrived',
      'late-usage',
      'unknown-prices',
      'quarantine',
      'reconciliation',
      'review',
      'finalize',
      'push',
      'send',
      'notes',
    ]);
    expect(body.steps[0]).toMatchObject({ state: 'waiting' });
    expect((await owner.call('POST', '/month-close/steps', { at: at(), step: 'review' })).status).toBe(409);
    expect((await owner.call('POST', '/month-close/send', { at: at() })).status).toBe(409);
  });
});

describe('GET /month-close/late-entries', () => {
  it('[M6] lists as many as the step of late usage counts, and lines of the draft mark the same ones', async () => {
    const { organizationId, call } = await test.bootstrap('Comes late');
    const worker = test.openAs('worker', 'seed');
    const runningMs = test.clock.nowMs();
    const earlier = new Date(runningMs);
    earlier.setUTCDate(0);
    await worker.platform(
      (tx) => tx.$queryRaw`SELECT ensure_month_partitions(${earlier.toISOString().slice(0, 10)}::date)::text`,
    );
    // What is written now is late for the month before this one, and in time for this one.
    const usage = { organizationId, livemode: false };
    await addRolledUpUsage(worker, { ...usage, count: 3, startedMs: earlier.getTime() });
    await addRolledUpUsage(worker, { ...usage, count: 2, startedMs: runningMs });
    await worker.close();

    const month = `at=${earlier.toISOString()}&livemode=false`;
    const { body: close } = await call('GET', `/month-close?${month}`);
    const step = close.steps.find((each: { step: string }) => each.step === 'late-usage');
    expect(step).toMatchObject({ count: 3, state: 'attention' });
    const first = await call('GET', `/month-close/late-entries?${month}&limit=2`);
    expect(first.status, first.text).toBe(200);
    expect(first.body.data).toHaveLength(2);
    const second = await call(
      'GET',
      `/month-close/late-entries?${month}&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect([second.body.data.length, second.body.nextCursor]).toEqual([1, null]);
    const listed = [...first.body.data, ...second.body.data];
    for (const entry of listed) {
      expect(entry).toMatchObject({ startedAt: earlier.toISOString(), model: 'sim-small' });
      expect(Date.parse(entry.recordedAt)).toBeGreaterThanOrEqual(Date.parse(close.periodEnd));
    }
    expect(sumPicoUsd(listed.map(({ chargeUsd }) => parseUsdSum(chargeUsd)))).toBe(
      parseUsdSum(step.amountUsd),
    );

    const { data: invoices } = (await call('GET', '/invoices?livemode=false')).body;
    for (const { id, periodStart } of invoices) {
      const { data: lines } = (await call('GET', `/invoices/${id}/lines`)).body;
      const found: { requestId: string; late: boolean }[] = [];
      for (const line of lines) {
        found.push(...(await call('GET', `/invoices/${id}/lines/${line.id}/requests`)).body.data);
      }
      const late = found.filter((each) => each.late).map(({ requestId }) => requestId);
      const expected = periodStart === close.periodStart ? listed.map(({ requestId }) => requestId) : [];
      expect(late.toSorted()).toEqual(expected.toSorted());
    }
    expect(invoices).toHaveLength(2);
  });
});

describe('POST /month-close/send', () => {
  it('names the due day that stands on the invoice, in its time zone', async () => {
    const { organizationId, call } = await test.bootstrap('West coast');
    const where = { organizationId };
    await test.database.tenant(organizationId, async (tx) => {
      const data = { timeZone: 'America/Los_Angeles' };
      await tx.organization.updateMany({ where: { id: organizationId }, data });
      await tx.organizationTimeZone.updateMany({ where, data });
    });
    const worker = test.openAs('worker', 'seed');
    const runningMs = test.clock.nowMs();
    await addRolledUpUsage(worker, { organizationId, count: 1, livemode: false, startedMs: runningMs });
    const invoice = (await call('GET', '/invoices')).body.data[0];
    expect(invoice.timeZone).toBe('America/Los_Angeles');
    // In the evening there it is the next day in UTC.
    test.clock.set(Date.parse(invoice.periodEnd) + 20 * 3_600_000);
    try {
      const finalized = await call('POST', `/invoices/${invoice.id}/finalize`);
      expect(finalized.status, finalized.text).toBe(200);
      const recipients = ['westcoast@example.com'];
      const body = { at: invoice.periodStart, livemode: false, recipients };
      const unmailable = `${'a'.repeat(65)}@example.com`;
      const refused = await call('POST', '/month-close/send', { ...body, recipients: [unmailable] });
      expect(refused.body.errors).toMatchObject([{ path: 'body.recipients.0', code: 'invalid_email' }]);
      const sent = await call('POST', '/month-close/send', body);
      expect(sent.status, sent.text).toBe(200);
      const { frozen, dueAt } = await worker.tenant(organizationId, (tx) =>
        tx.invoice.findUniqueOrThrow({ where: { id: invoice.id } }),
      );
      const { dueOn } = FrozenInvoice.parse(frozen);
      expect(dueOn).not.toBe(dueAt!.toISOString().slice(0, 10));
      const mails: OutgoingMail[] = [];
      const transport = { send: async (mail: OutgoingMail) => void mails.push(mail) };
      const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 1_000 };
      await deliverPendingMail(worker, transport, options);
      const told = mails.filter(({ recipient }) => recipients.includes(recipient));
      expect(told.map(({ text }) => text)).toEqual([expect.stringContaining(`It is due on ${dueOn}.`)]);
    } finally {
      test.clock.set(runningMs);
      await worker.close();
    }
  });
});

describe('/exports and /export-schedules', () => {
  it('[X3] leave an audit event each, with who asked for what', async () => {
    const to = at();
    const from = new Date(Date.parse(to) - 86_400_000).toISOString();
    const asked = await owner.call('POST', '/exports', { from, to, format: 'csv' });
    const schedule = await owner.call('POST', '/export-schedules', { name: 'Monthly', format: 'focus-csv' });
    expect((await owner.call('DELETE', `/export-schedules/${schedule.body.id}`)).status).toBe(204);
    const { body } = await owner.call('GET', '/audit-events?limit=10');
    const events = body.data as { action: string; target: { id: string }; after: object | null }[];
    const found = (action: string) => events.find((event) => event.action === action);
    expect(found('export-requested')).toMatchObject({
      target: { id: asked.body.id },
      after: { format: 'csv', from, to },
    });
    expect(found('export-schedule-created')).toMatchObject({
      after: { name: 'Monthly', format: 'focus-csv' },
    });
    expect(found('export-schedule-ended')).toMatchObject({ target: { id: schedule.body.id } });
  });
});

describe('/export-destinations', () => {
  const place = { region: 'eu-central-1', bucket: 'finance', prefix: 'tollgate', accessKeyId: 'AKIAFINANCE' };
  const secretAccessKey = 'canary-of-a-secret';

  it('[X2] [X4] never tell the secret, want it again for another place, and reach no private address', async () => {
    const made = await owner.call('POST', '/export-destinations', {
      name: 'Lake',
      ...place,
      secretAccessKey,
    });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ prefix: 'tollgate/', endpoint: '', accessKeyId: 'AKIAFINANCE' });
    const path = `/export-destinations/${made.body.id}`;
    const moved = await owner.call('PATCH', path, { bucket: 'elsewhere' });
    expect(moved.body.errors).toMatchObject([{ path: 'body.secretAccessKey', code: 'secret_needed' }]);
    const again = await owner.call('PATCH', path, { bucket: 'elsewhere', secretAccessKey });
    expect(again.body).toMatchObject({ bucket: 'elsewhere', version: 2 });
    for (const endpoint of ['https://169.254.169.254', 'https://localhost', 'http://storage.example.com']) {
      const inside = await owner.call('PATCH', path, { endpoint, secretAccessKey });
      expect(inside.body.errors).toMatchObject([{ path: 'body.endpoint' }]);
    }
    const same = { name: 'Same', ...place, bucket: 'elsewhere', secretAccessKey };
    const twice = await owner.call('POST', '/export-destinations', same);
    expect(twice.body.errors).toMatchObject([{ path: 'body.bucket', code: 'taken' }]);
    const answers = [
      made,
      again,
      await owner.call('GET', path),
      await owner.call('GET', '/audit-events?limit=50'),
    ];
    for (const { text } of answers) expect(text).not.toContain(secretAccessKey);
    const actions = answers.at(-1)!.body.data.map(({ action }: { action: string }) => action);
    expect(actions).toContain('export-destination-updated');
  });

  it('take a schedule once, of their own organization, and end it when they are removed', async () => {
    const { body: lake } = await owner.call('POST', '/export-destinations', {
      name: 'Second',
      ...place,
      bucket: 'second',
      secretAccessKey,
    });
    const schedule = { name: 'Daily', format: 'jsonl', every: 'day', destinationId: lake.id };
    const made = await owner.call('POST', '/export-schedules', schedule);
    expect(made.body).toMatchObject({ kind: 'usage', every: 'day', destinationId: lake.id });
    const twice = await owner.call('POST', '/export-schedules', { ...schedule, name: 'Again' });
    expect(twice.body.errors).toMatchObject([{ path: 'body.destinationId', code: 'taken' }]);
    const daily = await owner.call('POST', '/export-schedules', { ...schedule, kind: 'invoice' });
    expect(daily.body.errors).toMatchObject([{ path: 'body.every' }]);
    const stranger = await test.signUp('lake-stranger@example.com', 'Other lake');
    expect((await stranger.call('POST', '/export-schedules', schedule)).status).toBe(404);
    expect((await owner.call('DELETE', `/export-destinations/${lake.id}`)).status).toBe(204);
    const { data } = (await owner.call('GET', '/export-schedules')).body;
    expect(data.filter(({ id }: { id: string }) => id === made.body.id)).toEqual([]);
  });
});

describe('/chargeback and /cost-splits', () => {
  it('divide a key, show it before it is saved, and know nothing of a stranger’s key', async () => {
    const made = await owner.call('POST', '/keys', { name: 'Shared' });
    const keyId = made.body.key.id as string;
    const shares = [
      { costCenter: 'cc-1', shareBasisPoints: 2_500 },
      { costCenter: 'cc-2', shareBasisPoints: 7_500 },
    ];
    const preview = await owner.call('POST', '/cost-splits/preview', { keyId, at: at(), shares });
    expect(preview.status, preview.text).toBe(200);
    expect(preview.body).toMatchObject({
      spentUsd: '0.00',
      parts: [{ costCenter: 'cc-1' }, { spentUsd: '0.00' }],
    });
    const saved = await owner.call('POST', '/cost-splits', { keyId, at: at(), shares });
    expect(saved.body.data).toMatchObject([
      { keyName: 'Shared', shares: [{ teamId: '' }, { costCenter: 'cc-2' }] },
    ]);
    expect((await owner.call('GET', `/chargeback?at=${at()}`)).body.rows).toEqual([]);
    const tooFew = await owner.call('POST', '/cost-splits', { keyId, at: at(), shares: shares.slice(1) });
    expect([tooFew.status, tooFew.body.detail]).toEqual([409, expect.stringContaining('must share 100 %')]);
    const stranger = await test.signUp('stranger@example.com', 'Other');
    expect((await stranger.call('POST', '/cost-splits', { keyId, at: at(), shares })).status).toBe(404);
    expect((await stranger.call('GET', '/cost-splits')).body.data).toEqual([]);
  });
});

describe('/quarantined-entries', () => {
  it('are released or rejected once, with who did it', async () => {
    const worker = test.openAs('worker', 'seed');
    const { organizationId } = owner;
    const [first, second] = [newId('event', 1), newId('event', 2)];
    await worker.tenant(organizationId, async (tx) => {
      for (const id of [first, second]) {
        await tx.quarantinedEntry.create({
          data: {
            id,
            organizationId,
            requestId: id,
            attempt: 1,
            reason: 'rating-mismatch',
            payload: {
              target: { model: 'gpt-5', credentialOwner: 'organization', livemode: true },
              settle: {
                costPicoUsd: '1250000000000',
                chargePicoUsd: '1500000000000',
                usage: { inputTokens: 900, outputTokens: 60, reasoningTokens: 40, searchUnits: 3, odd: 'x' },
              },
            },
          },
          select: { id: true },
        });
      }
    });
    await worker.close();
    const list = await owner.call('GET', '/quarantined-entries?resolved=false');
    expect(list.body.data).toHaveLength(2);
    expect(list.body.data[0]).toMatchObject({ model: 'gpt-5', costUsd: '1.250000000000', decision: '' });
    expect(list.body.data[0], 'what is lost with it').toMatchObject({
      chargeUsd: '1.500000000000',
      tokens: '1000',
      livemode: true,
    });
    const nothing = await owner.call('POST', `/quarantined-entries/${first}/decide`, {});
    expect(nothing.body.errors, 'for good is nothing that one leaves out').toMatchObject([
      { path: 'body.decision' },
    ]);
    const rejected = await owner.call('POST', `/quarantined-entries/${first}/decide`, {
      decision: 'reject',
      note: 'bug',
    });
    expect(rejected.body).toMatchObject({ decision: 'reject', note: 'bug', resolvedAt: expect.any(String) });
    expect(
      (await owner.call('POST', `/quarantined-entries/${first}/decide`, { decision: 'release' })).status,
    ).toBe(409);
    const released = await owner.call('POST', `/quarantined-entries/${second}/decide`, {
      decision: 'release',
    });
    expect(released.body).toMatchObject({ decision: 'release', resolvedAt: null });
    const decided = await owner.call('GET', '/quarantined-entries?resolved=true');
    expect(decided.body.data).toMatchObject([
      { id: first, note: 'bug', decidedBy: expect.stringMatching(/./), decidedAt: expect.any(String) },
    ]);
    const steps = (await owner.call('GET', `/month-close?at=${at()}`)).body.steps as {
      step: string;
      count: number;
    }[];
    expect(steps.find((each) => each.step === 'quarantine')).toMatchObject({ count: 1 });
  });
});
