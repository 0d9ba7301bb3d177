/**
 * For tests: how each route that changes something is called so that it does. Keyed by route, so that every-change.db.test.ts
 * can hold it against the router's own list.
 */
import { type Database, OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { totpCodeAt } from '@tollgate/testing';
import { expect } from 'vitest';
import { TEST_PASSWORD, type TestApi, type TestPerson } from './test-api.ts';

export interface Change {
  readonly by: TestPerson;
  /** Where the route's own has no parameters. */
  readonly path?: string;
  readonly body?: unknown;
}

export interface World {
  readonly test: TestApi;
  /** Owns an organization, and runs the installation. */
  readonly owner: TestPerson;
  /** May write what no person does. */
  readonly worker: Database;
}

type MakeChange = (world: World) => Change | Promise<Change>;

const PRICE = {
  provider: 'openai',
  validFrom: '2199-01-01T00:00:00Z',
  components: { input: { usdPerMillion: '1' } },
};
const BUCKET = {
  endpoint: 'http://127.0.0.1:9',
  region: 'eu-central-1',
  accessKeyId: 'AKIACHANGE',
  secretAccessKey: '0123456789abcdef',
};
const HOOK = { url: 'http://127.0.0.1:9/change', events: ['*'] };
const RESOLD = 'cred_resold';

let count = 0;
function unique(): string {
  count += 1;
  return `change-${count}`;
}

/** Made by the API, as whoever changes it afterwards has made it. */
async function make(by: TestPerson, path: string, body: unknown): Promise<string> {
  const { status, body: made, text } = await by.call('POST', path, body);
  expect([200, 201], `${path}: ${text}`).toContain(status);
  return made.id ?? made.key?.id ?? made.token?.id ?? made.endpoint?.id;
}

const newPerson = ({ test }: World): Promise<TestPerson> =>
  test.signUp(`${unique()}@example.com`, `Of ${unique()}`);

/** A person of the owner's organization, and their membership. */
async function newMember({ test, owner }: World): Promise<{ person: TestPerson; membershipId: string }> {
  const person = await test.join(owner, `${unique()}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  return { person, membershipId };
}

/** How an object of the owner's is made, changed and deleted. */
function lifeOf(
  path: string,
  body: () => unknown,
  change: object | undefined,
  { method = 'patch', deleted = true }: { method?: 'patch' | 'put'; deleted?: boolean } = {},
): Readonly<Record<string, MakeChange>> {
  const its = (more: Partial<Change>) => async (world: World) => ({
    by: world.owner,
    path: `${path}/${await make(world.owner, path, body())}`,
    ...more,
  });
  return {
    [`post ${path}`]: ({ owner }) => ({ by: owner, body: body() }),
    ...(change === undefined ? {} : { [`${method} ${path}/{id}`]: its({ body: change }) }),
    ...(deleted ? { [`delete ${path}/{id}`]: its({}) } : {}),
  };
}

const newTeam = ({ owner }: World) => make(owner, '/teams', { name: unique() });
const newKey = ({ owner }: World, more: object = {}) => make(owner, '/keys', { name: unique(), ...more });

const credential = () => ({
  provider: 'openai-compatible',
  name: unique(),
  baseUrl: 'http://127.0.0.1:9/v1',
  apiKey: 'sk-0123456789abcdef',
});
const rerating = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', reason: 'Change' };
const bill = 'start_time,amount_value,line_item\n1793491200,1.5,"change, input"\n';
const spend = 'startTime,model,spend\n2026-11-01T00:00:00Z,change,1.5\n';
const plan = () => ({
  name: unique(),
  monthlyFeeUsd: '0',
  seatFeeUsd: '0',
  includedSeats: 5,
  includedUsageUsd: '0',
});

async function withTotp(world: World): Promise<TestPerson> {
  const person = await newPerson(world);
  const { secret } = (await person.call('POST', '/me/totp')).body;
  const code = totpCodeAt(secret, world.test.clock.nowMs());
  expect((await person.call('POST', '/me/totp/confirm', { code })).status).toBe(200);
  return person;
}

/** Signed in twice. */
async function inTwoSessions(world: World): Promise<{ person: TestPerson; otherSessionId: string }> {
  const email = `${unique()}@example.com`;
  const person = await world.test.signUp(email, 'Two sessions');
  await world.test.anonymous('POST', '/auth/sign-in', { email, password: TEST_PASSWORD });
  const { data } = (await person.call('GET', '/me/sessions')).body;
  return { person, otherSessionId: data.find(({ current }: { current: boolean }) => !current).id };
}

async function resoldCredential({ test }: World): Promise<string> {
  await test.database.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.providerCredential.upsert({
      where: { id: RESOLD },
      update: {},
      create: {
        id: RESOLD,
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'acme-ai',
        name: 'Resold',
        baseUrl: 'http://127.0.0.1:9/v1',
        secretCiphertext: Buffer.alloc(40),
        secretHint: 'sk-1…',
        livemode: true,
        models: [],
      },
      select: { id: true },
    }),
  );
  return RESOLD;
}

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

async function quarantinedEntry({ test, owner, worker }: World): Promise<string> {
  const { organizationId } = owner;
  const id = newId('event', test.clock.nowMs());
  const what = { requestId: unique(), attempt: 1, reason: 'unknown_key', payload: {} };
  await worker.tenant(organizationId, (tx) =>
    tx.quarantinedEntry.create({ data: { id, organizationId, ...what }, select: { id: true } }),
  );
  return id;
}

async function exportDelivery({ test, owner, worker }: World): Promise<string> {
  const { organizationId } = owner;
  const destinationId = await make(owner, '/export-destinations', {
    name: unique(),
    bucket: unique(),
    ...BUCKET,
  });
  const schedule = { name: unique(), format: 'jsonl', destinationId };
  const scheduleId = await make(owner, '/export-schedules', schedule);
  const nowMs = test.clock.nowMs();
  const [id, exportId] = [newId('exportDelivery', nowMs), newId('dataExport', nowMs)];
  const question = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', gzip: true };
  const asked = { kind: 'usage', format: 'csv', state: 'waiting', question };
  await worker.tenant(organizationId, async (tx) => {
    await tx.dataExport.create({
      data: { id: exportId, organizationId, ...asked, actorKind: 'system', actorId: 'seed' },
      select: { id: true },
    });
    const brought = { destinationId, scheduleId, exportId, objectKey: unique() };
    await tx.exportDelivery.create({ data: { id, organizationId, ...brought }, select: { id: true } });
  });
  return id;
}

/** Of the newest mail to them. */
async function mailedToken({ test, worker }: World, recipient: string): Promise<string> {
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 500 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  const mail = sent.findLast((one) => one.recipient === recipient);
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

const slack = () => ({ kind: 'slack', name: unique(), url: 'http://127.0.0.1:9/change' });

/** A call of each that succeeds, with what it needs made before; in brackets another of the same route. */
export const CHANGES: Readonly<Record<string, MakeChange>> = {
  'patch /me': async (world) => ({ by: await newPerson(world), body: { name: 'Changed' } }),
  'post /me/password': async (world) => ({
    by: await newPerson(world),
    body: { currentPassword: TEST_PASSWORD, newPassword: 'another battery of horses' },
  }),
  'delete /me/sessions/{id}': async (world) => {
    const { person, otherSessionId } = await inTwoSessions(world);
    return { by: person, path: `/me/sessions/${otherSessionId}` };
  },
  'post /me/sessions/revoke-others': async (world) => ({ by: (await inTwoSessions(world)).person }),
  'post /me/reauthenticate': async (world) => ({
    by: await newPerson(world),
    body: { password: TEST_PASSWORD },
  }),
  'post /me/email': async (world) => ({
    by: await newPerson(world),
    body: { email: `${unique()}@example.com` },
  }),
  'delete /me/email': async (world) => {
    const by = await newPerson(world);
    expect((await by.call('POST', '/me/email', { email: `${unique()}@example.com` })).status).toBeLessThan(
      300,
    );
    return { by };
  },
  'post /me/totp/confirm': async (world) => {
    const by = await newPerson(world);
    const { secret } = (await by.call('POST', '/me/totp')).body;
    return { by, body: { code: totpCodeAt(secret, world.test.clock.nowMs()) } };
  },
  'delete /me/totp': async (world) => ({ by: await withTotp(world) }),
  'post /me/recovery-codes': async (world) => ({ by: await withTotp(world) }),

  'post /organizations': async (world) => ({ by: await newPerson(world), body: { name: unique() } }),
  'patch /organizations/{id}': ({ owner }) => ({
    by: owner,
    path: `/organizations/${owner.organizationId}`,
    body: { name: unique() },
  }),
  'post /organizations/{id}/leave': async (world) => {
    const { person } = await newMember(world);
    return { by: person, path: `/organizations/${world.owner.organizationId}/leave` };
  },
  'post /organizations/{id}/close': async ({ test }) => {
    const name = unique();
    const by = await test.signUp(`${unique()}@example.com`, name);
    return { by, path: `/organizations/${by.organizationId}/close`, body: { name } };
  },
  ...lifeOf('/teams', () => ({ name: unique() }), { costCenter: 'CC-1' }),
  'put /teams/{id}/members/{memberId}': async (world) => {
    const { membershipId } = await newMember(world);
    return {
      by: world.owner,
      path: `/teams/${await newTeam(world)}/members/${membershipId}`,
      body: { lead: true },
    };
  },
  'delete /teams/{id}/members/{memberId}': async (world) => {
    const { membershipId } = await newMember(world);
    const path = `/teams/${await newTeam(world)}/members/${membershipId}`;
    expect((await world.owner.call('PUT', path, {})).status).toBeLessThan(300);
    return { by: world.owner, path };
  },
  'patch /members/{id}': async (world) => ({
    by: world.owner,
    path: `/members/${(await newMember(world)).membershipId}`,
    body: { role: 'developer' },
  }),
  'delete /members/{id}': async (world) => ({
    by: world.owner,
    path: `/members/${(await newMember(world)).membershipId}`,
  }),
  ...lifeOf('/invitations', () => ({ email: `${unique()}@example.com` }), undefined),
  'post /invitations/accept': async (world) => {
    const email = `${unique()}@example.com`;
    await make(world.owner, '/invitations', { email });
    const body = { token: await mailedToken(world, email) };
    return { by: await world.test.signUp(email, `Of ${unique()}`), body };
  },
  ...lifeOf('/roles', () => ({ name: unique(), permissions: ['teams:read'] }), { description: 'Changed' }),
  ...lifeOf('/service-accounts', () => ({ name: unique() }), { name: 'Changed' }, { deleted: false }),
  'post /admin-tokens': ({ owner }) => ({
    by: owner,
    body: { name: unique(), permissions: ['teams:read'] },
  }),
  'post /admin-tokens/{id}/revoke': async ({ owner }) => {
    const id = await make(owner, '/admin-tokens', { name: unique(), permissions: ['teams:read'] });
    return { by: owner, path: `/admin-tokens/${id}/revoke` };
  },

  ...lifeOf('/keys', () => ({ name: unique() }), { name: 'Changed' }, { deleted: false }),
  'post /keys/{id}/rotate': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/rotate`,
    body: {},
  }),
  'post /keys/{id}/revoke': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/revoke`,
  }),
  'post /keys/bulk': async (world) => ({
    by: world.owner,
    body: { ids: [await newKey(world)], change: { kind: 'revoke' } },
  }),
  'put /key-rules': ({ owner }) => ({ by: owner, body: { overlapSeconds: 3_600 } }),
  'put /teams/{id}/key-rules': async (world) => ({
    by: world.owner,
    path: `/teams/${await newTeam(world)}/key-rules`,
    body: { overlapSeconds: 3_600 },
  }),
  'delete /teams/{id}/key-rules': async (world) => {
    const path = `/teams/${await newTeam(world)}/key-rules`;
    expect((await world.owner.call('PUT', path, { overlapSeconds: 3_600 })).status).toBe(200);
    return { by: world.owner, path };
  },
  ...lifeOf('/provider-credentials', credential, { name: 'Changed' }),
  ...lifeOf(
    '/rate-limits',
    () => ({
      scope: { type: 'endUser', id: unique() },
      metric: 'requests',
      limit: 5,
      windowSeconds: 60,
    }),
    { limit: 6 },
  ),
  ...lifeOf(
    '/budgets',
    () => ({ scope: { type: 'endUser', id: unique() }, limitUsd: '1', period: 'month' }),
    { limitUsd: '2' },
  ),
  'post /budgets/{id}/reset': async (world) => {
    const scope = { type: 'team', id: await newTeam(world) };
    const id = await make(world.owner, '/budgets', { scope, limitUsd: '1', period: 'month' });
    return { by: world.owner, path: `/budgets/${id}/reset`, body: {} };
  },

  ...lifeOf('/prices', () => ({ ...PRICE, model: unique() }), undefined),
  ...lifeOf('/operator/prices', () => ({ ...PRICE, model: unique() }), undefined),
  'post /reratings': async (world) => ({ by: await newPerson(world), body: rerating }),
  'post /reratings/{id}/cancel': async (world) => {
    const by = await newPerson(world);
    return { by, path: `/reratings/${await make(by, '/reratings', rerating)}/cancel` };
  },
  'post /operator/reratings': async (world) => {
    const { organizationId } = await newPerson(world);
    return { by: world.owner, body: { ...rerating, organizationId } };
  },
  'post /operator/reratings/{id}/cancel': async (world) => {
    const { organizationId } = await newPerson(world);
    const id = await make(world.owner, '/operator/reratings', { ...rerating, organizationId });
    return { by: world.owner, path: `/operator/reratings/${id}/cancel`, body: { organizationId } };
  },
  'post /operator/markup-rules': async (world) => ({
    by: world.owner,
    body: { credentialId: await resoldCredential(world), basisPoints: 100 },
  }),
  'delete /operator/markup-rules/{id}': async (world) => {
    const body = { credentialId: await resoldCredential(world), validFrom: '2199-01-01T00:00:00Z' };
    return {
      by: world.owner,
      path: `/operator/markup-rules/${await make(world.owner, '/operator/markup-rules', body)}`,
    };
  },

  ...lifeOf('/saved-views', () => ({ name: unique(), question: { q: 'status:>=400' }, shared: true }), {
    name: 'Changed',
  }),
  ...lifeOf('/saved-reports', () => ({ name: unique(), question: {}, shared: true }), { name: 'Changed' }),
  'post /exports': ({ owner }) => ({
    by: owner,
    body: { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', format: 'csv' },
  }),
  ...lifeOf('/export-schedules', () => ({ name: unique(), format: 'csv' }), undefined),
  ...lifeOf('/export-destinations', () => ({ name: unique(), bucket: unique(), ...BUCKET }), {
    name: 'Changed',
  }),
  'post /export-destinations/{id}/test': async ({ owner }) => {
    const id = await make(owner, '/export-destinations', { name: unique(), bucket: unique(), ...BUCKET });
    return { by: owner, path: `/export-destinations/${id}/test`, body: {} };
  },
  'post /export-deliveries/{id}/repeat': async (world) => ({
    by: world.owner,
    path: `/export-deliveries/${await exportDelivery(world)}/repeat`,
    body: {},
  }),
  'post /reconciliations': ({ owner }) => ({
    by: owner,
    path: `/reconciliations?provider=openai&fileName=${unique()}`,
    body: bill,
  }),
  'delete /reconciliations/{id}': async ({ owner }) => ({
    by: owner,
    path: `/reconciliations/${await make(owner, `/reconciliations?provider=openai&fileName=${unique()}`, bill)}`,
  }),
  'post /usage-imports': ({ owner }) => ({
    by: owner,
    path: `/usage-imports?source=litellm&fileName=${unique()}`,
    body: spend,
  }),
  'delete /usage-imports/{id}': async ({ owner }) => ({
    by: owner,
    path: `/usage-imports/${await make(owner, `/usage-imports?source=litellm&fileName=${unique()}`, spend)}`,
  }),
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
  ...lifeOf(
    '/playground/prompts',
    () => ({ name: unique(), content: { text: 'Hello' } }),
    { name: 'Changed', shared: true, content: { text: 'Hello' } },
    { method: 'put' },
  ),
};

/** Answered and written nowhere: asked with a body that is good. */
export const QUESTIONS: Readonly<Record<string, MakeChange>> = {
  'post /keys/{id}/policy/check': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/policy/check`,
    body: { model: 'gpt-5' },
  }),
  'post /keys/{id}/policy/preview': async (world) => ({
    by: world.owner,
    path: `/keys/${await newKey(world)}/policy/preview`,
    body: { models: ['gpt-5'] },
  }),
  'post /rate-limits/dry-run': ({ owner }) => ({
    by: owner,
    body: { scope: { type: 'endUser', id: 'x' }, metric: 'requests', limit: 5, windowSeconds: 60 },
  }),
  'post /budgets/dry-run': ({ owner }) => ({
    by: owner,
    body: { scope: { type: 'endUser', id: 'x' }, limitUsd: '1', period: 'month' },
  }),
  'post /prices/what-if': ({ test, owner }) => ({
    by: owner,
    body: {
      from: new Date(test.clock.nowMs() - 3_600_000).toISOString(),
      alternatives: [{ model: 'gpt-5' }],
    },
  }),
  'post /cost-splits/preview': async (world) => ({
    by: world.owner,
    body: {
      keyId: await newKey(world),
      at: world.test.clock.now().toISOString(),
      shares: [{ teamId: await newTeam(world), shareBasisPoints: 10_000 }],
    },
  }),
};
