/**
 * One call to this installation's gateway on behalf of the playground. The address is the configured one and the path
 * one of a list, so nothing that a person writes decides where the key goes; redirects are not followed.
 *
 * The answer is passed on as it flows. Whoever stops reading it ends the call at the gateway, which ends it upstream.
 */
import { ApiProblem } from '../framework/problem.ts';

export const PLAYGROUND_PATHS = {
  'chat.completions': '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  embeddings: '/v1/embeddings',
  moderations: '/v1/moderations',
  'images.generations': '/v1/images/generations',
  rerank: '/v1/rerank',
} as const;
export type PlaygroundEndpoint = keyof typeof PLAYGROUND_PATHS;

/** What the page needs to know; everything else of the answer's head stays here. */
const PASSED_HEADERS = [
  'content-type',
  'retry-after',
  'x-should-retry',
  'x-tollgate-request-id',
  'x-tollgate-model',
  'x-tollgate-provider',
  'x-tollgate-attempts',
  'x-tollgate-cache',
  'x-tollgate-cost-usd',
  'x-tollgate-overhead-us',
  'x-tollgate-unsupported',
  'x-tollgate-max-output-tokens',
];
const TIMEOUT_MS = 600_000;

export interface GatewayCall {
  readonly gatewayUrl: string;
  readonly endpoint: PlaygroundEndpoint;
  readonly secret: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** @throws {ApiProblem} `service_unavailable`: the gateway cannot be reached. Its own refusals are answers. */
export async function callGateway({
  gatewayUrl,
  endpoint,
  secret,
  body,
  signal,
}: GatewayCall): Promise<Response> {
  const url = new URL(gatewayUrl.replace(/\/+$/, '') + PLAYGROUND_PATHS[endpoint]);
  const answer = await send(url, secret, body, signal);
  const headers = new Headers({
    // Compressing it would hold it back.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  for (const name of PASSED_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(answer.body, { status: answer.status, headers });
}

async function send(url: URL, secret: string, body: unknown, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'user-agent': 'tollgate-playground',
      },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (cause) {
    throw new ApiProblem('service_unavailable', 'The gateway cannot be reached; try again soon', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}
