/** For tests: changes of alerts and of where they are told. */
import { newId } from '@tollgate/ids';
import { type Changes, lifeOf, make, unique, type World } from './change.ts';

const HOOK = { url: 'http://127.0.0.1:9/change', events: ['*'] };
const slack = () => ({ kind: 'slack', name: unique(), url: 'http://127.0.0.1:9/change' });

async function firingAlert({ test, owner, worker }: World): Promise<string> {
  const id = newId('alert', test.clock.nowMs());
  const { organizationId } = owner;
  const what = { ruleId: 'none', kind: 'unknown-price', causeKey: unique(), periodKey: '', targetName: 'x' };
  const state = { severity: 'warning', state: 'firing', firedAt: test.clock.now() };
  await worker.tenant(organizationId, (tx) =>
    tx.alert.create({ data: { id, organizationId, ...what, ...state }, select: { id: true } }),
  );
  return id;
}

async function deadAlertDelivery(world: World): Promise<string> {
  const { test, owner, worker } = world;
  const { organizationId } = owner;
  const alertId = await firingAlert(world);
  const id = newId('event', test.clock.nowMs());
  const channelId = await make(owner, '/notification-channels', slack());
  const what = { alertId, channelId, occurrence: 1, event: 'fired' };
  const state = { state: 'dead', tries: 9, nextTryAt: test.clock.now() };
  await worker.tenant(organizationId, (tx) =>
    tx.alertDelivery.create({ data: { id, organizationId, ...what, ...state }, select: { id: true } }),
  );
  return `/alerts/${alertId}/deliveries/${id}/replay`;
}

async function deadWebhookDelivery({ owner }: World): Promise<string> {
  const path = `/webhook-endpoints/${await make(owner, '/webhook-endpoints', { name: unique(), ...HOOK })}`;
  await owner.call('POST', `${path}/test`, {});
  const { data } = (await owner.call('GET', `${path}/deliveries`)).body;
  return `${path}/deliveries/${data[0].id}/replay`;
}

export const ALERT_CHANGES: Changes = {
  'post /alerts/{id}/acknowledge': async (world) => ({
    by: world.owner,
    path: `/alerts/${await firingAlert(world)}/acknowledge`,
    body: {},
  }),
  'post /alerts/{id}/deliveries/{deliveryId}/replay': async (world) => ({
    by: world.owner,
    path: await deadAlertDelivery(world),
    body: {},
  }),
  ...lifeOf('/alert-rules', () => ({ kind: 'budget-threshold', name: unique() }), { name: 'Changed' }),
  ...lifeOf('/notification-channels', slack, { name: 'Changed' }),
  ...lifeOf('/webhook-endpoints', () => ({ name: unique(), ...HOOK }), { name: 'Changed' }),
  'post /webhook-endpoints/{id}/rotate-secret': async ({ owner }) => {
    const id = await make(owner, '/webhook-endpoints', { name: unique(), ...HOOK });
    return { by: owner, path: `/webhook-endpoints/${id}/rotate-secret`, body: {} };
  },
  'post /webhook-endpoints/{id}/deliveries/{deliveryId}/replay': async (world) => ({
    by: world.owner,
    path: await deadWebhookDelivery(world),
    body: {},
  }),
};
