/** Where a request goes at an OpenAI-compatible provider, and with which headers. The body is the dialect's work. */
import type { Provider } from '../provider.ts';

export interface UpstreamAddress {
  readonly origin: string;
  readonly path: string;
}

/** @param path Of the endpoint below the base URL, such as `/chat/completions`. */
export function upstreamAddress(baseUrl: string, path: string): UpstreamAddress {
  const url = new URL(baseUrl);
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') + path };
}

/**
 * Everything sent besides the body. The client's own headers never pass.
 *
 * @param attemptName Our id of this attempt: a provider that keeps it can be asked about it, and its bill be matched.
 */
export function upstreamHeaders(
  provider: Provider,
  secret: string,
  stream: boolean,
  attemptName: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    // Never compressed: a bomb cannot hide, and event boundaries arrive when they are written.
    'accept-encoding': 'identity',
    'user-agent': 'tollgate',
    'x-client-request-id': attemptName,
  };
  if (secret === '') return headers;
  switch (provider.authentication.kind) {
    case 'bearer':
      headers.authorization = `Bearer ${secret}`;
      break;
    case 'header':
      headers[provider.authentication.name] = secret;
      break;
    case 'none':
      break;
  }
  return headers;
}
