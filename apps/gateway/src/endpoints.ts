/** What can be asked of the gateway, and in whose words. One table; the router and the tests read it. */

export type Dialect = 'openai' | 'anthropic' | 'gemini';

export interface Endpoint {
  /** As the ledger, key scopes and metrics call it. */
  readonly name: 'chat.completions' | 'models' | 'models.get' | 'requests.get';
  readonly method: 'GET' | 'POST';
  /** Below `/v1`. With a slash at the end, the rest of the path is the subject's id (which may hold slashes). */
  readonly path: string;
  readonly dialect: Dialect;
}

export const ENDPOINTS: readonly Endpoint[] = [
  { name: 'chat.completions', method: 'POST', path: '/chat/completions', dialect: 'openai' },
  { name: 'models', method: 'GET', path: '/models', dialect: 'openai' },
  { name: 'models.get', method: 'GET', path: '/models/', dialect: 'openai' },
  { name: 'requests.get', method: 'GET', path: '/tollgate/requests/', dialect: 'openai' },
];

export type RouteMatch =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly subject: string }
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

const PREFIXES = ['/v1', '/openai/v1'];

/** Method and path of what needs no parsing: nearly all requests. */
const EXACT: ReadonlyMap<string, RouteMatch> = new Map(
  PREFIXES.flatMap((prefix) =>
    ENDPOINTS.filter(({ path }) => !path.endsWith('/')).map((endpoint): [string, RouteMatch] => [
      `${endpoint.method} ${prefix}${endpoint.path}`,
      { kind: 'endpoint', endpoint, subject: '' },
    ]),
  ),
);

/** @param path Without its query. Compared as it is: no decoding but of the subject, no cleaning of slashes. */
export function matchEndpoint(method: string, path: string): RouteMatch {
  const exact = EXACT.get(`${method} ${path}`);
  if (exact !== undefined) return exact;
  const allowed: string[] = [];
  for (const prefix of PREFIXES) {
    if (!path.startsWith(`${prefix}/`)) continue;
    const rest = path.slice(prefix.length);
    for (const endpoint of ENDPOINTS) {
      const subject = subjectOf(endpoint, rest);
      if (subject === undefined) continue;
      if (endpoint.method === method) return { kind: 'endpoint', endpoint, subject };
      allowed.push(endpoint.method);
    }
  }
  return allowed.length > 0 ? { kind: 'method', allowed } : { kind: 'none' };
}

function subjectOf(endpoint: Endpoint, rest: string): string | undefined {
  if (!endpoint.path.endsWith('/')) return rest === endpoint.path ? '' : undefined;
  if (!rest.startsWith(endpoint.path) || rest.length === endpoint.path.length) return undefined;
  try {
    return decodeURIComponent(rest.slice(endpoint.path.length));
  } catch {
    return undefined;
  }
}
