/** What can be asked of the gateway, and in whose words. One table; the router and the tests read it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientFormat, ResourceEndpoint, TaskEndpoint } from '@tollgate/providers';

export type Dialect = 'openai' | 'anthropic' | 'gemini';

/** What becomes of a request: which steps it goes through, and who reads its body. */
export type Handling =
  | { readonly kind: 'generate'; readonly format: ClientFormat; readonly stream?: boolean }
  | {
      readonly kind: 'task';
      readonly endpoint: TaskEndpoint;
      /** What comes of it is kept at the provider, for whoever has the same account. */
      readonly isKept?: boolean;
    }
  | { readonly kind: 'resource'; readonly endpoint: ResourceEndpoint }
  | { readonly kind: 'models' | 'model' | 'request' };

export interface Endpoint {
  /** As the ledger, key scopes and metrics call it. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the dialect's prefixes. With a slash at the end, the rest of the path is the subject's id (which may hold slashes). */
  readonly path: string;
  /** What stands behind a colon after the subject, as in `:generateContent`. */
  readonly action?: string;
  readonly dialect: Dialect;
  readonly handling: Handling;
  /** Every key may ask it, whatever its scopes: it tells a key about itself. */
  readonly open?: boolean;
}

const generate = (
  name: string,
  path: string,
  dialect: Dialect,
  format: ClientFormat,
  more: { readonly action?: string; readonly stream?: boolean } = {},
): Endpoint => {
  const { action, stream } = more;
  return {
    name,
    method: 'POST',
    path,
    dialect,
    ...(action === undefined ? {} : { action }),
    handling: { kind: 'generate', format, ...(stream === undefined ? {} : { stream }) },
  };
};

const task = (
  name: string,
  path: string,
  endpoint: TaskEndpoint,
  dialect: Dialect = 'openai',
  action?: string,
): Endpoint => ({
  name,
  method: 'POST',
  path,
  dialect,
  ...(action === undefined ? {} : { action }),
  handling: { kind: 'task', endpoint },
});

/** What a provider keeps: made, listed, read and deleted under one name. */
const resource = (
  name: string,
  path: string,
  endpoint: ResourceEndpoint,
  methods: readonly Endpoint['method'][],
): Endpoint[] =>
  methods.map((method) => ({
    name,
    method,
    path,
    dialect: 'openai',
    handling: { kind: 'resource', endpoint },
  }));

const about = (
  name: string,
  path: string,
  dialect: Dialect,
  kind: 'models' | 'model' | 'request',
): Endpoint => ({ name, method: 'GET', path, dialect, handling: { kind }, open: true });

/** Within a dialect the first that matches is meant. */
export const ENDPOINTS: readonly Endpoint[] = [
  generate('chat.completions', '/chat/completions', 'openai', 'openai-chat'),
  generate('responses', '/responses', 'openai', 'openai-responses'),
  generate('completions', '/completions', 'openai', 'openai-completions'),
  task('embeddings', '/embeddings', 'openai-embeddings'),
  task('moderations', '/moderations', 'openai-moderations'),
  task('images.generations', '/images/generations', 'openai-images-generations'),
  task('images.edits', '/images/edits', 'openai-images-edits'),
  task('images.variations', '/images/variations', 'openai-images-variations'),
  task('audio.speech', '/audio/speech', 'openai-audio-speech'),
  task('audio.transcriptions', '/audio/transcriptions', 'openai-audio-transcriptions'),
  task('audio.translations', '/audio/translations', 'openai-audio-translations'),
  task('rerank', '/rerank', 'cohere-rerank'),
  ...resource('files', '/files', 'openai-files', ['POST', 'GET']),
  ...resource('files', '/files/', 'openai-files', ['GET', 'DELETE']),
  ...resource('batches', '/batches', 'openai-batches', ['POST', 'GET']),
  ...resource('batches', '/batches/', 'openai-batches', ['GET', 'POST']),
  {
    name: 'videos',
    method: 'POST',
    path: '/videos',
    dialect: 'openai',
    handling: { kind: 'task', endpoint: 'openai-videos', isKept: true },
  },
  ...resource('videos', '/videos', 'openai-videos', ['GET']),
  ...resource('videos', '/videos/', 'openai-videos', ['GET', 'POST', 'DELETE']),
  ...resource('responses', '/responses/', 'openai-responses', ['GET', 'POST', 'DELETE']),
  about('models', '/models', 'openai', 'models'),
  about('models.get', '/models/', 'openai', 'model'),
  about('requests.get', '/tollgate/requests/', 'openai', 'request'),
  generate('messages', '/messages', 'anthropic', 'anthropic-messages'),
  task('messages.count_tokens', '/messages/count_tokens', 'anthropic-count-tokens', 'anthropic'),
  about('models', '/models', 'anthropic', 'models'),
  about('models.get', '/models/', 'anthropic', 'model'),
  generate('generate_content', '/models/', 'gemini', 'gemini-generate', {
    action: 'generateContent',
    stream: false,
  }),
  generate('generate_content', '/models/', 'gemini', 'gemini-generate', {
    action: 'streamGenerateContent',
    stream: true,
  }),
  task('count_tokens', '/models/', 'gemini-count-tokens', 'gemini', 'countTokens'),
  task('embed_content', '/models/', 'gemini-embed', 'gemini', 'embedContent'),
  task('embed_content', '/models/', 'gemini-batch-embed', 'gemini', 'batchEmbedContents'),
  about('models', '/models', 'gemini', 'models'),
  about('models.get', '/models/', 'gemini', 'model'),
];

export type RouteMatch =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly subject: string }
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

/** Where a dialect is at home. The bare `/v1` belongs to OpenAI's endpoints, then to Anthropic's, then to Google's. */
const PREFIXES: readonly { readonly prefix: string; readonly dialects: readonly Dialect[] }[] = [
  { prefix: '/v1', dialects: ['openai', 'anthropic', 'gemini'] },
  { prefix: '/v1beta', dialects: ['gemini'] },
  { prefix: '/openai/v1', dialects: ['openai'] },
  { prefix: '/anthropic/v1', dialects: ['anthropic'] },
  { prefix: '/google/v1beta', dialects: ['gemini'] },
  { prefix: '/google/v1', dialects: ['gemini'] },
];

/** Method and path of what needs no parsing: nearly all requests. By the dialect that the caller's headers show. */
const EXACT: Readonly<Record<Dialect, ReadonlyMap<string, RouteMatch>>> = {
  openai: exactMatches('openai'),
  anthropic: exactMatches('anthropic'),
  gemini: exactMatches('gemini'),
};

function exactMatches(shown: Dialect): Map<string, RouteMatch> {
  const matches = new Map<string, RouteMatch>();
  for (const { prefix, dialects } of PREFIXES) {
    for (const dialect of inOrder(dialects, shown)) {
      for (const endpoint of ENDPOINTS) {
        if (endpoint.dialect !== dialect || endpoint.path.endsWith('/')) continue;
        const name = `${endpoint.method} ${prefix}${endpoint.path}`;
        if (!matches.has(name)) matches.set(name, { kind: 'endpoint', endpoint, subject: '' });
      }
    }
  }
  return matches;
}

/**
 * @param path Without its query. Compared as it is: no decoding but of the subject, no cleaning of slashes.
 * @param shown By the caller's headers: what several dialects have is answered in that one.
 */
export function matchEndpoint(method: string, path: string, shown: Dialect = 'openai'): RouteMatch {
  const exact = EXACT[shown].get(`${method} ${path}`);
  if (exact !== undefined) return exact;
  const allowed: string[] = [];
  for (const { prefix, dialects } of PREFIXES) {
    if (!path.startsWith(`${prefix}/`)) continue;
    const rest = path.slice(prefix.length);
    for (const dialect of inOrder(dialects, shown)) {
      for (const endpoint of ENDPOINTS) {
        if (endpoint.dialect !== dialect) continue;
        const subject = subjectOf(endpoint, rest);
        if (subject === undefined) continue;
        if (endpoint.method === method) return { kind: 'endpoint', endpoint, subject };
        allowed.push(endpoint.method);
      }
    }
  }
  return allowed.length > 0 ? { kind: 'method', allowed: [...new Set(allowed)] } : { kind: 'none' };
}

function inOrder(dialects: readonly Dialect[], shown: Dialect): readonly Dialect[] {
  return dialects.includes(shown) ? [shown, ...dialects.filter((dialect) => dialect !== shown)] : dialects;
}

/** The dialect that a client's headers show; its official SDKs send them always. */
export function shownDialect(headers: IncomingHttpHeaders): Dialect {
  if (headers['anthropic-version'] !== undefined) return 'anthropic';
  return headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined
    ? 'gemini'
    : 'openai';
}

/** In whose words to refuse what is no endpoint. */
export function dialectOfPath(path: string, shown: Dialect): Dialect {
  if (/^\/(?:google\/|v1beta(?:\/|$))/.test(path)) return 'gemini';
  if (path.startsWith('/anthropic/') || path.startsWith('/v1/messages')) return 'anthropic';
  return path.startsWith('/openai/') ? 'openai' : shown;
}

function subjectOf({ path, action }: Endpoint, received: string): string | undefined {
  if (!path.endsWith('/')) return received === path ? '' : undefined;
  // Gemini's clients leave out `models/` where the model's name holds a slash.
  const rest = action === undefined || received.startsWith(path) ? received : path + received.slice(1);
  if (!rest.startsWith(path)) return undefined;
  const end = action === undefined ? rest.length : rest.length - action.length - 1;
  if (action !== undefined && rest.slice(Math.max(0, end)) !== `:${action}`) return undefined;
  if (end <= path.length) return undefined;
  try {
    return decodeURIComponent(rest.slice(path.length, end));
  } catch {
    return undefined;
  }
}
