/** Calls that are lost on their way to Stripe or back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CLOSE_MS,
  type CollectionFixture,
  createCollectionFixture,
  makeOwing,
} from '../fixtures/collection-fixture.ts';
import { collectionQuestions } from '../fixtures/collection-questions.ts';
import { retryPushes } from './push-queue.ts';
import { runPushes } from './run-pushes.ts';
import type { StripeFetch } from './stripe-client.ts';

let fixture: CollectionFixture;
beforeAll(async () => {
  fixture = await createCollectionFixture();
});
afterAll(() => fixture?.close());
beforeEach(() => {
  fixture.clock.nowMs = CLOSE_MS;
  fixture.standIn.behave({});
});

const { onlyInvoice, theirs, collection, assertCollectedOnce } = collectionQuestions(() => fixture);

/** The way to Stripe, on which the first call of a kind is lost: on its way there, or its answer on the way back. */
function losing(method: string, path: RegExp, which: 'call' | 'answer'): StripeFetch {
  let left = 1;
  return async (input, init) => {
    const isIt = init?.method === method && path.test(new URL(String(input)).pathname) && left > 0;
    if (isIt) left -= 1;
    if (isIt && which === 'call') throw new TypeError('the call is lost');
    const response = await fetch(input, init);
    if (isIt) throw new TypeError('the answer is lost');
    return response;
  };
}

describe('a fault of Stripe', () => {
  it('and finance that begins anew days later make one invoice in Stripe', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    const lossy = fixture.openProcessor(losing('POST', /\/v1\/invoices$/, 'answer'));
    await fixture.work(organizationId, { processor: lossy });
    const { id } = await onlyInvoice(organizationId);
    expect(theirs(id)).toHaveLength(1);
    fixture.standIn.forgetIdempotencyKeys();
    fixture.clock.nowMs += 4 * 86_400_000;
    await fixture.worker.tenant(organizationId, (tx) =>
      retryPushes(tx, organizationId, id, fixture.clock.nowMs),
    );
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
  });

  it('on the first call does not keep an invoice without a payment method from being sent', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    const lossy = fixture.openProcessor(losing('GET', /\/v1\/customers\//, 'call'));
    await fixture.work(organizationId, { processor: lossy });
    fixture.clock.nowMs += 3_600_000;
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    expect(theirs(id)).toMatchObject([{ status: 'open', collection_method: 'send_invoice' }]);
    expect((await collection(organizationId, id)).pushes).toMatchObject([{ state: 'done' }]);
  });

  it('is tried again until it is done; what can never succeed is told', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    fixture.standIn.fault({ fail: 6 });
    const errors: string[] = [];
    const run = () =>
      runPushes(fixture.worker, fixture.processor, {
        organizationId,
        nowMs: fixture.clock.nowMs,
        onError: (_, { state }) => errors.push(state),
      });
    await fixture.work(organizationId);
    for (let round = 0; round < 8; round += 1) {
      fixture.clock.nowMs += 3_600_000;
      await run();
    }
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
    expect(errors.every((state) => state === 'pending')).toBe(true);
  });
});
