/**
 * What a request names instead of sending it: uploaded files, stored answers and conversations, objects in the
 * account's buckets. A provider looks them up with the credential that is used, and knows nothing of our tenants; so
 * only the account's own organization may name them.
 *
 * Pure; works on a parsed body of any dialect. Not here: whose credential it is (gateway, resolve.ts).
 */

/** Whatever their value is, unless it is empty. */
const NAMES: ReadonlySet<string> = new Set([
  'previous_response_id',
  'file_id',
  'fileId',
  'file_ids',
  'container_id',
  'vector_store_ids',
  'cachedContent',
  'cached_content',
  'vertexRagStore',
  'vertex_rag_store',
  'vertexAiSearch',
  'vertex_ai_search',
  'fileSearchStoreNames',
  'file_search_store_names',
]);
/** Of the request itself; elsewhere they are words for something else. */
const TOP_NAMES: ReadonlySet<string> = new Set(['conversation', 'prompt']);
const ADDRESS_NAMES: ReadonlySet<string> = new Set([
  ...[
    'url',
    'uri',
    'image_url',
    'file_url',
    'video_url',
    'fileUri',
    'file_uri',
    'gcsUri',
    'gcs_uri',
    's3Location',
  ],
]);
/** Buckets, and Google's own file store. */
const ACCOUNT_ADDRESS = /^\s*(?:gs:|s3:|files\/|https?:\/\/generativelanguage\.googleapis\.com[:/])/i;
/** What a caller's own functions take and give, and descriptions of it: no provider looks anything up for them. */
const OWN_DATA: ReadonlySet<string> = new Set([
  ...['args', 'arguments', 'response', 'metadata', 'schema', 'parameters', 'parametersJsonSchema'],
  ...['parameters_json_schema', 'input_schema', 'inputSchema', 'responseSchema', 'responseJsonSchema'],
]);

/** @returns The member that names it; undefined: there is none. */
export function keptReferenceIn(body: unknown): string | undefined {
  const open: unknown[] = [body];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      for (const one of value as readonly unknown[]) if (isObject(one)) open.push(one);
      continue;
    }
    for (const [name, member] of Object.entries(value as object)) {
      if (namesKept(name, member, value === body, value as Readonly<Record<string, unknown>>)) return name;
      if (isObject(member) && !isOwnData(name, member)) open.push(member);
    }
  }
  return undefined;
}

function namesKept(
  name: string,
  value: unknown,
  isTop: boolean,
  among: Readonly<Record<string, unknown>>,
): boolean {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return false;
  if (NAMES.has(name)) return true;
  if (ADDRESS_NAMES.has(name)) return typeof value === 'string' && ACCOUNT_ADDRESS.test(value);
  switch (name) {
    case 'type':
      return value === 'item_reference';
    case 'id':
      // An item of which nothing else is said.
      return typeof value === 'string' && Object.keys(among).length === 1;
    case 'skill_id':
      return among.type !== 'anthropic';
    case 'container':
      // A code interpreter's, or Claude's; an object that says `auto` makes a new one.
      return typeof value === 'string';
    default:
      // Legacy completions and images have a text for a prompt.
      return isTop && TOP_NAMES.has(name) && (name === 'conversation' || isReference(value));
  }
}

function isReference(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && typeof (value as { id?: unknown }).id === 'string';
}

/** A call's input is an object; that of a whole request is a text or a list. */
function isOwnData(name: string, value: object): boolean {
  return OWN_DATA.has(name) || (name === 'input' && !Array.isArray(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
