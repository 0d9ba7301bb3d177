/**
 * What a request tells about itself beyond its dialect: end user, tags, session, other models to try.
 *
 * Read from our own headers and from the fields that OpenRouter, LiteLLM, Portkey and Helicone made common.
 * Where two say the same, the body wins over headers and our own header over an alias.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '@tollgate/errors';

export interface RequestExtensions {
  readonly endUser: string;
  readonly sessionId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Models to try after the requested one, in order. */
  readonly fallbackModels: readonly string[];
  /** OpenRouter's `provider`: which providers may serve, and in which order. */
  readonly providers: {
    readonly only: readonly string[];
    readonly ignore: readonly string[];
    readonly order: readonly string[];
  };
}

const MAX_TAGS = 64;
const MAX_TAG_NAME_LENGTH = 64;
const MAX_TAG_VALUE_LENGTH = 512;
const MAX_ID_LENGTH = 512;
const MAX_FALLBACKS = 8;
const ANY_PROVIDER = { only: [], ignore: [], order: [] } as const;

/** @param read Gives a member of the body, or undefined. @throws {GatewayError} `invalid_request`. */
export function readBodyExtensions(read: (name: string) => unknown): RequestExtensions {
  const metadata = read('metadata');
  const tags: Record<string, string> = {};
  addTagList(tags, readStrings(read('tags'), 'tags', MAX_TAGS));
  if (metadata !== undefined && metadata !== null) addTagMap(tags, metadata, 'metadata');
  return {
    endUser: readText(read('user'), 'user'),
    sessionId: '',
    tags,
    fallbackModels: [
      ...readStrings(read('models'), 'models', MAX_FALLBACKS),
      ...readStrings(read('fallbacks'), 'fallbacks', MAX_FALLBACKS),
    ],
    providers: readProviderPreferences(read('provider')),
  };
}

/** The body's extensions, completed from headers. @throws {GatewayError} `invalid_request`. */
export function withHeaderExtensions(
  body: RequestExtensions,
  headers: IncomingHttpHeaders,
): RequestExtensions {
  const header = (name: string): string => {
    const value = headers[name];
    return typeof value === 'string' ? value : '';
  };
  const tags: Record<string, string> = {};
  let hasTags = false;
  const addTags = (add: () => void): void => {
    hasTags = true;
    add();
  };
  if (header('x-litellm-tags') !== '') addTags(() => addTagList(tags, header('x-litellm-tags').split(',')));
  if (header('x-portkey-metadata') !== '') {
    addTags(() =>
      addTagMap(tags, parseJson(header('x-portkey-metadata'), 'x-portkey-metadata'), 'x-portkey-metadata'),
    );
  }
  for (const name in headers) {
    if (name.startsWith('helicone-property-')) {
      addTags(() => addTag(tags, name.slice('helicone-property-'.length), header(name), name));
    }
  }
  const ownTags = header('x-tollgate-tags').trim();
  if (ownTags.startsWith('{'))
    addTags(() => addTagMap(tags, parseJson(ownTags, 'x-tollgate-tags'), 'x-tollgate-tags'));
  else if (ownTags !== '') addTags(() => addTagList(tags, ownTags.split(',')));
  const sessionId =
    header('x-tollgate-session') || header('helicone-session-id') || header('x-portkey-trace-id');
  const endUser = body.endUser || header('helicone-user-id');
  if (!hasTags && sessionId === '' && endUser === body.endUser) return body;
  if (hasTags) for (const [name, value] of Object.entries(body.tags)) addTag(tags, name, value, 'metadata');
  return {
    ...body,
    endUser: readText(endUser, 'user'),
    sessionId: readText(sessionId, 'x-tollgate-session'),
    tags: hasTags ? tags : body.tags,
  };
}

function addTagMap(tags: Record<string, string>, value: unknown, param: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`"${param}" must be an object of strings`, param);
  }
  for (const [name, tag] of Object.entries(value)) {
    if (typeof tag !== 'string') throw invalid(`"${param}.${name.slice(0, 64)}" must be a string`, param);
    addTag(tags, name, tag, param);
  }
}

/** Plain tags are `name`, `name:value` or `name=value`; a plain name has the value `true`. */
function addTagList(tags: Record<string, string>, list: readonly string[]): void {
  for (const entry of list) {
    const text = entry.trim();
    const separator = text.search(/[:=]/);
    if (text === '') continue;
    if (separator > 0) addTag(tags, text.slice(0, separator), text.slice(separator + 1), 'tags');
    else addTag(tags, text, 'true', 'tags');
  }
}

function addTag(tags: Record<string, string>, name: string, value: string, param: string): void {
  if (name === '' || name.length > MAX_TAG_NAME_LENGTH || value.length > MAX_TAG_VALUE_LENGTH) {
    throw invalid(
      `names of tags have 1 to ${MAX_TAG_NAME_LENGTH} characters and values at most ${MAX_TAG_VALUE_LENGTH}`,
      param,
    );
  }
  // Defined, not assigned: `__proto__` is a name like any other here.
  Object.defineProperty(tags, storable(name), {
    value: storable(value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  if (Object.keys(tags).length > MAX_TAGS) throw invalid(`a request has at most ${MAX_TAGS} tags`, param);
}

function readText(value: unknown, param: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' || value.length > MAX_ID_LENGTH) {
    throw invalid(`"${param}" must be a string of at most ${MAX_ID_LENGTH} characters`, param);
  }
  return storable(value);
}

/** Postgres text holds no NUL and no lone surrogates. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function readStrings(value: unknown, param: string, max: number): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > max || value.some((entry) => typeof entry !== 'string')) {
    throw invalid(`"${param}" must be a list of at most ${max} strings`, param);
  }
  return value as string[];
}

function readProviderPreferences(value: unknown): RequestExtensions['providers'] {
  if (value === undefined || value === null) return ANY_PROVIDER;
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid('"provider" must be an object', 'provider');
  const lists = { only: [] as string[], ignore: [] as string[], order: [] as string[] };
  for (const [name, entry] of Object.entries(value)) {
    if (name !== 'only' && name !== 'ignore' && name !== 'order') {
      throw new GatewayError(
        'unsupported_parameter',
        `Cannot use "provider.${name.slice(0, 64)}": it is not supported.`,
        {
          param: `provider.${name.slice(0, 64)}`,
        },
      );
    }
    lists[name] = readStrings(entry, `provider.${name}`, 32);
  }
  return lists;
}

function parseJson(text: string, param: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`"${param}" must be JSON`, param);
  }
}

function invalid(rule: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
