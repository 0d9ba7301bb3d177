import { markPaid, runDunning } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestCaller } from '../test-api.ts';
import { addRolledUpUsage } from '../test-usage.ts';

let test: TestApi;
let worker: Database;
let organizationId: string;
let call: TestCaller;
let invoiceId: string;

beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'dunning-limits-test');
  ({ organizationId, call } = await test.bootstrap('Debtor'));
  invoiceId = await makeOverdue();
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

/** Due on the day it was issued, and limited from the first moment on. */
async function makeOverdue(): Promise<string> {
  await addRolledUpUsage(worker, {
    organizationId,
    count: 60,
    livemode: true,
    startedMs: test.clock.nowMs(),
  });
  const dunningPolicy = { reminderDays: [], softLimit: { afterDays: 0, requestsPerMinute: 30 } };
  const terms = { paymentTermDays: 0, dunningPolicy };
  await worker.tenant(organizationId, (tx) =>
    tx.billingProfile.upsert({
      where: { organizationId },
      create: { organizationId, addressLines: [], updatedAt: new Date(0), ...terms },
      update: terms,
    }),
  );
  const { body } = await call('GET', '/invoices');
  const [invoice] = body.data;
  test.clock.set(Date.parse(invoice.periodEnd) + 60_000);
  const finalized = await call('POST', `/invoices/${invoice.id}/finalize`);
  expect(finalized.body, finalized.text).toMatchObject({ state: 'open', livemode: true });
  test.clock.advance(60_000);
  return invoice.id;
}

const dun = () =>
  runDunning(worker, { organizationId, now: test.clock.now(), consoleUrl: 'https://console.example' });

const limitsHeld = async () =>
  worker.tenant(organizationId, (tx) =>
    tx.rateLimit.findMany({ where: { organizationId }, orderBy: { createdAt: 'asc' } }),
  );

describe('a rate limit that dunning has set', () => {
  it('is neither changed nor deleted by anybody of the organization, and says why and what ends it', async () => {
    expect((await dun()).taken).toEqual([{ invoiceId, step: 'soft-limit' }]);
    const before = await limitsHeld();
    expect(before.map(({ limitValue }) => limitValue)).toEqual([30n]);
    const path = `/rate-limits/${before[0]!.id}`;
    expect((await call('GET', path)).body).toMatchObject({ limit: 30, setBy: 'dunning' });
    expect((await call('GET', '/rate-limits')).body.data).toMatchObject([{ setBy: 'dunning' }]);
    const tries: readonly [string, unknown?][] = [
      ['PATCH', { limit: 1_000_000 }],
      ['PATCH', { windowSeconds: 1 }],
      ['PATCH', { model: 'a-model-of-nobody' }],
      ['PATCH', {}],
      ['DELETE'],
    ];
    for (const [method, body] of tries) {
      for (const headers of [{}, { 'if-match': `"${before[0]!.version}"` }]) {
        const answer = await call(method, path, body, headers);
        expect([answer.status, answer.body?.code, answer.body?.reason], `${method} ${answer.text}`).toEqual([
          409,
          'conflict',
          'dunning_limit',
        ]);
        expect(answer.body.detail).toMatch(/overdue.*paid/);
      }
    }
    expect(await limitsHeld()).toEqual(before);
  });

  it('stays whatever becomes of other limits, keys, rules and teams', async () => {
    const [held] = await limitsHeld();
    const own = await call('POST', '/rate-limits', {
      scope: { type: 'organization', id: '*' },
      metric: 'requests',
      limit: 1_000_000,
      windowSeconds: 60,
    });
    expect(own.body, own.text).toMatchObject({ setBy: 'organization' });
    expect((await call('PATCH', `/rate-limits/${own.body.id}`, { limit: 2_000_000 })).status).toBe(200);
    expect((await call('DELETE', `/rate-limits/${own.body.id}`)).status).toBe(204);
    const team = await call('POST', '/teams', { name: 'Gone' });
    expect((await call('DELETE', `/teams/${team.body.id}`)).status).toBeLessThan(300);
    const rules = await call('GET', '/key-rules');
    expect(rules.status, rules.text).toBe(200);
    const saved = await call('PUT', '/key-rules', {}, { 'if-match': rules.headers.get('etag') ?? '' });
    expect(saved.status, saved.text).toBeLessThan(300);
    expect(await limitsHeld()).toEqual([held]);
  });

  it('goes by itself once the invoice is settled', async () => {
    const actor = { kind: 'system', id: 'test', name: 'Test' } as const;
    await markPaid(test.database, { organizationId, invoiceId, actor, now: test.clock.now() });
    expect((await dun()).undone).toBe(1);
    expect(await limitsHeld()).toEqual([]);
  });
});
