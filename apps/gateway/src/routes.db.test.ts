/** Routes as clients meet them: by HTTP, in every dialect, under scopes, budgets and changes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyCache } from './policy/policy-cache.ts';
import { LimitsWorld } from './testing/limits-world.ts';
import { type RouteSpec, type SeededKey, TEST_ENCRYPTION_KEYS } from './testing/seed.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const FEE = 1_000_000_000n;
const to = (...models: string[]): RouteSpec['rules'] => [{ targets: models.map((model) => ({ model })) }];

let world: LimitsWorld;
/** Answers 500 to whatever it is asked. */
let broken: Server;
let brokenUrl: string;

beforeAll(async () => {
  broken = createServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"down"}}');
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  brokenUrl = `${origin}/v1`;
  world = await LimitsWorld.open({
    allowedOrigins: [origin],
    prepare: (seed) => seed.unpricedModel('simulator', 'sim-unpriced'),
  });
});
afterAll(async () => {
  await world?.close();
  broken?.close();
  broken?.closeAllConnections();
});

const told = (response: Response) => ({
  status: response.status,
  route: response.headers.get('x-tollgate-route'),
  model: response.headers.get('x-tollgate-model'),
});

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

async function errorOf(response: Response): Promise<Refused> {
  const { error } = (await response.json()) as { error: Omit<Refused, 'status'> };
  return { ...error, status: response.status };
}

/** The gateway has heard of what was seeded: what is asked with `body` is answered as `expected`. */
async function isHeard(key: SeededKey, body: Record<string, unknown>, expected: object): Promise<void> {
  await waitFor(
    async () => {
      const response = await world.ask(key, body);
      await response.text();
      return Object.entries(expected).every(([name, value]) => told(response)[name as 'status'] === value);
    },
    { timeoutMs: 10_000 },
  );
}

async function tenantWith(spec: Omit<RouteSpec, 'organizationId'>): Promise<SeededKey & { routeId: string }> {
  const key = await world.tenant();
  const routeId = await world.seed.route({ organizationId: key.organizationId, ...spec });
  await world.isKnown(key, world.first);
  return { ...key, routeId };
}

const listModels = ({ secret }: SeededKey, path = '') =>
  fetch(`${world.first.baseUrl}/models${path}`, { headers: { authorization: `Bearer ${secret}` } });

async function listedFor(key: SeededKey): Promise<string[]> {
  const { data } = (await (await listModels(key)).json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
}

describe('a request for a route', () => {
  it('[G4] goes to its target in every dialect, and its record says by which rule', async () => {
    const key = await tenantWith({ name: 'Smart/1', rules: to('sim-large') });
    const { baseUrl, origin, log } = world.first;
    const messages = [{ role: 'user', content: 'Hello' }];
    const post = (url: string, headers: Record<string, string>, body: object) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const answers = [
      await post(
        `${baseUrl}/chat/completions`,
        { authorization: `Bearer ${key.secret}` },
        { model: 'smart/1', messages },
      ),
      await post(
        `${origin}/anthropic/v1/messages`,
        { 'x-api-key': key.secret, 'anthropic-version': '2023-06-01' },
        { model: 'Smart/1', messages, max_tokens: 20 },
      ),
      await post(
        `${origin}/v1beta/models/Smart/1:generateContent`,
        { 'x-goog-api-key': key.secret },
        { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      ),
      // The header wins over the body.
      await world.ask(
        key,
        { model: 'sim-small', stream: true },
        { headers: { 'x-tollgate-route': 'SMART/1' } },
      ),
    ];
    for (const answer of answers) {
      expect(told(answer), await answer.text()).toEqual({
        status: 200,
        route: 'Smart/1',
        model: 'sim-large',
      });
    }
    const requestId = answers[0]!.headers.get('x-tollgate-request-id')!;
    const route = { id: key.routeId, name: 'Smart/1', rule: 0, target: 'sim-large' };
    expect(await log.framesOf(requestId)).toMatchObject([
      { kind: 'dispatch', subject: { routeId: key.routeId, requestedModel: 'smart/1' } },
      { kind: 'settle' },
      { kind: 'request', route },
    ]);
    const record = await fetch(`${baseUrl}/tollgate/requests/${requestId}`, {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(await record.json()).toMatchObject({ route });
    expect(told(await world.ask(key))).toEqual({ status: 200, route: null, model: 'sim-small' });
    const unknown = await errorOf(await world.ask(key, {}, { headers: { 'x-tollgate-route': 'other' } }));
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'x-tollgate-route' });
    expect(unknown).toMatchObject({ tollgate: { scope: { type: 'route', name: 'other' } } });
    const mistyped = await errorOf(await world.ask(key, {}, { headers: { 'x-tollgate-route': 'smrat/1' } }));
    expect(mistyped.message).toContain('Did you mean Smart/1?');
  });

  it('is for what nobody keeps: batches and videos stay with the account that is asked for them later', async () => {
    const key = await tenantWith({ name: 'smart/1', rules: to('sim-large') });
    const post = (path: string, headers: Record<string, string>, body: object) =>
      fetch(`${world.first.baseUrl}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const batch = { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' };
    const video = { model: 'smart/1', prompt: 'a cat' };
    for (const [path, body] of [['/batches', batch] as const, ['/videos', video] as const]) {
      const refused = await errorOf(await post(path, { 'x-tollgate-route': 'smart/1' }, body));
      expect(refused, path).toMatchObject({ status: 400, code: 'unsupported_parameter' });
    }
    const named = await errorOf(await post('/videos', {}, video));
    expect(named).toMatchObject({ status: 404, message: expect.stringContaining('Cannot find the model') });
  });

  it('is drawn by weights, the same session always to the same target', async () => {
    const key = await tenantWith({
      name: 'split',
      rules: [
        {
          targets: [
            { model: 'sim-small', weight: 2 },
            { model: 'sim-large', weight: 2 },
            { model: 'sim-small', weight: 0 },
          ],
        },
      ],
      stickyBy: 'session',
    });
    const drawn = new Map<string, string>();
    for (let index = 0; index < 24; index += 1) {
      const session = `session-${index % 12}`;
      const answer = await world.ask(key, { model: 'split' }, { headers: { 'x-tollgate-session': session } });
      const text = await answer.text();
      const { status, model } = told(answer);
      expect(status, text).toBe(200);
      expect(drawn.get(session) ?? model).toBe(model);
      drawn.set(session, model ?? '');
    }
    expect(new Set(drawn.values())).toEqual(new Set(['sim-small', 'sim-large']));
  });

  it('goes by the first rule that matches it, and is refused by name where none does', async () => {
    const key = await tenantWith({
      name: 'tiers',
      rules: [
        {
          when: [{ field: 'tag:tier', operator: 'is', values: ['gold'] }],
          targets: [{ model: 'sim-large' }],
        },
        {
          when: [{ field: 'inputTokens', operator: 'atLeast', values: ['500'] }],
          targets: [{ model: 'sim-small' }],
        },
      ],
    });
    const ask = (body: object) => world.ask(key, { model: 'tiers', ...body });
    expect(told(await ask({ metadata: { tier: 'gold' } }))).toMatchObject({
      status: 200,
      model: 'sim-large',
    });
    const long = { messages: [{ role: 'user', content: 'word '.repeat(600) }] };
    expect(told(await ask(long))).toMatchObject({ status: 200, model: 'sim-small' });
    const refused = await errorOf(await ask({ metadata: { tier: 'silver' } }));
    expect(refused).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(refused).toMatchObject({
      message: expect.stringContaining('no rule of the route "tiers"'),
      tollgate: { rule_id: key.routeId },
    });
  });

  it('falls back when the first provider answers 500, from own to resold only if the route says so', async () => {
    const { seed } = world;
    const key = await world.tenant();
    const { organizationId } = key;
    await seed.credential({ organizationId, baseUrl: brokenUrl, models: ['own-model'] });
    const shape = { organizationId, rules: to('own-model'), fallbacks: ['sim-small'] };
    await seed.route({ ...shape, name: 'stays' });
    await seed.route({ ...shape, name: 'goes', allowResold: true });
    const goes = await world.ask(key, { model: 'goes' });
    expect(told(goes)).toEqual({ status: 200, route: 'goes', model: 'sim-small' });
    expect(goes.headers.get('x-tollgate-attempts')).toBe('2');
    expect(told(await world.ask(key, { model: 'stays' }))).toMatchObject({
      status: 502,
      route: 'stays',
      model: 'own-model',
    });
    // What a request itself falls back to leads no further, with and without a route, and nothing is tried anew.
    for (const model of ['stays', 'own-model']) {
      const asked = await world.ask(key, { model, models: ['own-model', 'sim-small'] });
      expect(told(asked)).toMatchObject({ status: 502, model: 'own-model' });
      expect(asked.headers.get('x-tollgate-attempts')).toBe('2');
    }
    expect(told(await world.ask(key, { model: 'goes', models: ['sim-large'] })).status).toBe(200);
    const stays = world.first.log.dispatches().filter(({ subject }) => subject.requestedModel === 'stays');
    expect(stays.map(({ target }) => target.credentialOwner)).toEqual(stays.map(() => 'organization'));
  });

  it('[X1] is drawn among own accounts where the request names what one of them keeps', async () => {
    const { seed, simulator, first } = world;
    const key = await world.tenant();
    const { organizationId } = key;
    await seed.credential({ organizationId, baseUrl: `${simulator.url}/v1`, models: ['sim-large'] });
    const targets = [
      { model: 'sim-small', weight: 1_000 },
      { model: 'sim-large', weight: 0 },
    ];
    await seed.route({ organizationId, name: 'files', rules: [{ targets }], allowResold: true });
    await seed.route({ organizationId, name: 'shared', rules: to('sim-small') });
    const messages = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }];
    const answer = await world.ask(key, { model: 'files', messages });
    expect(told(answer), await answer.text()).toMatchObject({ model: 'sim-large' });
    const frames = await first.log.framesOf(answer.headers.get('x-tollgate-request-id')!);
    expect(frames.at(-1)).toMatchObject({ kind: 'request', route: { target: 'sim-large' } });
    const refused = await errorOf(await world.ask(key, { model: 'shared', messages }));
    expect(refused).toMatchObject({ status: 403, param: 'file_id' });
  });

  it('[X1] never leads a key beyond its scope', async () => {
    const { seed } = world;
    const { organizationId, routeId } = await tenantWith({
      name: 'wide',
      rules: [
        {
          targets: [
            { model: 'sim-large', weight: 1_000 },
            { model: 'sim-small', weight: 0 },
          ],
        },
      ],
    });
    const narrow = await seed.key({ organizationId, models: ['sim-small'] });
    for (let index = 0; index < 3; index += 1) {
      expect(told(await world.ask(narrow, { model: 'wide' }))).toEqual({
        status: 200,
        route: 'wide',
        model: 'sim-small',
      });
    }
    for (const scope of [{ models: ['wide'] }, { providers: ['openai'] }]) {
      const refused = await errorOf(
        await world.ask(await seed.key({ organizationId, ...scope }), { model: 'wide' }),
      );
      expect(refused).toMatchObject({ status: 404, code: 'model_not_found' });
      expect(refused).toMatchObject({
        message: expect.stringContaining('"wide"'),
        tollgate: { rule_id: routeId, scope: { type: 'key' } },
      });
    }
    expect(await listedFor(narrow)).toEqual(['sim-small', 'wide']);
    expect(await (await listModels(narrow, '/wide')).json()).toMatchObject({
      id: 'wide',
      owned_by: 'tollgate',
    });
    const none = await seed.key({ organizationId, models: ['other'] });
    expect(await listedFor(none)).toEqual([]);
    expect((await listModels(none, '/wide')).status).toBe(404);
  });

  it('[M3] goes to the next target where a hard budget of a model refuses, and never beyond one of all', async () => {
    const { seed } = world;
    // Not known to the gateway before its budgets are there.
    const key = await world.tenant();
    const { organizationId } = key;
    await seed.route({
      organizationId,
      name: 'saver',
      rules: [{ targets: [{ model: 'sim-large' }, { model: 'sim-small', weight: 0 }] }],
    });
    await seed.fee(organizationId, 'sim-large', FEE);
    await seed.fee(organizationId, 'sim-small', FEE);
    const ofModel = await seed.budget({
      organizationId,
      scope: 'model',
      scopeId: 'sim-large',
      limitPicoUsd: 2n * FEE,
    });
    const ofAll = await seed.budget({ organizationId, limitPicoUsd: 5n * FEE });
    const answers = await Promise.all(Array.from({ length: 12 }, () => world.ask(key, { model: 'saver' })));
    const outcomes = answers.map(told);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(outcomes.filter(({ status, model }) => status === 200 && model === 'sim-large')).toHaveLength(2);
    expect(outcomes.every(({ status }) => [200, 402, 429].includes(status))).toBe(true);
    await world.ship();
    expect(await world.findBroken(organizationId)).toEqual([]);
    expect((await world.standing(organizationId, ofModel)).settled).toBe(2n * FEE);
    expect((await world.standing(organizationId, ofAll)).settled).toBe(5n * FEE);
    expect(await world.audit(organizationId)).toEqual([]);
  });

  it('[G1] tells nothing about money where one of its targets cannot be judged while Postgres is away', async () => {
    const key = await world.tenant();
    const { organizationId } = key;
    await world.seed.route({
      organizationId,
      name: 'judged',
      rules: to('sim-unpriced'),
      fallbacks: ['sim-small'],
    });
    await world.seed.budget({ organizationId, limitPicoUsd: 1_000_000_000_000n });
    await world.isKnown(key, world.first);
    world.first.postgres.setMode({ kind: 'reset' });
    try {
      const refused = await world.ask(key, { model: 'judged' });
      expect(refused.headers.get('x-should-retry')).not.toBe('false');
      expect(await errorOf(refused)).toMatchObject({ status: 503, code: 'service_unavailable' });
    } finally {
      world.first.postgres.setMode({ kind: 'pass' });
    }
  });

  it('goes to the model of that name again once the route is disabled', async () => {
    const key = await tenantWith({ name: 'sim-small', rules: to('sim-large') });
    const body = { model: 'sim-small' };
    await isHeard(key, body, { route: 'sim-small', model: 'sim-large' });
    const narrow = await world.seed.key({ organizationId: key.organizationId, models: ['sim-small'] });
    expect((await errorOf(await world.ask(narrow, body))).status).toBe(404);
    // With its provider's name the model still answers.
    expect(await listedFor(narrow)).toEqual(['simulator/sim-small']);
    expect(told(await world.ask(narrow, { model: 'simulator/sim-small' })).status).toBe(200);
    await world.seed.disableRoute(key.organizationId, key.routeId);
    await isHeard(key, body, { route: null, model: 'sim-small' });
  });
});

describe('a gateway', () => {
  it('[G3] hears of a changed route by push, and knows routes from disk while Postgres is away', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tollgate-routes-'));
    const key = await tenantWith({ name: 'kept', rules: to('sim-small') });
    const { organizationId } = key;
    let push: (channel: string, message: string) => void = () => undefined;
    const policyCache = () => new PolicyCache({ directory, encryptionKeys: TEST_ENCRYPTION_KEYS });
    const shared = { allowedPrivateOrigins: [world.simulator.url], pollIntervalMs: 60_000 };
    const first = await startTestGateway({
      ...shared,
      databaseUrl: world.database.urls.gateway,
      policyCache: policyCache(),
      subscriber: {
        on: (_event, listener) => {
          push = listener;
        },
        subscribe: () => Promise.resolve(),
      },
    });
    const ask = async ({ baseUrl }: TestGateway, model: string) => {
      const response = await fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      });
      await response.text();
      return told(response);
    };
    expect(await ask(first, 'kept')).toEqual({ status: 200, route: 'kept', model: 'sim-small' });
    const id = await world.seed.route({ organizationId, name: 'pushed', rules: to('sim-large') });
    expect((await ask(first, 'pushed')).status).toBe(404);
    push(
      'tollgate:changes',
      JSON.stringify({ organizationId, kind: 'policy-changed', targetId: id, eventId: 'x' }),
    );
    const pushedMs = performance.now();
    await waitFor(async () => (await ask(first, 'pushed')).status === 200);
    // By polling alone it would be a minute.
    expect(performance.now() - pushedMs).toBeLessThan(30_000);
    await first.close();

    const second = await startTestGateway({
      ...shared,
      databaseUrl: 'postgres://tollgate_gateway@127.0.0.1:1/nowhere',
      policyCache: policyCache(),
    });
    await waitFor(async () => (await ask(second, 'pushed')).status === 200, { timeoutMs: 10_000 });
    expect(await ask(second, 'kept')).toEqual({ status: 200, route: 'kept', model: 'sim-small' });
    await second.close();
    await rm(directory, { recursive: true, force: true });
  });
});
