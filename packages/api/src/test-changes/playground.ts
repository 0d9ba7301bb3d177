/** For tests: changes of the playground, whose calls go to a gateway that is stood in for. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type Changes, lifeOf, newPerson, unique } from './change.ts';

const CALL = { endpoint: 'chat.completions', body: { model: 'sim-small', messages: [] } };

/** Answers every call alike. */
export async function startGateway(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"choices":[]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const PLAYGROUND_CHANGES: Changes = {
  'post /playground/calls': async (world) => ({ by: await newPerson(world), body: CALL }),
  'post /playground/calls (of a session that ended)': async (world) => {
    const by = await newPerson(world);
    expect((await by.call('POST', '/playground/calls', CALL)).status).toBe(200);
    expect((await by.call('DELETE', '/playground/session')).status).toBe(204);
    return { by, body: CALL };
  },
  'delete /playground/session': async (world) => {
    const by = await newPerson(world);
    expect((await by.call('POST', '/playground/calls', CALL)).status).toBe(200);
    return { by };
  },
  ...lifeOf(
    '/playground/prompts',
    () => ({ name: unique(), content: { text: 'Hello' } }),
    { name: 'Changed', shared: true, content: { text: 'Hello' } },
    { method: 'put' },
  ),
};
