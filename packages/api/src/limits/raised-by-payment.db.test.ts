/** A payment method is advised only where what is usual now is more than the budget that waits for one. */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test-api.ts';

let test: TestApi;
beforeEach(async () => {
  test = await startTestApi();
});
afterEach(() => test?.close());

it.each([
  ['more', '30', true],
  ['no bound', null, true],
  ['as much', '20', false],
  ['less', '10', false],
])('where what is usual has become %s', async (_, limitUsd, raised) => {
  const { database } = test;
  await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    const organizationId = OPERATOR_ORGANIZATION_ID;
    const data = { id: 'cred_resold', organizationId, provider: 'openai', name: 'Resold', baseUrl: '' };
    await tx.providerCredential.create({ data: { ...data, models: [] } });
  });
  const { organizationId, call } = await test.signUp('ada@example.com');
  await database.tenant(organizationId, async (tx) => {
    const where = { counts: 'resold' };
    await tx.budget.updateMany({ where, data: { limitPicoUsd: '20000000000000' } });
    await tx.budget.updateMany({ where, data: { awaitsPayment: true } });
  });
  await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.platformSetting.create({
      data: { key: 'resold-spend', value: { limitUsd, firstLimitUsd: '5' }, updatedAt: new Date() },
    });
  });
  expect((await call('GET', '/budgets')).body.data).toMatchObject([{ raisedByPayment: raised }]);
});
