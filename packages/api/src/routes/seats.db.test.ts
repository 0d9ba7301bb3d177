/** A plan's seats are those of its members, however these come: nobody joins beyond what is charged. */
import { refreshDrafts } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { signInWithAccount } from '@tollgate/identity';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, TEST_PASSWORD, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let worker: Database;
const mailbox: OutgoingMail[] = [];

beforeAll(async () => {
  test = await startTestApi();
  worker = test.openAs('worker', 'seats-test');
});
afterAll(async () => {
  await worker?.close();
  await test?.close();
});

// Sign-ups of one address are counted by the hour.
beforeEach(() => test.clock.advance(3_600_000));

async function invite(owner: TestPerson, email: string): Promise<string> {
  const invited = await owner.call('POST', '/invitations', { email });
  expect(invited.status, invited.text).toBe(201);
  await deliverPendingMail(
    worker,
    { send: async (mail) => void mailbox.push(mail) },
    { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 100 },
  );
  const mail = mailbox.findLast((one) => one.recipient === email && one.text.includes('/invitation#token='));
  return /#token=([\w-]+)/.exec(mail?.text ?? '')![1]!;
}

/** As somebody who has no account yet. */
async function join(owner: TestPerson, email: string): Promise<void> {
  const invitationToken = await invite(owner, email);
  const joined = await test.anonymous('POST', '/auth/sign-up', {
    email,
    password: TEST_PASSWORD,
    invitationToken,
  });
  expect(joined.status, joined.text).toBe(201);
}

const planOf = async (owner: TestPerson) => (await owner.call('GET', '/billing')).body.plan;

const take = async (owner: TestPerson, seats: number) => {
  const taken = await owner.call('POST', '/billing/subscription', { planId: 'plan_team', seats });
  expect(taken.status, taken.text).toBe(204);
};

const partsOf = ({ organizationId }: TestPerson) =>
  worker.tenant(organizationId, (tx) =>
    tx.subscription.findMany({ where: { organizationId }, orderBy: [{ validFrom: 'asc' }, { id: 'asc' }] }),
  );

describe('[M5] who accepts an invitation', () => {
  it('takes a free seat while there is one, and adds one to the running plan from then on', async () => {
    const owner = await test.signUp('owner-a@example.com', 'Seats');
    await take(owner, 2);
    const [first] = await partsOf(owner);
    // What is offered now costs more: whoever has a plan keeps its terms, also of a plan that is offered no longer.
    await test.database.platform((tx) =>
      tx.plan.update({
        where: { id: 'plan_team' },
        data: { seatFeePicoUsd: '99000000000000', archivedAt: new Date(test.clock.nowMs()) },
        select: { id: true },
      }),
    );
    const seats: number[] = [];
    for (const name of ['second', 'third', 'fourth']) {
      test.clock.advance(1_000);
      await join(owner, `${name}-a@example.com`);
      seats.push((await planOf(owner)).seats);
    }
    expect(seats).toEqual([2, 3, 4]);
    expect(await planOf(owner)).toMatchObject({ planName: 'Team', usedSeats: 4, seatFeeUsd: '15.00' });
    const parts = await partsOf(owner);
    expect(parts.map((part) => part.seats)).toEqual([2, 3, 4]);
    for (const [index, part] of parts.entries()) {
      const { planId, monthlyFeePicoUsd, seatFeePicoUsd, includedSeats, includedUsagePicoUsd } = first!;
      const terms = { planId, monthlyFeePicoUsd, seatFeePicoUsd, includedSeats, includedUsagePicoUsd };
      expect(part).toMatchObject(terms);
      expect(part.endsAt).toEqual(parts[index + 1]?.validFrom ?? null);
    }
    const { body } = await owner.call('GET', '/audit-events?action=subscription-changed&limit=10');
    const raised = body.data.map(({ before, after }: Record<string, unknown>) => [before, after]);
    expect(raised).toEqual([
      [
        expect.objectContaining({ seats: 3 }),
        expect.objectContaining({ seats: 4, because: 'member-joined' }),
      ],
      [
        expect.objectContaining({ seats: 2 }),
        expect.objectContaining({ seats: 3, because: 'member-joined' }),
      ],
      [null, { planId: 'plan_team', seats: 2 }],
    ]);
    await test.database.platform((tx) =>
      tx.plan.update({
        where: { id: 'plan_team' },
        data: { seatFeePicoUsd: '15000000000000', archivedAt: null },
        select: { id: true },
      }),
    );
  });

  it('takes a seat also as somebody new whom a provider of identities lets in', async () => {
    const owner = await test.signUp('owner-oauth@example.com', 'By provider');
    await take(owner, 1);
    const email = 'by-provider@example.com';
    const invitationToken = await invite(owner, email);
    const account = { provider: 'github', providerAccountId: 'sub-1', email, emailVerified: true };
    const origin = { ipAddress: '192.0.2.9', userAgent: 'test', requestId: 'req_test' };
    const joined = await signInWithAccount(test.api.identity, { ...account, invitationToken }, origin);
    expect(joined).toMatchObject({ outcome: 'signed-up' });
    expect(await planOf(owner)).toMatchObject({ seats: 2, usedSeats: 2 });
  });

  it('counts by itself when several accept at once', async () => {
    const owner = await test.signUp('owner-b@example.com', 'At once');
    await take(owner, 1);
    const people = await Promise.all(
      [1, 2, 3, 4].map((index) => test.signUp(`guest-${index}-b@example.com`, `Guest ${index}`)),
    );
    const tokens: string[] = [];
    for (const index of [1, 2, 3, 4]) tokens.push(await invite(owner, `guest-${index}-b@example.com`));
    const accepted = await Promise.all(
      people.map((person, index) => person.call('POST', '/invitations/accept', { token: tokens[index] })),
    );
    expect(accepted.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await planOf(owner)).toMatchObject({ seats: 5, usedSeats: 5 });
    const parts = await partsOf(owner);
    expect(parts.filter(({ endsAt }) => endsAt === null)).toHaveLength(1);
    expect(parts.map((part) => part.seats).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('is charged beyond what the plan includes, on the draft of the month', async () => {
    // A day is a line of its own: midnight between two members would part the seats of the draft into two.
    test.clock.set(Math.ceil(test.clock.nowMs() / 86_400_000) * 86_400_000 + 3_600_000);
    const owner = await test.signUp('owner-c@example.com', 'Charged');
    await take(owner, 5);
    const quantities: string[] = [];
    for (let members = 1; members <= 7; members++) {
      if (members > 1) await join(owner, `member-${members}-c@example.com`);
      test.clock.advance(60_000);
      await refreshDrafts(worker, owner.organizationId, test.clock.nowMs());
      const [draft] = (await owner.call('GET', '/invoices')).body.data;
      const lines = (await owner.call('GET', `/invoices/${draft.id}/lines`)).body.data;
      quantities.push(
        lines.find(({ component }: { component: string }) => component === 'seats')?.quantity ?? '0',
      );
    }
    expect(quantities).toEqual(['0', '0', '0', '0', '0', '1', '2']);
  });

  /** As it could become before seats followed the members. */
  const withBacklog = async (owner: TestPerson, seats: number, members: number) => {
    await take(owner, members);
    const { organizationId } = owner;
    for (let index = 2; index <= members; index++)
      await test.join(owner, `backlog-${index}-${organizationId.toLowerCase()}@example.com`, 'developer');
    await test.database.tenant(
      organizationId,
      (tx) =>
        tx.$executeRaw`UPDATE subscriptions SET seats = ${seats} WHERE organization_id = ${organizationId} AND ends_at IS NULL`,
    );
  };

  it.each([
    // Of those that are included: five, whatever number was taken.
    { seats: 5, members: 4, after: [5, 6], free: 1 },
    { seats: 5, members: 5, after: [6, 7], free: 0 },
    { seats: 5, members: 6, after: [6, 7], free: 0 },
    { seats: 5, members: 9, after: [6, 7], free: 0 },
    { seats: 7, members: 9, after: [8, 9], free: 0 },
    { seats: 1, members: 3, after: [4, 5], free: 2 },
    { seats: 1, members: 7, after: [6, 7], free: 0 },
  ])(
    'pays for nobody who was there before: of $members members with $seats seats',
    async ({ seats, members, after, free }) => {
      const name = `${seats}-of-${members}`;
      const owner = await test.signUp(`owner-${name}@example.com`, `Backlog ${name}`);
      await withBacklog(owner, seats, members);
      const charged = async () => Math.max(5, (await planOf(owner)).seats);
      for (const [index, expected] of after.entries()) {
        const { freeSeats, seatFeeUsd } = (await owner.call('GET', '/invitations/seats')).body;
        expect([freeSeats, seatFeeUsd]).toEqual([Math.max(0, free - index), '15.00']);
        const before = await charged();
        await join(owner, `joiner-${index}-${name}@example.com`);
        expect(await planOf(owner)).toMatchObject({ seats: expected, usedSeats: members + index + 1 });
        // As whoever invited them was told.
        expect((await charged()) - before).toBe(freeSeats > 0 ? 0 : 1);
      }
    },
  );

  it('of an organization without a plan adds nothing', async () => {
    const owner = await test.signUp('owner-d@example.com', 'Free');
    await join(owner, 'second-d@example.com');
    expect(await partsOf(owner)).toEqual([]);
    expect((await owner.call('GET', '/invitations/seats')).body).toEqual({
      seats: null,
      usedSeats: 2,
      openInvitations: 0,
      freeSeats: null,
      seatFeeUsd: null,
    });
  });
});

describe('GET /invitations/seats', () => {
  it('says before anybody is invited what one more costs, open invitations included', async () => {
    const owner = await test.signUp('owner-e@example.com', 'Asking');
    await take(owner, 6);
    const said: unknown[] = [];
    for (let open = 0; open <= 6; open++) {
      if (open > 0) await invite(owner, `open-${open}-e@example.com`);
      const { body } = await owner.call('GET', '/invitations/seats');
      expect(body).toMatchObject({ seats: 6, usedSeats: 1, openInvitations: open });
      said.push([body.freeSeats, body.seatFeeUsd]);
    }
    expect(said).toEqual([5, 4, 3, 2, 1, 0, 0].map((free) => [free, '15.00']));
    const viewer = await test.join(owner, 'viewer-e@example.com', 'viewer');
    expect((await viewer.call('GET', '/invitations/seats')).status).toBe(403);
  });

  it('counts no seat that the plan includes as costing anything', async () => {
    const owner = await test.signUp('owner-f@example.com', 'Included');
    await take(owner, 1);
    expect((await owner.call('GET', '/invitations/seats')).body).toMatchObject({
      seats: 1,
      freeSeats: 4,
      seatFeeUsd: '15.00',
    });
    for (let index = 1; index <= 4; index++) await join(owner, `member-${index}-f@example.com`);
    expect((await owner.call('GET', '/invitations/seats')).body).toMatchObject({
      seats: 5,
      usedSeats: 5,
      freeSeats: 0,
      seatFeeUsd: '15.00',
    });
  });
});
