/** The one fetch of the gateway that is no provider's endpoint: buying tokens, through the same guarded pools. */
import type { TokenFetch } from '@tollgate/providers';
import { fetch } from 'undici';
import type { Pools } from './pools.ts';

export function createFetchToken(pools: Pools): TokenFetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method, headers, body, signal } = init ?? {};
    const answer = await fetch(url, {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers: [...new Headers(headers)] }),
      ...(body === undefined || body === null ? {} : { body: await new Response(body).text() }),
      ...(signal === undefined ? {} : { signal }),
      redirect: 'error',
      dispatcher: pools.get('tokens', url.origin),
    });
    const text = await answer.text();
    return new Response(text, { status: answer.status, headers: [...answer.headers] });
  };
}
