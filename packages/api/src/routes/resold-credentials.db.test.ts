/** What the operator resells, by the front door, against a real Postgres. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Database, OPERATOR_ORGANIZATION_ID, type Transaction } from '@tollgate/db';
import { openSecret } from '@tollgate/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';
import { addRolledUpUsage } from '../test-usage.ts';

const PATH = '/operator/resold-credentials';
const API_KEY = 'sk-resold-canary-0123456789';
const ROTATED_KEY = 'sk-resold-rotated-987654321';

let provider: Server;
let origin: string;
let authorizations: (string | undefined)[] = [];
let test: TestApi;
let operator: TestPerson;
let tenant: TestPerson;
let worker: Database;

beforeAll(async () => {
  provider = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end('{"data":[{"id":"acme-large"}]}');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  test = await startTestApi({ firstUserIsOperator: true, operatorPrivateOrigins: [origin] });
  operator = await test.signUp('operator@example.com', 'Operators');
  tenant = await test.signUp('owner@example.com', 'Acme');
  worker = test.openAs('worker', 'seed');
});
afterAll(async () => {
  provider.close();
  await worker.close();
  await test.close();
});

let count = 0;
const connect = (more: object = {}, headers: Record<string, string> = {}) => {
  count += 1;
  const body = {
    provider: 'openai-compatible',
    name: `Resold ${count}`,
    baseUrl: `${origin}/v1`,
    apiKey: API_KEY,
  };
  return operator.call('POST', PATH, { ...body, ...more }, headers);
};
const change = (id: string, body: object, headers: Record<string, string> = {}) =>
  operator.call('PATCH', `${PATH}/${id}`, body, headers);

const asOperator = <T>(run: (tx: Transaction) => Promise<T>) =>
  test.database.tenant(OPERATOR_ORGANIZATION_ID, run);

async function storedSecret(id: string): Promise<string> {
  const row = await asOperator((tx) => tx.providerCredential.findUniqueOrThrow({ where: { id } }));
  const place = {
    organizationId: OPERATOR_ORGANIZATION_ID,
    recordId: id,
    field: 'secret',
    baseUrl: row.baseUrl,
  };
  return openSecret(test.options.encryptionKeys, place, row.secretCiphertext!);
}

describe('a resold credential', () => {
  it('[X4] reach an origin of the operator’s own, which no organization’s credential may name', async () => {
    const { body, status, text } = await connect();
    expect(status, text).toBe(201);
    expect((await operator.call('POST', `${PATH}/${body.id}/test`)).body).toMatchObject({ ok: true });
    const own = { provider: 'openai-compatible', name: 'Free', baseUrl: `${origin}/v1`, apiKey: 'none' };
    const refused = await tenant.call('POST', '/provider-credentials', own);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ path: 'body.baseUrl' }]);
  });

  it('[X2] is sealed for the operator’s organization, and its key stands in no answer, event or log', async () => {
    const made = await connect();
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ livemode: true, secretHint: 'sk-…6789', disabledAt: null, version: 1 });
    expect(await storedSecret(made.body.id)).toBe(API_KEY);
    const listed = await operator.call('GET', PATH);
    const events = await asOperator((tx) => tx.auditEvent.findMany({ where: { targetId: made.body.id } }));
    expect(listed.body.data).toContainEqual(made.body);
    expect(made.text + listed.text + JSON.stringify(events) + test.logLines.join('')).not.toContain(API_KEY);
  });

  it('is changed, gets another key, is switched off and deleted: told in the operator’s log and to gateways', async () => {
    const pushed: string[] = [];
    const stop = test.changes.subscribe(({ organizationId, kind, targetId }) =>
      pushed.push(`${organizationId} ${kind} ${targetId}`),
    );
    const { id } = (await connect()).body;
    const rotated = await change(id, { apiKey: ROTATED_KEY }, { 'if-match': '"1"' });
    expect(rotated.body).toMatchObject({ version: 2, secretHint: 'sk-…4321' });
    expect(await storedSecret(id)).toBe(ROTATED_KEY);
    expect((await change(id, { name: 'Late' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await change(id, { disabled: true })).body.disabledAt).toEqual(expect.any(String));
    expect((await operator.call('DELETE', `${PATH}/${id}`)).status).toBe(204);
    expect((await operator.call('GET', `${PATH}/${id}`)).status).toBe(404);
    stop();
    expect(pushed).toEqual(Array(4).fill(`${OPERATOR_ORGANIZATION_ID} credential-changed ${id}`));
    const events = await asOperator((tx) =>
      tx.auditEvent.findMany({ where: { targetId: id }, orderBy: { id: 'asc' } }),
    );
    expect(events.map(({ action }) => action).toSorted()).toEqual([
      'provider-credential-created',
      'provider-credential-deleted',
      'provider-credential-updated',
      'provider-credential-updated',
    ]);
    for (const { actorId } of events) expect(actorId).toBe(operator.userId);
  });

  it('is connected once, however often the form is sent', async () => {
    const key = { 'idempotency-key': 'resold-twice' };
    const body = { name: 'Twice' };
    const [first, second] = [await connect(body, key), await connect(body, key)];
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('[X4] goes to no private address, and takes its key along nowhere by itself', async () => {
    const inside = await connect({ baseUrl: 'https://169.254.169.254/v1' });
    expect([inside.status, inside.body.errors[0].path]).toEqual([400, 'body.baseUrl']);
    const { id } = (await connect()).body;
    const moved = await change(id, { baseUrl: 'https://attacker.example.com/v1' });
    expect(moved.body.errors).toMatchObject([{ path: 'body.apiKey', code: 'secret_needed' }]);
  });

  it('is tested with its stored key, which changes nothing of it', async () => {
    const { id } = (await connect()).body;
    authorizations = [];
    const { body } = await operator.call('POST', `${PATH}/${id}/test`);
    expect(body).toMatchObject({ ok: true, models: ['acme-large'] });
    expect(authorizations).toEqual([`Bearer ${API_KEY}`]);
    const after = (await operator.call('GET', `${PATH}/${id}`)).body;
    expect(after).toMatchObject({ lastTestOk: true, version: 1 });
  });

  it('can be given a markup at once', async () => {
    const { id } = (await connect({ name: 'With markup' })).body;
    const stated = await operator.call('POST', '/operator/markup-rules', {
      credentialId: id,
      basisPoints: 750,
    });
    expect(stated.body).toMatchObject({ credentialName: 'With markup', basisPoints: 750, state: 'in-force' });
  });

  it('says how much went through it lately, of all organizations together', async () => {
    const startedMs = test.clock.nowMs() - 3_600_000;
    const { id } = (await connect()).body;
    // What the helper seeds is of this credential.
    await asOperator((tx) => tx.providerCredential.update({ where: { id }, data: { id: 'cred_1' } }));
    const usage = { count: 4, livemode: true, startedMs };
    await addRolledUpUsage(worker, { ...usage, organizationId: tenant.organizationId });
    await addRolledUpUsage(worker, { ...usage, organizationId: operator.organizationId });
    await addRolledUpUsage(worker, {
      ...usage,
      organizationId: tenant.organizationId,
      startedMs: startedMs - 86_400_000,
    });
    const { body } = await operator.call('GET', `${PATH}/cred_1/traffic`);
    expect(body).toMatchObject({ organizations: 2, requests: 8, attempts: 8 });
    // Twice 1,000 to 1,003 units at 250,000 pico-USD, with 15.5% on top.
    expect(body.chargeUsd).toBe('0.002313465');
    expect((await operator.call('GET', `${PATH}/nothing/traffic`)).status).toBe(404);
    // What falls back to it was tried elsewhere first.
    await addRolledUpUsage(worker, {
      ...usage,
      organizationId: tenant.organizationId,
      livemode: false,
      attempt: 2,
    });
    const { body: after } = await operator.call('GET', `${PATH}/cred_1/traffic`);
    expect(after).toMatchObject({ organizations: 2, requests: 8, attempts: 12 });
  });
});

describe('nobody but the operator', () => {
  it('[X3] sees or touches it: neither by its own routes nor by those of own credentials', async () => {
    const { id } = (await connect()).body;
    const asked: readonly (readonly [string, string, object?])[] = [
      ['GET', PATH],
      ['POST', PATH, { provider: 'openai', name: 'x', apiKey: API_KEY }],
      ['GET', `${PATH}/${id}`],
      ['GET', `${PATH}/${id}/traffic`],
      ['PATCH', `${PATH}/${id}`, { disabled: true }],
      ['POST', `${PATH}/${id}/test`],
      ['DELETE', `${PATH}/${id}`],
    ];
    for (const [method, path, body] of asked) {
      expect([method, path, (await tenant.call(method, path, body)).status]).toEqual([method, path, 403]);
    }
    // Owning an organization is not enough for the operator, either: it is the installation's, not theirs.
    for (const { call } of [tenant, operator]) {
      const own = `/provider-credentials/${id}`;
      expect((await call('GET', own)).status).toBe(404);
      expect((await call('PATCH', own, { disabled: true })).status).toBe(404);
      expect((await call('POST', `${own}/test`)).status).toBe(404);
      expect((await call('DELETE', own)).status).toBe(404);
      expect((await call('GET', '/provider-credentials')).body.data).toEqual([]);
    }
    expect((await operator.call('GET', `${PATH}/${id}`)).body).toMatchObject({
      version: 1,
      disabledAt: null,
    });
  });

  it('[X1] is told of its traffic by the database', async () => {
    const read = (tx: Transaction) =>
      tx.$queryRaw<unknown[]>`SELECT * FROM list_resold_traffic('cred_1', '2026-01-01'::timestamptz)`;
    expect(await test.database.tenant(tenant.organizationId, read)).toEqual([]);
    expect(await test.database.platform(read)).toEqual([]);
    expect(await asOperator(read)).toHaveLength(2);
  });

  it('[X2] not even the operator changes it long after signing in', async () => {
    const { id } = (await connect()).body;
    test.clock.advance(16 * 60_000);
    for (const answer of [
      await connect(),
      await change(id, { disabled: true }),
      await operator.call('POST', `${PATH}/${id}/test`),
      await operator.call('DELETE', `${PATH}/${id}`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'reauthentication_required']);
    }
  });
});
