/**
 * One call to this installation's gateway on behalf of the playground. The address is the configured one and the path
 * one of a list, so nothing that a person writes decides where the key goes; redirects are not followed.
 *
 * The answer is passed on as it flows. Whoever stops reading it ends the call at the gateway, which ends it upstream.
 */
import { ApiProblem, invalidField } from '../framework/problem.ts';

export const PLAYGROUND_PATHS = {
  'chat.completions': '/v1/chat/completions',
  responses: '/v1/responses',
  completions: '/v1/completions',
  messages: '/v1/messages',
  /** The model stands in the path: it is taken out of the body. */
  generate_content: '/v1beta/models/{model}:generateContent',
  embeddings: '/v1/embeddings',
  moderations: '/v1/moderations',
  'images.generations': '/v1/images/generations',
  'images.edits': '/v1/images/edits',
  'audio.speech': '/v1/audio/speech',
  'audio.transcriptions': '/v1/audio/transcriptions',
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

/** Endpoints that take forms, and the parts of these that are files: data URLs in the body. */
const FILES: Readonly<Partial<Record<PlaygroundEndpoint, readonly string[]>>> = {
  'images.edits': ['image', 'mask'],
  'audio.transcriptions': ['file'],
};
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/;

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
  const { path, content } = toRequest(endpoint, body);
  const answer = await send(new URL(gatewayUrl.replace(/\/+$/, '') + path), secret, content, signal);
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

/** @throws {ApiProblem} `invalid_request`: a file is none. */
function toRequest(endpoint: PlaygroundEndpoint, body: GatewayCall['body']) {
  const path = PLAYGROUND_PATHS[endpoint];
  const files = FILES[endpoint];
  if (files !== undefined) return { path, content: toForm(body, files) };
  if (endpoint !== 'generate_content') return { path, content: JSON.stringify(body) };
  const { model, ...rest } = body;
  // Encoded it is one part of the path, whatever it holds.
  const part = encodeURIComponent(typeof model === 'string' ? model : '');
  return { path: path.replace('{model}', () => part), content: JSON.stringify(rest) };
}

function toForm(body: GatewayCall['body'], files: readonly string[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (files.includes(name)) form.set(name, ...toFile(name, value));
    else if (value !== null)
      form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return form;
}

/** Named by its kind, by which providers know what it is. */
function toFile(name: string, value: unknown): [Blob, string] {
  const [, mediaType = '', data = ''] = (typeof value === 'string' && DATA_URL.exec(value)) || [];
  if (data === '') throw invalidField(`body.body.${name}`, 'must be a file as a data URL', 'wrong_format');
  const extension = /[a-z0-9]+$/.exec(mediaType)?.[0] ?? 'bin';
  return [new Blob([Buffer.from(data, 'base64')], { type: mediaType }), `${name}.${extension}`];
}

async function send(
  url: URL,
  secret: string,
  body: string | FormData,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        // A form tells its own, with its boundary.
        ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        'user-agent': 'tollgate-playground',
      },
      body,
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
