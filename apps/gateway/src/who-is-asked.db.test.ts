/** Whom a request itself names to be asked: the models that it falls back to, the account that is to keep something. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitsWorld } from './testing/limits-world.ts';

let world: LimitsWorld;
/** Answers 500 to whatever it is asked. */
let broken: Server;
let origin: string;

beforeAll(async () => {
  broken = createServer((_request, response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"down"}}');
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
  world = await LimitsWorld.open({ allowedOrigins: [origin] });
});
afterAll(async () => {
  await world?.close();
  broken?.close();
  broken?.closeAllConnections();
});

describe('the fall-backs that a request names', () => {
  it('are each tried in their order, also where the model before them has several credentials', async () => {
    const key = await world.tenant();
    const { organizationId } = key;
    for (let index = 0; index < 3; index += 1)
      await world.seed.credential({ organizationId, baseUrl: `${origin}/v1`, models: ['first', 'second'] });
    await world.seed.credential({
      organizationId,
      baseUrl: `${world.simulator.url}/v1`,
      models: ['sim-small'],
    });
    const answer = await world.ask(key, { model: 'first', models: ['second', 'sim-small'] });
    expect(answer.status, await answer.text()).toBe(200);
    expect(answer.headers.get('x-tollgate-model')).toBe('sim-small');
    expect(answer.headers.get('x-tollgate-attempts')).toBe('7');
  });

  it('are what earns a request more than three tries: without them it ends with the third', async () => {
    const key = await world.tenant();
    const { organizationId } = key;
    for (let index = 0; index < 4; index += 1)
      await world.seed.credential({ organizationId, baseUrl: `${origin}/v1`, models: ['first'] });
    const answer = await world.ask(key, { model: 'first' });
    expect(answer.headers.get('x-tollgate-attempts')).toBe('3');
  });
});

describe('x-tollgate-provider', () => {
  it('says where a video is made, as it says where it is asked for afterwards', async () => {
    const key = await world.tenant();
    const { organizationId } = key;
    for (const provider of ['openai', 'azure'])
      await world.seed.credential({ organizationId, provider, baseUrl: `${origin}/v1`, models: ['video'] });
    const make = (headers: Record<string, string>, model = 'video') =>
      fetch(`${world.first.baseUrl}/videos`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model, prompt: 'A gate', seconds: '4' }),
      });
    const askedFor = async (response: Promise<Response>) =>
      (await response).headers.get('x-tollgate-provider');
    expect(await askedFor(make({}))).toBe('openai');
    expect(await askedFor(make({ 'x-tollgate-provider': 'azure' }))).toBe('azure');
    const before = world.first.log.dispatches().length;
    for (const [wanted, model] of [
      ['groq', 'video'],
      ['azrue', 'video'],
      ['azure', 'openai/video'],
    ] as const) {
      const refused = await make({ 'x-tollgate-provider': wanted }, model);
      expect(refused.status).toBe(403);
      // Who has a credential for it elsewhere must see that the header is why it was not asked.
      expect(await refused.json()).toMatchObject({
        error: {
          code: 'permission_denied',
          message: expect.stringContaining(`x-tollgate-provider is "${wanted}"`),
        },
      });
    }
    expect(world.first.log.dispatches().length).toBe(before);
  });
});
