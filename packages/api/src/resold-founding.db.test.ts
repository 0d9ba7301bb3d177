/** Whoever founds an organization is bounded in what it may spend on what is resold, before anybody can use it. */
import { NO_ORIGIN } from '@tollgate/audit';
import { openPaymentProcessor } from '@tollgate/billing';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { parseEmailAddress, signInWithAccount } from '@tollgate/identity';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from './create-api.ts';
import { startTestApi, TEST_ORIGIN, TEST_PASSWORD, type TestApi } from './test-api.ts';

let test: TestApi;
beforeEach(async () => {
  test = await startTestApi();
});
afterEach(() => test?.close());

function resell(limitUsd?: string | null): Promise<void> {
  return test.database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    const organizationId = OPERATOR_ORGANIZATION_ID;
    const data = { id: 'cred_resold', organizationId, provider: 'openai', name: 'Resold', baseUrl: '' };
    await tx.providerCredential.create({ data: { ...data, models: [] } });
    if (limitUsd === undefined) return;
    const setting = { key: 'resold-spend', value: { limitUsd }, updatedAt: new Date() };
    await tx.platformSetting.create({ data: setting });
  });
}

/** Its budgets, and whether they were written with it. */
function boundsOf(organizationId: string) {
  return test.database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ limit: string; counts: string; together: boolean }[]>`
      SELECT b.limit_pico_usd::text AS limit, b.counts, b.xmin = o.xmin AS together
      FROM budgets b JOIN organizations o ON o.id = b.organization_id WHERE b.organization_id = ${organizationId}`,
  );
}

const BOUNDED = [{ limit: '50000000000000', counts: 'resold', together: true }];

describe('an organization that is founded', () => {
  it('where a payment can be shown begins with the first figure, and knows what raises it', async () => {
    const payments = openPaymentProcessor({ secretKey: 'sk_test_unused', webhookSecrets: ['whsec_unused'] });
    const api = createApi({ ...test.options, payments });
    await resell();
    const answer = await api.request(
      new Request(`${TEST_ORIGIN}/api/v1/auth/sign-up`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-tollgate-csrf': '1' },
        body: JSON.stringify({ email: 'ada@example.com', password: TEST_PASSWORD }),
      }),
    );
    expect(answer.status).toBe(201);
    const { organizationId } = (await answer.json()) as { organizationId: string };
    expect(await boundsOf(organizationId)).toEqual([{ ...BOUNDED[0], limit: '15000000000000' }]);
    const { call } = await test.signUp('bob@example.com');
    expect((await call('GET', '/budgets')).body.data).toMatchObject([{ raisedByPayment: false }]);
  });

  it('by sign-up is bounded in the same transaction, and its log says by whom', async () => {
    await resell();
    const { organizationId, call } = await test.signUp('ada@example.com');
    expect(await boundsOf(organizationId)).toEqual(BOUNDED);
    const log = await call('GET', '/audit-events?limit=10');
    const { actor, target } = log.body.data.find(
      ({ action }: { action: string }) => action === 'budget-created',
    );
    expect({ actor, target }).toMatchObject({
      actor: { kind: 'system' },
      target: { kind: 'budget', name: 'Resold models' },
    });
  });

  it('as another one is bounded as well', async () => {
    const { call } = await test.signUp('ada@example.com');
    await resell('0.5');
    const made = await call('POST', '/organizations', { name: 'Second' });
    expect(made.status, made.text).toBe(201);
    expect(await boundsOf(made.body.id)).toEqual([{ ...BOUNDED[0], limit: '500000000000' }]);
  });

  it('by an account at an identity provider is bounded as well', async () => {
    await resell();
    const account = { provider: 'google', providerAccountId: 'g-1', email: 'ada@example.com' } as const;
    const input = { ...account, email: parseEmailAddress(account.email), emailVerified: true };
    await signInWithAccount(test.api.identity, input, NO_ORIGIN);
    const organizations = await test.database.person({ userId: await userOf(account.email) }, (tx) =>
      tx.membership.findMany({ select: { organizationId: true } }),
    );
    expect(await boundsOf(organizations[0]!.organizationId)).toEqual(BOUNDED);
  });

  it.each([
    ['nothing is resold', () => Promise.resolve()],
    ['the operator wants no bound', () => resell(null)],
  ])('is not bounded where %s', async (_name, prepare) => {
    await prepare();
    const { organizationId } = await test.signUp('ada@example.com');
    expect(await boundsOf(organizationId)).toEqual([]);
  });
});

async function userOf(email: string): Promise<string> {
  const [user] = await test.database.platform(
    (tx) => tx.$queryRaw<{ id: string }[]>`SELECT id FROM find_user_by_email(${email})`,
  );
  return user!.id;
}
