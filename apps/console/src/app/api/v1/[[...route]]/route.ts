/**
 * Mounts the admin API. Inside Next a request says `localhost` whatever host was asked, so it is rebuilt with
 * the configured origin first. Everything else is in packages/api.
 */
import { getRuntime } from '../../../../server/runtime.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

function answer(request: Request): Promise<Response> {
  const { api, config } = getRuntime();
  const { pathname, search } = new URL(request.url);
  const url = new URL(pathname + search, new URL(config.consoleUrl).origin);
  const { method, headers, body, signal } = request;
  const rebuilt = { method, headers, signal, ...(body === null ? {} : { body, duplex: 'half' }) };
  return api.request(new Request(url, rebuilt));
}

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
