/** What an organization says of itself changes neither whether Stripe collects from it nor whether it is taxed. */
import { openPaymentProcessor, refreshDrafts } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../create-api.ts';
import { startTestApi, TEST_ORIGIN, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let worker: Database;
let operator: TestPerson;
let owner: TestPerson;
/** The same API where Stripe is configured. */
let whereStripeCollects: (
  person: TestPerson,
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: Record<string, unknown> }>;

beforeAll(async () => {
  test = await startTestApi({ firstUserIsOperator: true });
  worker = test.openAs('worker', 'debtor-terms-test');
  operator = await test.signUp('operator@example.com', 'House');
  owner = await test.signUp('owner@example.com', 'Debtor');
  const payments = openPaymentProcessor({ secretKey: 'sk_test_unused', webhookSecrets: ['whsec_unused'] });
  const api = createApi({ ...test.options, payments });
  whereStripeCollects = async (person, method, path, body) => {
    const request = new Request(`${TEST_ORIGIN}/api/v1${path}`, {
      method,
      headers: { cookie: person.call.cookie, 'x-tollgate-csrf': '1', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await api.request(request);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

describe('collection by hand', () => {
  const choose = async (person: TestPerson, collectionMode: string, more = {}) => {
    const { status, body } = await whereStripeCollects(person, 'PATCH', '/billing', {
      collectionMode,
      ...more,
    });
    return [status, body.collectionMode ?? body.code];
  };

  it('is chosen by the operator alone where Stripe collects, and kept by whoever has it', async () => {
    expect(await choose(owner, 'manual')).toEqual([403, 'permission_denied']);
    expect(await choose(owner, 'manual', { region: 'BE' })).toEqual([403, 'permission_denied']);
    expect((await owner.call('GET', '/billing')).body).toMatchObject({
      collectionMode: 'automatic',
      region: '',
    });
    expect(await choose(owner, 'send-invoice')).toEqual([200, 'send-invoice']);
    const path = `/operator/organizations/${owner.organizationId}/billing`;
    expect((await whereStripeCollects(owner, 'PATCH', path, { collectionMode: 'manual' })).status).toBe(403);
    const set = await whereStripeCollects(operator, 'PATCH', path, { collectionMode: 'manual' });
    expect([set.status, set.body.collectionMode]).toEqual([200, 'manual']);
    expect(await choose(owner, 'manual', { region: 'BE' })).toEqual([200, 'manual']);
    expect(await choose(owner, 'automatic')).toEqual([200, 'automatic']);
    expect(await choose(owner, 'manual')).toEqual([403, 'permission_denied']);
    expect(await choose(operator, 'manual')).toEqual([200, 'manual']);
  });

  it('is anybody’s choice where nothing else is possible', async () => {
    const chosen = await owner.call('PATCH', '/billing', { collectionMode: 'manual' });
    expect([chosen.status, chosen.body.collectionMode]).toEqual([200, 'manual']);
  });
});

describe('a tax id', () => {
  const REVERSE = 'Reverse charge: the recipient owes the tax.';
  const GERMAN = { country: 'DE', taxId: 'DE123456789' };

  beforeAll(async () => {
    const rate = { country: 'DE', name: 'VAT', rateBasisPoints: 1_900, validFrom: '2026-01-01T00:00:00Z' };
    const set = await operator.call('POST', '/operator/tax-rates', { ...rate, reverseChargeText: REVERSE });
    expect(set.status, set.text).toBe(201);
    const taken = await owner.call('POST', '/billing/subscription', { planId: 'plan_team', seats: 1 });
    expect(taken.status, taken.text).toBe(204);
  });
  beforeEach(async () => {
    // As before it owed anything.
    await worker.tenant(
      owner.organizationId,
      (tx) =>
        tx.$executeRaw`UPDATE billing_profiles SET country = '', tax_id = '' WHERE organization_id = ${owner.organizationId}`,
    );
  });

  const setIssuer = async (country: string) =>
    test.database.platform(
      (tx) =>
        tx.$executeRaw`INSERT INTO platform_settings (key, value, updated_at)
        VALUES ('billing.issuer', ${JSON.stringify({ country })}::jsonb, now())
        ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    );

  /** Of the running month's draft. */
  const taxed = async () => {
    test.clock.advance(60_000);
    await refreshDrafts(worker, owner.organizationId, test.clock.nowMs());
    const [draft] = (await owner.call('GET', '/invoices')).body.data;
    const { body } = await owner.call('GET', `/invoices/${draft.id}`);
    return body.taxes.map(({ name }: { name: string }) => name);
  };

  const save = async (body: Record<string, string>) => {
    const saved = await owner.call('PATCH', '/billing', body);
    expect(saved.status, saved.text).toBe(200);
  };

  it('takes the tax away only where it is of the address’s country, and that is not the issuer’s', async () => {
    await setIssuer('FR');
    await save({ country: 'DE' });
    expect(await taxed()).toEqual(['VAT']);
    await save(GERMAN);
    expect(await taxed()).toEqual([]);
    for (const country of ['DE', 'Germany', '']) {
      await setIssuer(country);
      expect(await taxed(), country).toEqual(['VAT']);
    }
    await setIssuer('Ireland');
    expect(await taxed()).toEqual([]);
    // As it could be written before its form was asked for.
    await worker.tenant(
      owner.organizationId,
      (tx) =>
        tx.$executeRaw`UPDATE billing_profiles SET tax_id = 'any text' WHERE organization_id = ${owner.organizationId}`,
    );
    expect(await taxed()).toEqual(['VAT']);
    // It is in nobody’s way: what is not changed is not judged.
    await save({ country: 'DE', taxId: 'any text', region: 'BE' });
    await save({ taxId: 'de 123 456 789', region: '' });
    expect(await taxed()).toEqual([]);
  });

  it('changes nothing where letterhead and address write one country in two ways', async () => {
    const rate = { country: 'UK', name: 'VAT', rateBasisPoints: 2_000, validFrom: '2026-01-01T00:00:00Z' };
    const set = await operator.call('POST', '/operator/tax-rates', { ...rate, reverseChargeText: REVERSE });
    expect([set.status, set.body.country]).toEqual([201, 'GB']);
    const saved = await owner.call('PATCH', '/billing', { country: 'uk', taxId: 'GB123456789' });
    expect([saved.status, saved.body.country]).toEqual([200, 'GB']);
    for (const country of ['UK', 'GB', 'United Kingdom']) {
      await setIssuer(country);
      expect(await taxed(), country).toEqual(['VAT']);
    }
    await setIssuer('EL');
    expect(await taxed()).toEqual([]);
    const letterhead = await operator.call('PATCH', '/operator/letterhead', { country: 'el' });
    expect([letterhead.status, letterhead.body.country]).toEqual([200, 'GR']);
  });

  it.each(['XX', 'ZZ', 'Germany', 'D'])('asks for a country that there is: not %s', async (country) => {
    const calls = [
      owner.call('PATCH', '/billing', { country }),
      operator.call('PATCH', '/operator/letterhead', { country }),
      operator.call('POST', '/operator/tax-rates', {
        ...{ country, name: 'VAT', rateBasisPoints: 1, validFrom: '2026-01-01T00:00:00Z' },
      }),
    ];
    for (const refused of await Promise.all(calls)) {
      expect([refused.status, refused.body.errors?.[0]?.path], refused.text).toEqual([400, 'body.country']);
    }
  });

  it.each([
    [{ ...GERMAN, taxId: 'any text' }, 'DE123456789'],
    [{ ...GERMAN, taxId: 'DE12345678' }, 'DE123456789'],
    [{ ...GERMAN, taxId: 'DE1234567890' }, 'DE123456789'],
    [{ ...GERMAN, taxId: '123456789' }, 'DE123456789'],
    [{ country: 'fr', taxId: 'DE123456789' }, 'FR12345678901'],
    [{ country: 'GR', taxId: 'GR123456789' }, 'EL123456789'],
    [{ country: 'CH', taxId: 'CHE-123.456.78 MWST' }, 'CHE-123.456.789 MWST'],
  ])('%j is refused, and what is expected is named', async (body, example) => {
    const refused = await owner.call('PATCH', '/billing', body);
    expect(refused.status, refused.text).toBe(400);
    expect(refused.body.errors).toEqual([
      { path: 'body.taxId', message: expect.stringContaining(example), code: 'tax_id', expected: example },
    ]);
    expect((await owner.call('GET', '/billing')).body).toMatchObject({ country: '', taxId: '' });
  });

  it('is judged again when the country changes, and of countries whose form is not known it may be any text', async () => {
    await save(GERMAN);
    const moved = await owner.call('PATCH', '/billing', { country: 'AT' });
    expect([moved.status, moved.body.errors?.[0]?.path]).toEqual([400, 'body.taxId']);
    await save({ country: 'US', taxId: '12-3456789' });
    await save({ country: 'AT', taxId: 'ATU12345678' });
  });
});

describe('the country of whoever is billed', () => {
  const clear = (person: TestPerson) => person.call('PATCH', '/billing', { country: '', taxId: '' });
  const REFUSED = [400, [{ path: 'body.country', code: 'country_needed' }]];
  const answerOf = ({ status, body }: Awaited<ReturnType<typeof clear>>) => [
    status,
    body.errors?.map(({ path, code }: { path: string; code: string }) => ({ path, code })),
  ];

  it('may be left empty again until something is owed, and not afterwards', async () => {
    const person = await test.signUp('leaving@example.com', 'Leaving');
    await person.call('PATCH', '/billing', { country: 'DE' });
    expect((await clear(person)).status).toBe(200);
    // As it never was said: nothing that it takes away.
    await person.call('POST', '/billing/subscription', { planId: 'plan_team', seats: 1 });
    expect((await clear(person)).status).toBe(200);
    await person.call('PATCH', '/billing', { country: 'DE' });
    expect(answerOf(await clear(person))).toEqual(REFUSED);
    expect((await person.call('GET', '/billing')).body).toMatchObject({ country: 'DE' });
    expect((await person.call('PATCH', '/billing', { country: 'AT', taxId: '' })).status).toBe(200);
  });

  it.each([
    { state: 'draft', livemode: true, subtotal: 0, status: 200 },
    { state: 'draft', livemode: true, subtotal: 1, status: 400 },
    { state: 'paid', livemode: true, subtotal: 1, status: 400 },
    { state: 'void', livemode: true, subtotal: 0, status: 400 },
    { state: 'paid', livemode: false, subtotal: 1, status: 200 },
  ])('is kept with what was billed for real: %j', async ({ state, livemode, subtotal, status }) => {
    const person = await test.signUp(`kept-${state}-${livemode}-${subtotal}@example.com`, 'Kept');
    await person.call('PATCH', '/billing', { country: 'DE' });
    const { organizationId } = person;
    await worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        INSERT INTO invoices (id, organization_id, kind, state, livemode, period_start, period_end, time_zone, subtotal_pico_usd,
          number, frozen, frozen_sha256)
        VALUES (${`inv_${organizationId}`}, ${organizationId}, 'invoice', ${state}, ${livemode}, '2026-01-01', '2026-02-01', 'UTC',
          ${subtotal}, ${state === 'draft' ? null : `N-${organizationId}`}, ${state === 'draft' ? null : '{}'}::jsonb,
          ${state === 'draft' ? null : 'x'})`,
    );
    expect((await clear(person)).status).toBe(status);
  });

  it('and its tax id are seen by the operator as they change, and nothing else of the profile', async () => {
    const person = await test.signUp('seen@example.com', 'Seen');
    const seen = async () => {
      const { body } = await operator.call('GET', `/operator/organizations/${person.organizationId}/billing`);
      return body.taxChanges;
    };
    expect(await seen()).toEqual([]);
    const steps = [{ country: 'DE' }, { email: 'to@example.com' }, { taxId: 'DE123456789', legalName: 'X' }];
    for (const body of [...steps, { country: 'US', region: 'NY', taxId: '' }]) {
      test.clock.advance(1_000);
      expect((await person.call('PATCH', '/billing', body)).status).toBe(200);
    }
    expect(await seen()).toEqual([
      {
        changedAt: expect.any(String),
        by: 'seen@example.com',
        before: { country: 'DE', region: '', taxId: 'DE123456789' },
        after: { country: 'US', region: 'NY', taxId: '' },
      },
      expect.objectContaining({ before: { taxId: '' }, after: { taxId: 'DE123456789' } }),
      expect.objectContaining({ before: { country: '' }, after: { country: 'DE' } }),
    ]);
  });
});

describe('GET /operator/tax-rates', () => {
  it('says in which country the letterhead is, or that nobody knows: then no tax is reversed', async () => {
    const said: unknown[] = [];
    for (const country of ['', 'Atlantis', 'XX', 'UK', 'Germany', 'FR']) {
      await test.database.platform(
        (tx) =>
          tx.$executeRaw`UPDATE platform_settings SET value = ${JSON.stringify({ country })}::jsonb WHERE key = 'billing.issuer'`,
      );
      said.push((await operator.call('GET', '/operator/tax-rates')).body.issuerCountry);
    }
    expect(said).toEqual([null, null, null, 'GB', 'DE', 'FR']);
  });
});
