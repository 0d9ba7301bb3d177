/** What an operator resells by the admin API, as a tenant of a gateway uses it and pays for it. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAdminApi } from './admin.ts';
import { type System, startSystem } from './system.ts';

const RESOLD = '/operator/resold-credentials';
/** USD for a million tokens: a millionth of a USD each is a million pico-USD. */
const PRICE = { input: 3, output: 11 };
const MARKUP_BASIS_POINTS = 1_250;
const PICO_USD_PER_MICRO_USD = 1_000_000n;

let system: System;
let admin: ReturnType<typeof openAdminApi>;

beforeAll(async () => {
  system = await startSystem({ gatewayCount: 1, workerCount: 1, maxLoopLagMs: 10_000 });
  admin = openAdminApi(system);
}, 180_000);
afterAll(async () => {
  await admin?.close();
  await system?.stop();
});

type Caller = (
  method: string,
  path: string,
  body?: object,
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came back
) => Promise<{ status: number; body: any }>;

/** The first to sign up runs the installation. */
async function signUp(email: string): Promise<{ organizationId: string; call: Caller }> {
  const answer = await admin.call(
    'POST',
    '/auth/sign-up',
    {},
    { email, password: 'correct horse battery', organizationName: email },
  );
  expect(answer.status).toBe(201);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { organizationId } = (await answer.json()) as { organizationId: string };
  return {
    organizationId,
    call: async (method, path, body) => {
      const response = await admin.call(method, path, { cookie, 'x-tollgate-csrf': '1' }, body);
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}

function ask(secret: string): Promise<Response> {
  const { origin } = new URL(system.gateways[0]!.plan.healthUrl);
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openai-compatible/sim-large',
      messages: [{ role: 'user', content: '[[sim tokens=50 interval=0 latency=0]] Hello' }],
    }),
  });
}

describe('a credential that the operator connects by the admin API', () => {
  it('[M7] serves a tenant’s requests, which are charged with its markup, until it is switched off', async () => {
    const operator = await signUp('operator@example.com');
    const tenant = await signUp('tenant@example.com');
    const { secret } = (await tenant.call('POST', '/keys', { name: 'resale' })).body;
    // The first look-up of a key may take too long on a busy machine; it is told to come again.
    const refused = await waitFor(async () => {
      const { status } = await ask(secret);
      return status !== 503 && status;
    });
    expect(refused).toBe(404);

    const connected = await operator.call('POST', RESOLD, {
      provider: 'openai-compatible',
      name: 'House blend',
      ...system.upstream,
      models: ['sim-large'],
    });
    expect(connected.status).toBe(201);
    const { id } = connected.body;
    const tested = await operator.call('POST', `${RESOLD}/${id}/test`);
    expect(tested.body).toMatchObject({ ok: true });
    const priced = await operator.call('POST', '/operator/prices', {
      provider: 'openai-compatible',
      model: 'sim-large',
      components: {
        input: { usdPerMillion: String(PRICE.input) },
        output: { usdPerMillion: String(PRICE.output) },
      },
    });
    expect(priced.status).toBe(201);
    const marked = await operator.call('POST', '/operator/markup-rules', {
      credentialId: id,
      basisPoints: MARKUP_BASIS_POINTS,
    });
    expect(marked.status).toBe(201);

    // Gateways hear of each of the three within seconds; a request before the last of them would be rated without it.
    await waitFor(async () => (await chargeOf(await ask(secret), tenant.organizationId))?.marked === true, {
      timeoutMs: 60_000,
    });
    const answer = await ask(secret);
    const { usage } = (await answer.clone().json()) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    const entry = await chargeOf(answer, tenant.organizationId);
    const cost =
      BigInt(usage.prompt_tokens * PRICE.input + usage.completion_tokens * PRICE.output) *
      PICO_USD_PER_MICRO_USD;
    expect(entry).toMatchObject({
      credentialId: id,
      credentialOwner: 'operator',
      cost,
      charge: (cost * BigInt(10_000 + MARKUP_BASIS_POINTS)) / 10_000n,
    });

    expect((await tenant.call('PATCH', `${RESOLD}/${id}`, { disabled: true })).status).toBe(403);
    expect((await tenant.call('PATCH', `/provider-credentials/${id}`, { disabled: true })).status).toBe(404);
    expect((await operator.call('PATCH', `${RESOLD}/${id}`, { disabled: true })).status).toBe(200);
    await waitFor(async () => (await ask(secret)).status === 404, { timeoutMs: 30_000 });
  }, 180_000);
});

/** Of the ledger, once the worker has brought the answer's request there. Undefined: it was refused. */
async function chargeOf(answer: Response, organizationId: string) {
  if (answer.status !== 200) return undefined;
  await answer.arrayBuffer().catch(() => undefined);
  const requestId = answer.headers.get('x-tollgate-request-id') ?? '';
  const read = () =>
    system.database.tenant(organizationId, (tx) => tx.usageEntry.findFirst({ where: { requestId } }));
  await waitFor(async () => (await read()) !== null, { timeoutMs: 60_000 });
  const row = (await read())!;
  return {
    credentialId: row.credentialId,
    credentialOwner: row.credentialOwner,
    cost: BigInt(String(row.costPicoUsd)),
    charge: BigInt(String(row.chargePicoUsd)),
    marked: row.markupBasisPoints === MARKUP_BASIS_POINTS && String(row.costPicoUsd) !== '0',
  };
}
