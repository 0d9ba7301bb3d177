import type { Database } from '@tollgate/db';
import { parseUsdSum, sumPicoUsd } from '@tollgate/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestCaller } from '../test-api.ts';
import { addRolledUpUsage } from '../test-usage.ts';

let test: TestApi;
let worker: Database;
beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'invoices-test');
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

interface Organization {
  readonly organizationId: string;
  readonly call: TestCaller;
}

/** Usage of the running month, rolled up. */
function withUsage({ organizationId }: Organization, count: number, livemode = true): Promise<void> {
  return addRolledUpUsage(worker, { organizationId, count, livemode, startedMs: test.clock.nowMs() });
}

async function allOf(
  call: TestCaller,
  path: string,
): Promise<{ id: string; amountUsd: string; quantity: string }[]> {
  const all = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await call('GET', `${path}?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(page.status).toBe(200);
    all.push(...page.body.data);
    cursor = page.body.nextCursor;
  }
  return all;
}

/** A member is written to in the member's language, others in English; without any address that is said. */
async function expectMailsInTheirLanguage(organization: Organization, at: string): Promise<void> {
  const { organizationId, call } = organization;
  const unaddressed = await call('POST', '/month-close/send', { at, livemode: false });
  expect([unaddressed.status, unaddressed.body.detail]).toEqual([
    409,
    expect.stringContaining('the billing profile must have an e-mail address'),
  ]);
  const members = await worker.tenant(organizationId, (tx) =>
    tx.membership.findMany({
      where: { organizationId },
      select: { user: { select: { id: true, email: true } } },
    }),
  );
  const { id, email } = members[0]!.user;
  await test.database.person({ userId: id }, (tx) =>
    tx.user.update({ where: { id }, data: { locale: 'de' }, select: { id: true } }),
  );
  const recipients = [email, 'accounts@example.org'];
  // However it is written.
  const written = recipients.map((recipient) => recipient.toUpperCase());
  const sent = await call('POST', '/month-close/send', { at, livemode: false, recipients: written });
  expect(sent.status, sent.text).toBe(200);
  const mails = await worker.platform((tx) =>
    tx.mailMessage.findMany({ where: { template: 'invoice', recipient: { in: recipients } } }),
  );
  const localeOf = new Map(
    mails.map(({ recipient, payload }) => [recipient, (payload as { locale: string }).locale]),
  );
  expect(recipients.map((recipient) => localeOf.get(recipient))).toEqual(['de', 'en']);
}

const sumOf = (rows: readonly { amountUsd: string }[]) =>
  sumPicoUsd(rows.map((row) => parseUsdSum(row.amountUsd)));

describe('/invoices', () => {
  it('[M5] shows a draft whose lines sum to it, and requests that sum to their line', async () => {
    const organization = await test.bootstrap('Sums');
    await withUsage(organization, 9);
    const list = await organization.call('GET', '/invoices');
    expect(list.body.data).toHaveLength(1);
    const invoice = list.body.data[0];
    expect(invoice).toMatchObject({ state: 'draft', livemode: true, number: null, kind: 'invoice' });
    const lines = await allOf(organization.call, `/invoices/${invoice.id}/lines`);
    expect(lines.length).toBe(2);
    expect(sumOf(lines)).toBe(parseUsdSum(invoice.subtotalUsd));
    for (const line of lines) {
      const requests = await allOf(organization.call, `/invoices/${invoice.id}/lines/${line.id}/requests`);
      expect(sumOf(requests)).toBe(parseUsdSum(line.amountUsd));
    }
    const showback = await organization.call('GET', '/invoices?kind=showback');
    const statement = showback.body.data[0];
    expect(statement.subtotalUsd).not.toBe(invoice.subtotalUsd);
    // Each team's own statement, and that of no team: together they are the whole.
    const totalOf = async (query: string) => {
      const csv = await organization.call('GET', `/invoices/${statement.id}/csv?${query}`);
      expect(csv.status, csv.text).toBe(200);
      return parseUsdSum(csv.text.trimEnd().split(',').at(-1)!);
    };
    const parts = [await totalOf('teamId='), await totalOf('teamId=team_1&costCenter=')];
    expect(parts.every((part) => part > 0n)).toBe(true);
    expect(sumPicoUsd(parts)).toBe(parseUsdSum(statement.totalUsd));
    expect((await organization.call('GET', `/invoices/${statement.id}/pdf?teamId=nobody`)).status).toBe(404);
    expect((await organization.call('GET', `/invoices/${invoice.id}/pdf?teamId=team_1`)).status).toBe(409);
    expect((await organization.call('GET', '/invoices?livemode=false')).body.data).toEqual([]);
  });

  it('[M6] finalizes once the month is over, gives PDF and CSV that stay the same, and takes payment', async () => {
    const organization = await test.bootstrap('Closing');
    await withUsage(organization, 3, false);
    const invoice = (await organization.call('GET', '/invoices')).body.data[0];
    expect((await organization.call('POST', `/invoices/${invoice.id}/finalize`)).status).toBe(409);
    const preview = await organization.call('GET', `/invoices/${invoice.id}/csv`);
    expect(preview.text).toContain('DRAFT');
    const runningMs = test.clock.nowMs();
    test.clock.set(Date.parse(invoice.periodEnd) + 60_000);
    try {
      const finalized = await organization.call('POST', `/invoices/${invoice.id}/finalize`);
      expect(finalized.status).toBe(200);
      expect(finalized.body).toMatchObject({ state: 'open', livemode: false });
      expect(finalized.body.number).toMatch(/^TEST-TG-\d{4}-\d{6}$/);
      expect((await organization.call('POST', `/invoices/${invoice.id}/finalize`)).status).toBe(409);
      const pdf = await organization.call('GET', `/invoices/${invoice.id}/pdf`);
      expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
      expect(pdf.text.startsWith('%PDF-')).toBe(true);
      const csv = await organization.call('GET', `/invoices/${invoice.id}/csv`);
      expect(csv.text).toContain(finalized.body.number);
      await expectMailsInTheirLanguage(organization, invoice.periodStart);
      expect((await organization.call('POST', `/invoices/${invoice.id}/mark-paid`)).body.state).toBe('paid');
      expect((await organization.call('POST', `/invoices/${invoice.id}/void`)).status).toBe(409);
      const again = await organization.call('GET', `/invoices/${invoice.id}/pdf`);
      expect(again.headers.get('etag')).toBe(pdf.headers.get('etag'));
    } finally {
      test.clock.set(runningMs);
    }
  });

  it('lets nobody but the issuer say that a live invoice is paid, void or given up', async () => {
    const organization = await test.bootstrap('Debtor');
    await withUsage(organization, 2);
    const invoice = (await organization.call('GET', '/invoices')).body.data[0];
    for (const name of ['mark-paid', 'void', 'mark-uncollectible']) {
      const answer = await organization.call('POST', `/invoices/${invoice.id}/${name}`);
      expect([answer.status, answer.body.code]).toEqual([403, 'permission_denied']);
    }
  });

  it('[X1] is 404 for another organization, on every route', async () => {
    const owner = await test.bootstrap('Owner');
    await withUsage(owner, 2);
    const invoice = (await owner.call('GET', '/invoices')).body.data[0];
    const line = (await owner.call('GET', `/invoices/${invoice.id}/lines`)).body.data[0];
    const stranger = await test.bootstrap('Stranger');
    const paths = ['', '/lines', `/lines/${line.id}/requests`, '/pdf', '/csv'];
    for (const path of paths) {
      expect((await stranger.call('GET', `/invoices/${invoice.id}${path}`)).status).toBe(404);
    }
    for (const name of ['finalize', 'void', 'mark-paid', 'mark-uncollectible']) {
      expect((await stranger.call('POST', `/invoices/${invoice.id}/${name}`)).status).toBe(404);
    }
    expect((await stranger.call('GET', '/invoices')).body.data).toEqual([]);
  });

  it('refuses a cursor that is not one of the list', async () => {
    const organization = await test.bootstrap('Cursor');
    for (const cursor of ['x', 'W10', 'bnVsbA']) {
      expect((await organization.call('GET', `/invoices?cursor=${cursor}`)).status).toBe(400);
      expect((await organization.call('GET', `/credit-notes?cursor=${cursor}`)).status).toBe(400);
    }
    expect((await organization.call('GET', '/credit-notes')).body).toEqual({ data: [], nextCursor: null });
  });
});
