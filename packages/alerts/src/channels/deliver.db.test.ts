import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestOrganization, type TestOrganization } from '../test-organization.ts';
import { updateChannel } from './channel-store.ts';

let acme: TestOrganization;
beforeAll(async () => {
  acme = await openTestOrganization();
});
afterAll(() => acme.close());

/** As billing writes it (credits/low-balance.ts). */
async function say(kind: 'credits.low' | 'credits.recovered'): Promise<void> {
  acme.nowMs += 60_000;
  const { organizationId, nowMs } = acme;
  const payload = JSON.stringify({ availableUsd: '1.00', thresholdUsd: '5.00' });
  await acme.inWorker(
    (tx) => tx.$executeRaw`
      INSERT INTO outbox_events (id, organization_id, kind, target_id, payload, created_at)
      VALUES (${newId('event', nowMs)}, ${organizationId}, ${kind}, ${organizationId}, ${payload}::jsonb, ${new Date(nowMs)})`,
  );
  await acme.look();
}

const findChannel = () => acme.inConsole((tx) => tx.notificationChannel.findFirstOrThrow());
const listDeliveries = () => acme.inConsole((tx) => tx.alertDelivery.findMany({ orderBy: { id: 'asc' } }));
const countMails = () => acme.inWorker((tx) => tx.mailMessage.count());

it('a channel whose only role nobody has mails nobody, does not tell that it did, and says why', async () => {
  await say('credits.low');
  const told = await findChannel();
  expect([told.lastError, await countMails()]).toEqual([null, 1]);
  expect(told.lastDeliveredAt).toEqual(new Date(acme.nowMs));

  const recipients = { roles: ['role_nobody_has'], memberIds: [], addresses: [] };
  await acme.inConsole((tx) => updateChannel(acme.changing(tx), acme.ring, told, { recipients }));
  await say('credits.recovered');
  const why = 'Nobody is among its recipients';
  expect(await listDeliveries()).toMatchObject([
    { event: 'fired', state: 'delivered', lastError: null },
    { event: 'recovered', state: 'skipped', lastError: why, deliveredAt: null },
  ]);
  expect(await findChannel()).toMatchObject({ lastError: why, lastDeliveredAt: told.lastDeliveredAt });
  expect(await countMails()).toBe(1);
});
