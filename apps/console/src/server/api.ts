/** The admin API for server code: the same routes and checks as over HTTP, without the detour. */
import { cookies } from 'next/headers';
import { getRuntime } from './runtime.ts';

/**
 * Asks the API as whoever is looking at the page.
 *
 * @param path Behind `/api/v1`, as in `/me`.
 * @param organizationId For people in several organizations.
 */
export async function readApi(path: string, organizationId?: string): Promise<Response> {
  const { api, config } = getRuntime();
  const jar = await cookies();
  const headers = new Headers({ cookie: jar.toString() });
  if (organizationId !== undefined) headers.set('x-tollgate-organization', organizationId);
  return api.request(new Request(new URL(`/api/v1${path}`, config.consoleUrl), { headers }));
}
