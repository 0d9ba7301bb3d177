import { newId } from '@tollgate/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestOrganization, type TestOrganization } from './test-organization.ts';
import { createEndpoint } from './webhooks/endpoint-store.ts';

const MINUTE_MS = 60_000;
let acme: TestOrganization;
let startMs: number;
beforeEach(async () => {
  acme = await openTestOrganization();
  startMs = acme.nowMs;
  await acme.inConsole(async (tx) => {
    const { organizationId } = acme;
    await tx.billingProfile.create({ data: { organizationId, addressLines: [] } });
    const hook = { name: '', url: 'https://hooks.example/', events: ['alert.fired', 'alert.recovered'] };
    await createEndpoint(acme.changing(tx), acme.ring, hook);
  });
});
afterEach(() => acme.close());

/** As billing writes it (credits/low-balance.ts), and a look right after it. @param minute Since the start. */
async function say(minute: number, kind: 'credits.low' | 'credits.recovered'): Promise<void> {
  const { organizationId } = acme;
  const now = new Date(startMs + minute * MINUTE_MS);
  const payload = JSON.stringify({ availableUsd: '1.00', thresholdUsd: '5.00' });
  await acme.inWorker(async (tx) => {
    await tx.billingProfile.update({
      where: { organizationId },
      data: { balanceLowSince: kind === 'credits.low' ? now : null },
      select: { organizationId: true },
    });
    await tx.$executeRaw`
      INSERT INTO outbox_events (id, organization_id, kind, target_id, payload, created_at)
      VALUES (${newId('event', now.getTime())}, ${organizationId}, ${kind}, ${organizationId}, ${payload}::jsonb, ${now})`;
  });
  await lookAt(minute);
}

async function lookAt(minute: number): Promise<void> {
  acme.nowMs = startMs + minute * MINUTE_MS;
  await acme.look();
}

/** What the owners were mailed, and what the endpoint is sent, in their order. */
async function listTold(): Promise<{ mailed: string[]; sent: string[] }> {
  const deliveries = await acme.inWorker((tx) =>
    tx.alertDelivery.findMany({ where: { state: 'delivered' }, orderBy: { createdAt: 'asc' } }),
  );
  const hooks = await acme.inWorker((tx) => tx.webhookDelivery.findMany({ orderBy: { createdAt: 'asc' } }));
  const mails = await acme.inWorker((tx) => tx.mailMessage.count({ where: { template: 'notice' } }));
  expect(mails).toBe(deliveries.length);
  return {
    mailed: deliveries.map(({ event }) => event),
    sent: hooks.map(({ eventType }) => eventType.replace('alert.', '')),
  };
}

const findAlert = () => acme.inWorker((tx) => tx.alert.findFirstOrThrow({ where: { kind: 'credits-low' } }));
const both = (...told: string[]) => ({ mailed: told, sent: told });

describe('an alert that fires again within an hour of being told', () => {
  it('is told when the hour is over, if it still fires: what was told last would be wrong', async () => {
    await say(0, 'credits.low');
    await say(20, 'credits.recovered');
    await say(50, 'credits.low');
    await lookAt(59);
    expect(await listTold()).toEqual(both('fired', 'recovered'));
    await lookAt(60);
    expect(await listTold()).toEqual(both('fired', 'recovered', 'fired'));
    await lookAt(180);
    expect(await listTold()).toEqual(both('fired', 'recovered', 'fired'));
    expect(await findAlert()).toMatchObject({ state: 'firing', occurrence: 2 });
    await say(181, 'credits.recovered');
    expect(await listTold()).toEqual(both('fired', 'recovered', 'fired', 'recovered'));
  });

  it('and is over before the hour is: nobody is told of either', async () => {
    await say(0, 'credits.low');
    await say(20, 'credits.recovered');
    await say(30, 'credits.low');
    await say(40, 'credits.recovered');
    await lookAt(120);
    expect(await listTold()).toEqual(both('fired', 'recovered'));
  });

  it('is told once an hour, however often it comes and goes', async () => {
    for (let minute = 0; minute <= 150; minute += 50) {
      await say(minute, 'credits.low');
      await say(minute + 20, 'credits.recovered');
    }
    // At 0, and at 100: 50 and 150 lie within an hour of these.
    expect(await listTold()).toEqual(both('fired', 'recovered', 'fired', 'recovered'));
  });

  it('stays untold while somebody looks after it', async () => {
    await say(0, 'credits.low');
    await say(20, 'credits.recovered');
    await say(50, 'credits.low');
    const { id } = await findAlert();
    await acme.inConsole(
      (tx) =>
        tx.$executeRaw`UPDATE alerts SET state = 'acknowledged', acknowledged_by = 'Ada' WHERE id = ${id}`,
    );
    await lookAt(120);
    expect(await listTold()).toEqual(both('fired', 'recovered'));
  });
});
