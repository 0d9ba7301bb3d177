/** What providers have in common, so that a file of the catalogue says only what is particular. */
import type { WireFormat } from '@tollgate/dialects';
import type { CredentialField, Provider, ProviderEndpoint } from '../provider.ts';

type Given = Pick<Provider, 'id' | 'displayName' | 'baseUrl' | 'docsUrl' | 'paths'> & Partial<Provider>;

const GENERATING: ReadonlySet<ProviderEndpoint> = new Set<WireFormat>([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
]);

/** Formats are those of `paths`, in their order, unless told. */
export function defineProvider(given: Given): Provider {
  const formats =
    given.formats ??
    (Object.keys(given.paths) as ProviderEndpoint[]).filter((endpoint) => GENERATING.has(endpoint));
  const own = formats[0] as WireFormat | undefined;
  if (own === undefined) throw new RangeError(`Cannot define ${given.id}: it speaks no wire format`);
  return {
    aliases: [],
    modelFormats: [],
    authentication: { kind: 'bearer' },
    headers: {},
    fieldHeaders: {},
    credentialFields: keyAndUrl(given.displayName, given.baseUrl === ''),
    credentialKinds: [],
    unknownMembers: [],
    quirks: {},
    ...given,
    wireFormat: own,
    formats: formats as readonly WireFormat[],
  };
}

/** The endpoints of OpenAI's API that compatible servers share, below a base URL that ends in `/v1`. */
export const OPENAI_PATHS = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'openai-completions': '/completions',
  'openai-embeddings': '/embeddings',
  'openai-moderations': '/moderations',
  'openai-images-generations': '/images/generations',
  'openai-images-edits': '/images/edits',
  'openai-images-variations': '/images/variations',
  'openai-audio-speech': '/audio/speech',
  'openai-audio-transcriptions': '/audio/transcriptions',
  'openai-audio-translations': '/audio/translations',
  'openai-files': '/files',
  'openai-batches': '/batches',
  'openai-videos': '/videos',
  models: '/models',
} as const satisfies Partial<Record<ProviderEndpoint, string>>;

type OpenAiEndpoint = keyof typeof OPENAI_PATHS;

/** Those of `OPENAI_PATHS` that are named; `openai-chat` and `models` always. */
export function openAiPaths(...endpoints: readonly OpenAiEndpoint[]): Provider['paths'] {
  const named: readonly OpenAiEndpoint[] = ['openai-chat', ...endpoints, 'models'];
  return Object.fromEntries(named.map((endpoint) => [endpoint, OPENAI_PATHS[endpoint]]));
}

/** The same paths under a prefix. */
export function below(prefix: string, paths: Provider['paths']): Provider['paths'] {
  return Object.fromEntries(
    Object.entries(paths).map(([endpoint, path]) => [
      endpoint,
      typeof path === 'string' ? prefix + path : { whole: prefix + path.whole, stream: prefix + path.stream },
    ]),
  );
}

export function apiKeyField(displayName: string, required: boolean, help?: string): CredentialField {
  return {
    name: 'apiKey',
    label: 'API key',
    kind: 'secret',
    required,
    help: help ?? `A key of your account at ${displayName}.`,
  };
}

export function baseUrlField(required: boolean, help?: string): CredentialField {
  return {
    name: 'baseUrl',
    label: 'Base URL',
    kind: 'url',
    required,
    help: help ?? (required ? 'Where the API is.' : 'Only if requests go through a proxy of your own.'),
  };
}

function keyAndUrl(displayName: string, ownServer: boolean): readonly CredentialField[] {
  return ownServer
    ? [
        baseUrlField(true, 'Where the API is, up to and including /v1.'),
        apiKeyField(displayName, false, 'Leave empty if the server wants none.'),
      ]
    : [apiKeyField(displayName, true), baseUrlField(false)];
}

/** What many compatible servers refuse or do not know. */
export const TAGS_AND_USER: readonly string[] = ['metadata', 'user'];
