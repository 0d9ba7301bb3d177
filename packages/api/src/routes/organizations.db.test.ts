import { changeSubscription, FREE_PLAN_ID } from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
});
afterAll(() => test.close());

describe('leaving an organization', () => {
  it('ends the membership with its keys, and is not for the last owner', async () => {
    const member = await test.join(owner, 'member@example.com', 'developer');
    const key = (await member.call('POST', '/keys', { name: 'mine' })).body.key.id;
    const path = `/organizations/${owner.organizationId}/leave`;
    expect((await owner.call('POST', path)).body.code).toBe('last_owner');
    expect((await member.call('POST', path)).status).toBe(204);
    expect((await member.call('GET', '/keys')).status).toBe(404);
    expect((await owner.call('GET', `/keys/${key}`)).body.state).toBe('revoked');
  });
});

describe('creating another organization', () => {
  it('makes one, however often the form is sent', async () => {
    const person = await test.signUp('twice@example.com', 'First');
    const send = (body: object) =>
      person.call('POST', '/organizations', body, { 'idempotency-key': 'form-1' });
    const [first, second] = await Promise.all([send({ name: 'Second' }), send({ name: 'Second' })]);
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
    expect((await send({ name: 'Third' })).body.code).toBe('idempotency_key_reused');
    // Another person's key of the same name is another key.
    const other = await test.signUp('also@example.com', 'Own');
    const theirs = await other.call(
      'POST',
      '/organizations',
      { name: 'Second' },
      { 'idempotency-key': 'form-1' },
    );
    expect(theirs.body.id).not.toBe(first.body.id);
    const mine = (await person.call('GET', '/organizations')).body.data as { name: string }[];
    expect(mine.map(({ name }) => name).toSorted()).toEqual(['First', 'Second']);
  });
});

describe('whoever is removed', () => {
  it('leaves no invitation behind by which to come back', async () => {
    const admin = await test.join(owner, 'removed@example.com', 'admin');
    const invited = await admin.call('POST', '/invitations', { email: 'back@example.com', role: 'admin' });
    expect(invited.status, invited.text).toBe(201);
    const others = await owner.call('POST', '/invitations', { email: 'new@example.com', role: 'viewer' });
    const { membershipId } = (await admin.call('GET', '/me')).body;
    expect((await owner.call('DELETE', `/members/${membershipId}`)).status).toBe(204);
    const open = await test.database.tenant(owner.organizationId, (tx) =>
      tx.invitation.findMany({
        where: { organizationId: owner.organizationId, acceptedAt: null, revokedAt: null },
        select: { id: true },
      }),
    );
    expect(open).toEqual([{ id: others.body.id }]);
  });
});

describe('closing an organization', () => {
  it('is for owners who type its name, ends everything at once, and leaves what was to read', async () => {
    const path = `/organizations/${owner.organizationId}/close`;
    const admin = await test.join(owner, 'admin@example.com', 'admin');
    const token = (await owner.call('POST', '/admin-tokens', { name: 'ci', permissions: ['keys:read'] }))
      .body;
    const key = (await owner.call('POST', '/keys', { name: 'app' })).body.key.id;
    expect((await admin.call('POST', path, { name: 'Acme' })).body.code).toBe('permission_denied');
    expect((await owner.call('POST', path, { name: 'acme' })).status).toBe(400);
    const stranger = await test.signUp('stranger@example.com', 'Other');
    expect((await stranger.call('POST', path, { name: 'Acme' })).status).toBe(404);

    const inOrganization = <T>(run: (tx: Transaction) => Promise<T>) =>
      test.database.tenant(owner.organizationId, run);
    const terms = { planId: 'plan_team', monthlyFeePicoUsd: '50000000000000' };
    await inOrganization((tx) =>
      tx.subscription.create({
        data: { id: 'sub_1', organizationId: owner.organizationId, validFrom: new Date(0), ...terms },
        select: { id: true },
      }),
    );
    const credential = { provider: 'openai', name: 'live', apiKey: 'sk-live-0123456789' };
    expect((await owner.call('POST', '/provider-credentials', credential)).body.secretSetAt).not.toBeNull();
    const changes: string[] = [];
    test.changes.subscribe(({ kind }) => changes.push(kind));
    const closed = await owner.call('POST', path, { name: 'Acme' });
    expect(closed.body).toMatchObject({ revokedKeyCount: 1, revokedTokenCount: 1 });
    // One change stops every gateway, however many keys there are.
    expect(changes).toEqual(['organization-changed']);

    expect((await test.withToken(token.secret)('GET', '/keys')).status).toBe(401);
    expect((await owner.call('GET', `/keys/${key}`)).body.state).toBe('revoked');
    expect((await owner.call('GET', '/provider-credentials')).body.data).toMatchObject([
      { secretHint: '', secretSetAt: null },
    ]);
    expect((await owner.call('POST', '/keys', { name: 'again' })).body.code).toBe('organization_closed');
    expect((await owner.call('POST', path, { name: 'Acme' })).body.code).toBe('organization_closed');
    // No plan goes on costing what nobody could end any more; what is owed can still be paid.
    const running = await inOrganization((tx) => tx.subscription.count({ where: { endsAt: null } }));
    expect(running).toBe(0);
    // A page of the processor may have stood open meanwhile.
    const late = {
      planId: FREE_PLAN_ID,
      seats: 9,
      actor: { kind: 'system', id: 'x', name: 'x' } as const,
      now: new Date(),
    };
    await expect(
      inOrganization((tx) => changeSubscription(tx, { organizationId: owner.organizationId, ...late })),
    ).rejects.toMatchObject({ code: 'organization-closed' });
    const pay = await owner.call('POST', '/invoices/inv_none/payments/refresh');
    expect(pay.body.code).toBe('not_found');
    const audit = await owner.call('GET', '/audit-events?limit=20');
    expect(audit.text).toContain('organization-closed');
    const organization = await owner.call('GET', `/organizations/${owner.organizationId}`);
    expect(organization.body.closedAt).not.toBeNull();
    expect(organization.body.suspendedAt).not.toBeNull();
    const me = await owner.call('GET', '/me');
    expect(me.body.organizations[0].closed).toBe(true);
    // Whoever is left can still go.
    const leave = await admin.call('POST', `/organizations/${owner.organizationId}/leave`);
    expect(leave.status).toBe(204);
  });
});
