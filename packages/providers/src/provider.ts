/**
 * What Tollgate knows of a provider before any credential is chosen: data, not code. One small file per provider
 * stands in `catalogue/`; code stands in the folder of a wire format, and only where a provider really differs.
 */
import type { ChatFlavour, WireFormat } from '@tollgate/dialects';

export type { WireFormat } from '@tollgate/dialects';

/** How the credential travels. */
export type ProviderAuthentication =
  | { readonly kind: 'bearer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'none' }
  /** Signed with an access key for `service`, or a bearer where the credential is an API key. */
  | { readonly kind: 'aws-sigv4'; readonly service: string }
  /** A short-lived token bought with a service account's key. */
  | { readonly kind: 'google-oauth'; readonly scopes: readonly string[] };

/** What a client can ask of a provider in the shape named; the generating ones are the wire formats. */
export type ProviderEndpoint =
  | WireFormat
  | 'anthropic-count-tokens'
  | 'gemini-count-tokens'
  | 'gemini-embed'
  | 'gemini-batch-embed'
  | 'openai-completions'
  | 'openai-embeddings'
  | 'openai-moderations'
  | 'openai-images-generations'
  | 'openai-images-edits'
  | 'openai-images-variations'
  | 'openai-audio-speech'
  | 'openai-audio-transcriptions'
  | 'openai-audio-translations'
  | 'openai-files'
  | 'openai-batches'
  | 'openai-videos'
  | 'cohere-rerank'
  | 'cohere-embed'
  /** The list of models, in whatever shape: `readModelList` knows them all. */
  | 'models';

/** Below the base URL; `{model}` is filled in, encoded. Two where streams have an address of their own. */
export type EndpointPath = string | { readonly whole: string; readonly stream: string };

export interface CredentialField {
  /** `apiKey` and `baseUrl` are the usual two; `region` also says where prices apply. */
  readonly name: string;
  readonly label: string;
  readonly kind: 'secret' | 'text' | 'json' | 'url';
  readonly required: boolean;
  /** What it is and where it is found; one or two sentences. */
  readonly help: string;
}

/** Where a provider differs from the format that it speaks. Absent: as the format's own vendor has it. */
export interface Quirks {
  /** Of OpenAI's chat: what `chatFlavourOf` makes a codec's flavour of. */
  readonly chat?: Partial<Omit<ChatFlavour, 'target' | 'maxTokensMember' | 'unknownMembers'>>;
  /** Members under another name here, such as Mistral's `random_seed`. */
  readonly renamedMembers?: Readonly<Record<string, string>>;
  /** It searches without being asked, and bills each search: no more than this for one request is believed. */
  readonly unaskedSearches?: number;
}

/** How to learn whether a credential works, where the list of models does not tell. */
export interface ConnectionProbe {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, or a whole URL for another host. Fields of the credential may stand in it as `{region}`. */
  readonly path: string;
  readonly body?: string;
  /** Answers that only a good credential gets; 200 always is one. */
  readonly goodStatuses?: readonly number[];
  /** Whether the answer lists models. */
  readonly listsModels: boolean;
}

export interface Provider {
  /** The catalogue's name of it: prices are kept under it. */
  readonly id: string;
  /** Other names that callers use for it in `provider/model`. */
  readonly aliases: readonly string[];
  readonly displayName: string;
  /** The format that it speaks of its own; the first of `formats`. */
  readonly wireFormat: WireFormat;
  /** Every generating format that it speaks, the best first. Which serve a model: `formatsOf(provider, model)`. */
  readonly formats: readonly WireFormat[];
  /** Formats that only models of these names speak there, tried in order; the rest has what no rule claims. */
  readonly modelFormats: readonly { readonly pattern: RegExp; readonly formats: readonly WireFormat[] }[];
  /** Empty: the credential must name its own. Without a slash at the end. `{region}` and other fields may stand in it. */
  readonly baseUrl: string;
  /** Ends of a base URL that people add out of habit and the paths repeat, such as `/v1`; cut off. */
  readonly redundantSuffix?: string;
  readonly paths: Readonly<Partial<Record<ProviderEndpoint, EndpointPath>>>;
  readonly authentication: ProviderAuthentication;
  /** Sent with every request, such as `anthropic-version`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that carry fields of the credential other than its key. */
  readonly fieldHeaders: Readonly<Record<string, string>>;
  readonly credentialFields: readonly CredentialField[];
  /** Groups of fields of which one must be complete, where a provider takes several kinds of credential. */
  readonly credentialKinds: readonly (readonly string[])[];
  /** Where people get a key. */
  readonly docsUrl: string;
  /** OpenAI-dialect body members that this provider refuses; removed before it sees them. */
  readonly unknownMembers: readonly string[];
  /** The member by which it limits output; `max_completion_tokens` unless told. */
  readonly outputCapMember?: 'max_tokens' | 'max_completion_tokens';
  readonly quirks: Quirks;
  /**
   * At base URLs that match it writes to its prompt cache for an hour only where the request says so, and tells so. Elsewhere,
   * behind a proxy, it may do so at any time, as all may of whom nothing is told.
   */
  readonly hourCacheIfAskedAt?: RegExp;
  readonly probe?: ConnectionProbe;
}
