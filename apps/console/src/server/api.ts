/** The admin API for server code: the same routes and checks as over HTTP, without the detour. */
import { cookies, headers } from 'next/headers';
import { PEER_HEADER } from './peer-address.ts';
import { getRuntime } from './runtime.ts';

/** What tells who asks and from where. */
const PASSED_ON = ['user-agent', 'accept-language', 'x-forwarded-for', PEER_HEADER];

/**
 * Asks the API as whoever is looking at the page.
 *
 * @param path Behind `/api/v1`, as in `/me`.
 * @param organizationId For people in several organizations.
 */
export async function readApi(path: string, organizationId?: string): Promise<Response> {
  const own = await askersHeaders();
  if (organizationId !== undefined) own.set('x-tollgate-organization', organizationId);
  return send(path, { headers: own });
}

/** The same for a question that is sent: it changes nothing. */
export async function askApi(path: string, json: unknown): Promise<Response> {
  const own = await askersHeaders();
  own.set('content-type', 'application/json');
  own.set('x-tollgate-csrf', '1');
  return send(path, { method: 'POST', headers: own, body: JSON.stringify(json) });
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const { api, config } = getRuntime();
  return api.request(new Request(new URL(`/api/v1${path}`, config.consoleUrl), init));
}

async function askersHeaders(): Promise<Headers> {
  const [jar, asked] = await Promise.all([cookies(), headers()]);
  const passed = PASSED_ON.flatMap((name): [string, string][] => {
    const value = asked.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Headers([...passed, ['cookie', jar.toString()]]);
}
