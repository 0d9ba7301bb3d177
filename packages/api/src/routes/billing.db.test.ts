import { openPaymentProcessor, refreshDrafts } from '@tollgate/billing';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { type StripeStandIn, signatureOf, startStripeStandIn } from '@tollgate/stripe-stand-in';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../create-api.ts';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from '../test-api.ts';

const WEBHOOK_SECRET = 'whsec_of_this_test';
const ETAG = 'etag';

let test: TestApi;
let standIn: StripeStandIn;
let operator: TestPerson;
let owner: TestPerson;
/** The same API, with Stripe. */
let paying: (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: Record<string, unknown> }>;

beforeAll(async () => {
  test = await startTestApi({ firstUserIsOperator: true });
  operator = await test.signUp('operator@example.com', 'House');
  standIn = await startStripeStandIn();
  owner = await test.signUp('owner@example.com', 'Acme');
  const payments = openPaymentProcessor({
    secretKey: standIn.apiKey,
    webhookSecrets: [WEBHOOK_SECRET],
    apiUrl: standIn.url,
  });
  const api = createApi({ ...test.options, payments });
  paying = async (method, path, body) => {
    const request = new Request(`${TEST_ORIGIN}/api/v1${path}`, {
      method,
      headers: { cookie: owner.call.cookie, 'x-tollgate-csrf': '1', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await api.request(request);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
  postEvent = async (body, signature) =>
    (
      await api.request(
        new Request(`${TEST_ORIGIN}/api/v1/stripe/webhook`, {
          method: 'POST',
          headers: { 'stripe-signature': signature },
          body,
        }),
      )
    ).status;
});
let postEvent: (body: string, signature: string) => Promise<number>;
afterAll(async () => {
  await standIn?.close();
  await test?.close();
});

describe('GET and PATCH /billing', () => {
  it('say how an organization pays, version by version', async () => {
    const before = await owner.call('GET', '/billing');
    expect(before.body).toMatchObject({
      stripe: 'off',
      plan: { planName: 'Free', usedSeats: 1 },
      paymentMethod: null,
    });
    expect(before.body.dunningPolicy).toEqual({
      reminderDays: [3, 10, 20],
      grace: null,
      softLimit: null,
      stop: null,
    });
    const change = {
      legalName: 'Acme GmbH',
      country: 'de',
      taxId: 'DE123456789',
      autoTopUp: { belowUsd: '10', amountUsd: '50' },
    };
    // Nobody has changed it yet: the version that a newcomer sees is the one that stands.
    const after = await owner.call('PATCH', '/billing', change, { 'if-match': before.headers.get(ETAG)! });
    expect(after.status, after.text).toBe(200);
    expect(after.body).toMatchObject({ country: 'DE', autoTopUp: { belowUsd: '10.00', amountUsd: '50.00' } });
    const stale = await owner.call(
      'PATCH',
      '/billing',
      { region: 'BE' },
      { 'if-match': before.headers.get(ETAG)! },
    );
    expect(stale.status).toBe(412);
    const audit = await owner.call('GET', '/audit-events?limit=5');
    expect(audit.text).toContain('billing-profile-changed');
  });

  it.each([
    { country: 'Germany' },
    { email: 'not an address' },
    // Such an address no mail can be sent to, and nobody could be dunned by it.
    { email: `${'a'.repeat(70)}@example.com` },
    { email: 'finance@localhost' },
    { autoTopUp: { belowUsd: '1', amountUsd: '1' } },
    { collectionMode: 'never' },
    { dunningPolicy: {} },
    { ownTaxRates: [] },
  ])('refuse %j', async (body) => {
    expect((await owner.call('PATCH', '/billing', body)).status).toBe(400);
  });

  it('are for those who may: a viewer sees nothing of it, an admin changes nothing', async () => {
    const viewer = await test.join(owner, 'viewer@example.com', 'viewer');
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    expect((await viewer.call('GET', '/billing')).status).toBe(403);
    expect((await admin.call('GET', '/billing')).status).toBe(200);
    expect((await admin.call('PATCH', '/billing', { taxId: 'x' })).status).toBe(403);
  });
});

describe('a plan', () => {
  it('is taken with seats for everybody, and shown with what is used', async () => {
    const few = await owner.call('POST', '/billing/subscription', { planId: 'plan_team', seats: 1 });
    expect(few.status).toBe(409);
    expect((await owner.call('POST', '/billing/subscription', { planId: 'plan_x', seats: 5 })).status).toBe(
      400,
    );
    expect(
      (await owner.call('POST', '/billing/subscription', { planId: 'plan_team', seats: 6 })).status,
    ).toBe(204);
    expect((await owner.call('GET', '/billing')).body.plan).toMatchObject({
      planName: 'Team',
      seats: 6,
      usedSeats: 3,
    });
    expect((await owner.call('GET', '/billing/plans')).body.data).toHaveLength(3);
  });
});

describe('Stripe’s pages', () => {
  it('without a key there are none, and it is said', async () => {
    const answer = await owner.call('POST', '/billing/portal');
    expect([answer.status, answer.body.code]).toEqual([501, 'not_enforced']);
  });

  it('are given for a payment method, a top-up and the portal', async () => {
    for (const [path, body] of [
      ['/billing/checkout', { plan: { planId: 'plan_enterprise', seats: 30 } }],
      ['/billing/top-up', { amountUsd: '25.00' }],
      ['/billing/portal', undefined],
    ] as const) {
      const answer = await paying('POST', path, body);
      expect(answer.status, path).toBe(200);
      expect(String(answer.body.url)).toContain(`${standIn.url}/pages/`);
    }
    expect(standIn.list('customer')).toHaveLength(1);
    expect((await paying('POST', '/billing/top-up', { amountUsd: '25.001' })).status).toBe(400);
    expect((await paying('POST', '/billing/checkout', { plan: { planId: 'plan_x', seats: 1 } })).status).toBe(
      400,
    );
  });

  it('say so while Stripe does not answer', async () => {
    standIn.fault({ fail: 10 });
    const answer = await paying('POST', '/billing/portal');
    standIn.fault({ fail: 0 });
    expect(answer.status).toBe(503);
  });
});

describe('POST /stripe/webhook', () => {
  const event = JSON.stringify({ id: 'evt_1', object: 'event', type: 'odd', data: { object: {} } });

  it('takes what is signed, once, and nothing else', async () => {
    const sign = (body: string) => signatureOf(body, WEBHOOK_SECRET, test.clock.nowMs());
    expect(await postEvent(event, sign(event))).toBe(204);
    expect(await postEvent(event, sign(event))).toBe(204);
    expect(await postEvent(event, sign(`${event} `))).toBe(401);
    expect(await postEvent(event, '')).toBe(401);
    const large = JSON.stringify({ id: 'evt_2', object: 'event', type: 'odd', filler: 'x'.repeat(600_000) });
    expect(await postEvent(large, sign(large))).toBe(413);
    const signedGarbage = 'not json';
    expect(await postEvent(signedGarbage, sign(signedGarbage))).toBe(401);
  });
});

describe('the operator', () => {
  it('sets taxes, plans and the dunning of an organization; nobody else does', async () => {
    const tax = { country: 'DE', name: 'VAT', rateBasisPoints: 1_900, validFrom: '2026-01-01T00:00:00Z' };
    expect((await owner.call('POST', '/operator/tax-rates', tax)).status).toBe(403);
    expect((await operator.call('POST', '/operator/tax-rates', tax)).status).toBe(201);
    expect(
      (await operator.call('POST', '/operator/tax-rates', { ...tax, rateBasisPoints: 1_600 })).status,
    ).toBe(201);
    const { body } = await operator.call('GET', '/operator/tax-rates');
    expect(body.data).toMatchObject([{ country: 'DE', rateBasisPoints: 1_600 }]);
    const plan = {
      name: 'Startup',
      monthlyFeeUsd: '20',
      seatFeeUsd: '5',
      includedSeats: 2,
      includedUsageUsd: '10',
    };
    const made = await operator.call('POST', '/operator/plans', plan);
    expect(made.status, made.text).toBe(201);
    expect(
      (await operator.call('PATCH', `/operator/plans/${made.body.id}`, { archived: true })).body.archived,
    ).toBe(true);
    const path = `/operator/organizations/${owner.organizationId}/billing`;
    const change = {
      dunningPolicy: { reminderDays: [1], grace: { afterDays: 5 }, softLimit: null, stop: { afterDays: 30 } },
      grantCredits: { amountUsd: '12.50', reason: 'goodwill' },
    };
    expect((await owner.call('PATCH', path, change)).status).toBe(403);
    const changed = await operator.call('PATCH', path, change);
    expect(changed.status, changed.text).toBe(200);
    expect(changed.body).toMatchObject({
      credits: { balanceUsd: '12.50' },
      dunningPolicy: { stop: { afterDays: 30 } },
    });
    const { text } = await owner.call('GET', '/billing/credits');
    expect(text).toContain('goodwill');
    expect((await operator.call('PATCH', '/operator/organizations/org_x/billing', {})).status).toBe(404);
  });
});

describe('the letterhead', () => {
  const path = '/operator/letterhead';
  const change = {
    legalName: 'House of Models GmbH',
    addressLines: ['Hauptstraße 1', '10115 Berlin'],
    country: 'de',
    taxId: 'DE999999999',
    email: 'billing@house.example',
    notes: ['To be paid within 30 days to DE00 1234.'],
    seriesPrefix: 'hom',
  };

  it('is the operator’s to set, version by version, and stands on drafts at once', async () => {
    expect((await owner.call('GET', path)).status).toBe(403);
    expect((await owner.call('PATCH', path, change)).status).toBe(403);
    const before = await operator.call('GET', path);
    expect(before.body).toMatchObject({ legalName: 'Tollgate', addressLines: [], seriesPrefix: 'TG' });
    const seen = { 'if-match': before.headers.get(ETAG)! };
    const after = await operator.call('PATCH', path, change, seen);
    expect(after.status, after.text).toBe(200);
    const said = { ...change, country: 'DE', seriesPrefix: 'HOM' };
    expect(after.body).toMatchObject(said);
    expect((await operator.call('GET', path)).body).toMatchObject(said);
    expect((await operator.call('PATCH', path, { website: 'house.example' }, seen)).status).toBe(412);

    const worker = test.openAs('worker', 'billing-test');
    await owner.call('POST', '/billing/subscription', { planId: 'plan_team', seats: 6 });
    test.clock.advance(60_000);
    await refreshDrafts(worker, owner.organizationId, test.clock.nowMs());
    await worker.close();
    const [draft] = (await owner.call('GET', '/invoices')).body.data;
    expect((await owner.call('GET', `/invoices/${draft.id}/focus`)).text).toContain(change.legalName);
  });

  it.each([
    { legalName: '' },
    { country: 'Germany' },
    { email: 'nobody' },
    { seriesPrefix: 'TEST' },
    { seriesPrefix: 'A-B' },
    { notes: ['two\nlines'] },
    { id: 'other' },
  ])('refuses %j', async (body) => {
    expect((await operator.call('PATCH', path, body)).status).toBe(400);
  });

  it('leaves an event of what it was before', async () => {
    const events = await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.auditEvent.findMany({ where: { action: 'letterhead-changed' } }),
    );
    expect(events).toMatchObject([
      { before: { legalName: 'Tollgate', taxId: '' }, after: { legalName: change.legalName } },
    ]);
  });
});

it('GET /billing/differences is empty before anything was compared', async () => {
  expect((await owner.call('GET', '/billing/differences')).body).toEqual({ comparedAt: null, data: [] });
});
