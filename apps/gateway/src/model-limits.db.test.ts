/** Rate limits of a model, where a request may be served by several: routes, its own fall-backs, a budget's substitute. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { RouteSpec, SeededKey } from './testing/seed.ts';

const LIMIT = 3;

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
  world = await LimitsWorld.open({ allowedOrigins: [origin] });
});
afterAll(async () => {
  await world?.close();
  broken?.close();
  broken?.closeAllConnections();
});

interface Tenant extends SeededKey {
  /** Of the model's requests. */
  readonly ruleId: string;
}

/** Three requests of one model an hour, a route, and a model of its own whose provider is down. */
async function tenantWith(limited: string, route: Pick<RouteSpec, 'rules' | 'fallbacks'>): Promise<Tenant> {
  const key = await world.tenant();
  const { organizationId } = key;
  await world.seed.credential({ organizationId, baseUrl: brokenUrl, models: ['own-model'] });
  await world.seed.rateLimit({ organizationId, metric: 'requests', limit: 100 });
  const ruleId = await limitOf(key, limited);
  await world.seed.route({ organizationId, name: 'smart', allowResold: true, ...route });
  return { ...key, ruleId };
}

const limitOf = ({ organizationId }: SeededKey, model: string) =>
  world.seed.rateLimit({
    organizationId,
    scope: 'model',
    scopeId: model,
    metric: 'requests',
    limit: LIMIT,
  });

async function ask(key: SeededKey, model: string, more: Record<string, unknown> = {}) {
  const response = await world.ask(key, { model, ...more });
  const { error } = (await response.json()) as {
    error?: { code: string; tollgate: { rule_id?: string; scope?: object } };
  };
  return {
    status: response.status,
    model: response.headers.get('x-tollgate-model'),
    code: error?.code,
    ruleId: error?.tollgate.rule_id,
    attempts: Number(response.headers.get('x-tollgate-attempts')),
    leftOfAll: Number(response.headers.get('x-ratelimit-remaining-requests')),
  };
}

async function times<T>(count: number, what: () => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  while (outcomes.length < count) outcomes.push(await what());
  return outcomes;
}

describe('a limit of a model', () => {
  it('[G6] holds for requests that fall over to it, at n - 1, n and n + 1, and lets the next target answer', async () => {
    const key = await tenantWith('sim-small', {
      rules: [{ targets: [{ model: 'own-model' }] }],
      fallbacks: ['sim-small', 'sim-large'],
    });
    const served = await times(LIMIT + 1, () => ask(key, 'smart'));
    expect(served.map(({ status, model, attempts }) => [status, model, attempts])).toEqual([
      ...Array.from({ length: LIMIT }, () => [200, 'sim-small', 2]),
      [200, 'sim-large', 2],
    ]);
    // Each is one request of the organization's, whatever it took.
    const all = await ask(key, 'sim-large');
    expect(all.leftOfAll).toBe(100 - LIMIT - 2);
    // What the route used is used: asked for by its name, the model is full as well.
    expect(await ask(key, 'sim-small')).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      ruleId: key.ruleId,
    });
  });

  it('says what the provider said where only a full model is left, and goes on where it is the first', async () => {
    const key = await tenantWith('sim-small', {
      rules: [{ targets: [{ model: 'own-model' }] }],
      fallbacks: ['sim-small'],
    });
    await times(LIMIT, () => ask(key, 'sim-small'));
    expect(await ask(key, 'smart')).toMatchObject({ status: 502, model: 'own-model', attempts: 1 });
    // Full from the start: nothing is sent to it, and nothing counted.
    const other = await ask(key, 'sim-small', { models: ['sim-small', 'sim-large'] });
    expect(other).toMatchObject({ status: 200, model: 'sim-large', attempts: 1 });
    // Until all are.
    const narrow = await tenantWith('sim-small', {
      rules: [{ targets: [{ model: 'sim-small' }] }],
      fallbacks: ['sim-large'],
    });
    await limitOf(narrow, 'sim-large');
    const served = await times(2 * LIMIT + 1, () => ask(narrow, 'smart'));
    expect(served.map(({ model }) => model)).toEqual([
      ...Array.from({ length: LIMIT }, () => 'sim-small'),
      ...Array.from({ length: LIMIT }, () => 'sim-large'),
      null,
    ]);
    expect(served.at(-1)).toMatchObject({ status: 429, code: 'rate_limit_exceeded', ruleId: narrow.ruleId });
  });

  it('is not touched by a target that a budget refuses, and holds for what the budget names instead', async () => {
    const key = await tenantWith('sim-large', { rules: [{ targets: [{ model: 'sim-large' }] }] });
    const { organizationId } = key;
    const ofSubstitute = await limitOf(key, 'sim-small');
    await world.seed.budget({
      organizationId,
      scope: 'model',
      scopeId: 'sim-large',
      limitPicoUsd: 1n,
      onExceeded: { model: 'sim-small' },
    });
    const fresh = await world.seed.key({ organizationId });
    const asked = await times(LIMIT + 1, () => ask(fresh, 'smart'));
    expect(asked.map(({ status, model }) => [status, model])).toEqual([
      ...Array.from({ length: LIMIT }, () => [200, 'sim-small']),
      [429, null],
    ]);
    // It would be otherwise soon, and what the budget names would answer then.
    expect(asked.at(-1)).toMatchObject({ code: 'rate_limit_exceeded', ruleId: ofSubstitute });
    // Four have come to the model that the budget refuses, and none was sent to it.
    const free = await ask(fresh, 'sim-large', { models: ['sim-small'] });
    expect(free).toMatchObject({ status: 429, ruleId: ofSubstitute });
  });
});
