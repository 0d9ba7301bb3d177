/** For tests: changes of a month’s close, of what is owed, and of the operator’s terms. */
import { newId } from '@tollgate/ids';
import { expect } from 'vitest';
import { type Changes, lifeOf, make, newKey, newPerson, newTeam, unique, type World } from './change.ts';

const plan = () => ({
  name: unique(),
  monthlyFeeUsd: '0',
  seatFeeUsd: '0',
  includedSeats: 5,
  includedUsageUsd: '0',
});

async function quarantinedEntry({ test, owner, worker }: World): Promise<string> {
  const { organizationId } = owner;
  const id = newId('event', test.clock.nowMs());
  const what = { requestId: unique(), attempt: 1, reason: 'unknown_key', payload: {} };
  await worker.tenant(organizationId, (tx) =>
    tx.quarantinedEntry.create({ data: { id, organizationId, ...what }, select: { id: true } }),
  );
  return id;
}

export const FINANCE_CHANGES: Changes = {
  'post /month-close/steps': async (world) => {
    await quarantinedEntry(world);
    return { by: world.owner, body: { at: world.test.clock.now().toISOString(), step: 'quarantine' } };
  },
  'post /month-close/steps (taken back)': async (world) => {
    await quarantinedEntry(world);
    const step = { at: world.test.clock.now().toISOString(), step: 'quarantine' };
    expect((await world.owner.call('POST', '/month-close/steps', step)).status).toBe(200);
    return { by: world.owner, body: { ...step, confirmed: false } };
  },
  'post /quarantined-entries/{id}/decide': async (world) => ({
    by: world.owner,
    path: `/quarantined-entries/${await quarantinedEntry(world)}/decide`,
    body: { decision: 'reject' },
  }),
  'post /cost-splits': async (world) => ({
    by: world.owner,
    body: {
      keyId: await newKey(world),
      at: world.test.clock.now().toISOString(),
      shares: [
        { teamId: await newTeam(world), shareBasisPoints: 4_000 },
        { teamId: await newTeam(world), shareBasisPoints: 6_000 },
      ],
    },
  }),

  'patch /billing': ({ owner }) => ({ by: owner, body: { purchaseOrder: unique() } }),
  'post /billing/subscription': async (world) => {
    const planId = await make(world.owner, '/operator/plans', plan());
    return { by: await newPerson(world), body: { planId, seats: 5 } };
  },
  'patch /operator/letterhead': ({ owner }) => ({ by: owner, body: { legalName: unique() } }),
  ...lifeOf('/operator/plans', plan, { includedSeats: 6 }, { deleted: false }),
  'post /operator/tax-rates': ({ owner }) => ({
    by: owner,
    body: { country: 'DE', name: unique(), rateBasisPoints: 1_900, validFrom: '2199-01-01T00:00:00Z' },
  }),
  'patch /operator/organizations/{id}/billing': async (world) => {
    const { organizationId } = await newPerson(world);
    const path = `/operator/organizations/${organizationId}/billing`;
    return { by: world.owner, path, body: { paymentTermDays: 10 } };
  },
  'post /operator/organizations/{id}/suspend': async (world) => {
    const { organizationId } = await newPerson(world);
    const path = `/operator/organizations/${organizationId}/suspend`;
    return { by: world.owner, path, body: { reason: 'Change' } };
  },
  'post /operator/organizations/{id}/resume': async (world) => {
    const path = `/operator/organizations/${(await newPerson(world)).organizationId}`;
    await world.owner.call('POST', `${path}/suspend`, { reason: 'Change' });
    return { by: world.owner, path: `${path}/resume`, body: { reason: 'Change' } };
  },
};
