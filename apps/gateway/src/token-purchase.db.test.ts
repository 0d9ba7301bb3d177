/** A provider's token has to be bought first: who goes away meanwhile is not sent, and pays nothing. */
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from './testing/every-provider.ts';

let world: World;
let purchases = 0;
const issuer = Promise.withResolvers<void>();

beforeAll(async () => {
  world = await startWorld([], {
    fetchToken: async () => {
      purchases += 1;
      await issuer.promise;
      return Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 3_600 });
    },
  });
});
afterAll(() => world?.close());

it('[M1] [M8] a client that goes away while a token is bought is not sent to the provider', async () => {
  const ask = (model: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`${world.gateway.baseUrl}/chat/completions`, {
      method: 'POST',
      ...(signal === undefined ? {} : { signal }),
      headers: { authorization: `Bearer ${world.key.secret}` },
      body: JSON.stringify({
        model,
        stream: true,
        messages: [{ role: 'user', content: '[[sim hang]] Hello' }],
      }),
    });
  const abort = new AbortController();
  const answer = ask('google-vertex/sim-gemini', abort.signal);
  await waitFor(() => purchases > 0);
  const [dispatch] = world.gateway.log.dispatches();
  abort.abort();
  await expect(answer).rejects.toThrow();
  // Refused behind it, so that the gateway has heard of the one that went away.
  expect((await ask('no-such-model')).status).toBe(404);
  issuer.resolve();
  await waitFor(() => world.gateway.log.settles().length > 0);
  const settle = world.gateway.log
    .settles()
    .find(({ requestId }) => requestId === dispatch?.subject.requestId);
  expect(settle).toMatchObject({
    status: 'aborted',
    errorCode: 'client_closed',
    usageSource: 'none',
    costPicoUsd: '0',
  });
});
