/** The model that a budget names for when it is spent, as clients meet it: what it may be, and what is told of it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';
import type { RouteSpec, SeededKey } from './testing/seed.ts';

const FEE = 1_000_000_000n;

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
  readonly budgetId: string;
  readonly routeId: string;
}

/** A budget of `sim-large` that is too small for any request, a substitute for it, and a route to it. */
async function tenantWith(
  instead: string,
  route: Partial<RouteSpec> = {},
  seedFirst: (organizationId: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<Tenant> {
  const key = await world.tenant();
  const { organizationId } = key;
  await seedFirst(organizationId);
  await world.seed.fee(organizationId, 'sim-large', 2n * FEE);
  const budgetId = await world.seed.budget({
    organizationId,
    name: 'Pilot',
    scope: 'model',
    scopeId: 'sim-large',
    limitPicoUsd: FEE,
    onExceeded: { model: instead },
  });
  const routeId = await world.seed.route({
    organizationId,
    name: 'smart',
    rules: [{ targets: [{ model: 'sim-large' }] }],
    ...route,
  });
  return { ...key, budgetId, routeId };
}

const told = (response: Response) => ({
  status: response.status,
  route: response.headers.get('x-tollgate-route'),
  model: response.headers.get('x-tollgate-model'),
});

async function reportOf({ secret }: SeededKey, answer: Response): Promise<unknown> {
  const id = answer.headers.get('x-tollgate-request-id')!;
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${world.first.baseUrl}/tollgate/requests/${id}`, { headers })).json();
}

describe("a budget's substitute", () => {
  it('is what the record says: not the route that it took over from, but of which budget and instead of what', async () => {
    const key = await tenantWith('sim-small');
    const route = { id: key.routeId, name: 'smart', rule: 0, target: 'sim-large' };
    const substitution = { budget: { id: key.budgetId, name: 'Pilot' }, model: 'sim-small', route };
    for (const stream of [false, true]) {
      const answer = await world.ask(key, { model: 'smart', stream });
      expect(told(answer), await answer.text()).toEqual({ status: 200, route: null, model: 'sim-small' });
      const frames = await world.first.log.framesOf(answer.headers.get('x-tollgate-request-id')!);
      expect(frames.find(({ kind }) => kind === 'dispatch')).toMatchObject({
        subject: { routeId: '', requestedModel: 'smart' },
        target: { model: 'sim-small' },
      });
      const outcome = frames.at(-1);
      expect(outcome).toMatchObject({ kind: 'request', model: 'sim-small', substitution });
      expect(outcome).not.toHaveProperty('route');
      expect(await reportOf(key, answer)).toMatchObject({ model: 'sim-small', route: null, substitution });
    }
    // Of requests without a route the same is told.
    const plain = await world.ask(key, { model: 'sim-large' });
    expect(await reportOf(key, plain)).toMatchObject({
      model: 'sim-small',
      route: null,
      substitution: { ...substitution, route: null },
    });
  });

  it('is told also where its provider fails, and not where it is refused itself: then the route is', async () => {
    const failing = await tenantWith('own-model', { allowResold: true }, (organizationId) =>
      world.seed.credential({ organizationId, baseUrl: brokenUrl, models: ['own-model'] }),
    );
    await world.seed.fee(failing.organizationId, 'own-model', FEE);
    const failed = await world.ask(failing, { model: 'smart' });
    expect(told(failed)).toEqual({ status: 502, route: null, model: 'own-model' });
    expect(await reportOf(failing, failed)).toMatchObject({
      route: null,
      substitution: { budget: { id: failing.budgetId }, model: 'own-model', route: { name: 'smart' } },
    });

    const refusing = await tenantWith('sim-small');
    await world.seed.budget({ ...refusing, scope: 'model', scopeId: 'sim-small', limitPicoUsd: 1n });
    const refused = await world.ask(refusing, { model: 'smart' });
    expect(told(refused)).toEqual({ status: 402, route: 'smart', model: null });
    expect(await reportOf(refusing, refused)).toMatchObject({
      route: { name: 'smart', target: 'sim-large' },
      substitution: null,
    });
  });

  it("is the operator's behind a credential of the organization's own only where a route says so", async () => {
    const { seed, simulator, first } = world;
    const own = (organizationId: string) =>
      seed.credential({ organizationId, baseUrl: `${simulator.url}/v1`, models: ['sim-large'] });
    const stays = await tenantWith('sim-small', {}, own);
    const goes = await tenantWith('sim-small', { allowResold: true }, own);
    expect(told(await world.ask(goes, { model: 'smart' }))).toEqual({
      status: 200,
      route: null,
      model: 'sim-small',
    });
    for (const key of [stays, goes]) {
      const refused = await world.ask(key, { model: 'sim-large' });
      expect(told(refused)).toMatchObject({ status: 402, model: null });
      expect(await refused.json()).toMatchObject({
        error: { code: 'request_exceeds_budget', tollgate: { rule_id: key.budgetId } },
      });
    }
    expect(told(await world.ask(stays, { model: 'smart' }))).toMatchObject({ status: 402, route: 'smart' });
    expect(first.log.dispatches().filter(({ subject }) => subject.keyId === stays.keyId)).toEqual([]);
    // From own to own it goes.
    await seed.credential({
      organizationId: stays.organizationId,
      baseUrl: `${simulator.url}/v1`,
      models: ['sim-small'],
    });
    const fresh = await seed.key({ organizationId: stays.organizationId });
    await waitFor(async () => (await world.ask(fresh, { model: 'sim-large' })).status === 200);
    const [dispatch] = first.log.dispatches().filter(({ subject }) => subject.keyId === fresh.keyId);
    expect(dispatch?.target).toMatchObject({ model: 'sim-small', credentialOwner: 'organization' });
  });
});
