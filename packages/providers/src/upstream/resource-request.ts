/**
 * Requests about what a provider keeps (files, batches, videos, stored responses): they name no model, pass as they
 * came, and what they answer passes as it comes.
 *
 * What a provider keeps belongs to an account, so that the gateway asks only with the organization's own credentials.
 */
import { type CacheWrites, emptyUsage, type PriceComponents } from '@tollgate/catalog';
import type { RequestUse } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { type BatchAsked, readBatchAsked, readBatchId } from '../batch/batch-asked.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';
import { mediaTypeOf, NO_EXTENSIONS, sentType } from './media-type.ts';
import { failuresOf } from './provider-format.ts';
import { RawStream } from './raw-stream.ts';
import { BATCH_TIER, DEFAULT_TIER } from './service-tier.ts';
import type { UnderstoodRequest, UpstreamPlan, UpstreamTarget } from './understood-request.ts';

export type ResourceEndpoint = Extract<
  ProviderEndpoint,
  'openai-files' | 'openai-batches' | 'openai-videos' | 'openai-responses'
>;

export interface ResourceHints {
  readonly method: UpstreamPlan['method'];
  /** Behind the endpoint's own path, decoded: empty, an id, an id with `/content`. */
  readonly subject: string;
  /** With its question mark, as it came; or empty. */
  readonly query: string;
  readonly contentType: string;
}

const SUBJECT = /^[\w.-]{1,128}(?:\/(?:content|cancel|remix|input_items))?$/;
const QUERY = /^\?[\w.~%&=+[\]:,-]{0,1024}$/;

/** @throws {GatewayError} `invalid_request`. */
export function readResourceRequest(
  endpoint: ResourceEndpoint,
  body: Buffer,
  hints: ResourceHints,
): UnderstoodRequest {
  const { subject, query } = hints;
  // An id of dots would name another address.
  if (subject !== '' && (!SUBJECT.test(subject) || /^\.+(?:\/|$)/.test(subject))) {
    throw invalid('the address does not name an object');
  }
  if (query !== '' && !QUERY.test(query)) throw invalid('the query holds what no query of this endpoint has');
  return new ResourceRequest(endpoint, body, hints);
}

class ResourceRequest implements UnderstoodRequest {
  readonly model = '';
  readonly stream: boolean;
  readonly extensions = NO_EXTENSIONS;
  readonly body: Buffer;
  readonly isFree: boolean;
  readonly batch?: BatchAsked;
  readonly #endpoint: ResourceEndpoint;
  readonly #hints: ResourceHints;

  constructor(endpoint: ResourceEndpoint, body: Buffer, hints: ResourceHints) {
    this.#endpoint = endpoint;
    this.#hints = hints;
    this.body = body;
    this.stream = hints.subject.endsWith('/content');
    // Whatever a batch or a new video costs, its answer does not tell.
    const starts = hints.method === 'POST' && !hints.subject.endsWith('/cancel');
    this.isFree = !(starts && endpoint !== 'openai-files');
    if (starts && endpoint === 'openai-batches' && hints.subject === '') this.batch = readBatchAsked(body);
  }

  useFor(_price: PriceComponents | undefined): RequestUse {
    return {
      inputTokensMax: 0,
      unseenInput: !this.isFree,
      outputCap: 0,
      choices: 1,
      audio: false,
      unbounded: !this.isFree,
    };
  }

  /** Of a batch each line says its own. */
  cacheWritesAt(): CacheWrites {
    return '1h';
  }

  serviceTierAt(): string {
    return this.batch === undefined ? DEFAULT_TIER : BATCH_TIER;
  }

  /** It is asked where it is kept anyway. */
  keptReference(): undefined {
    return undefined;
  }

  isServedBy(provider: Provider): boolean {
    return typeof provider.paths[this.#endpoint] === 'string';
  }

  plan({ provider }: UpstreamTarget): UpstreamPlan {
    const { method, subject, query, contentType } = this.#hints;
    return {
      method,
      endpoint: this.#endpoint,
      pathSuffix: (subject === '' ? '' : `/${subject}`) + query,
      stream: this.stream,
      headers: {
        ...(method === 'POST' ? { 'content-type': sentType(contentType) } : {}),
        ...(this.stream ? { accept: '*/*' } : {}),
      },
      body: this.body,
      // What its lines will use is not known; what stands here are none of them.
      guess: this.batch === undefined ? undefined : emptyUsage(),
      translated: false,
      unsupported: [],
      ...failuresOf(provider, this.#endpoint),
      readWhole: (body, type) => ({
        usage: undefined,
        finishReason: '',
        outputBytes: 0,
        contentType: mediaTypeOf(type),
        body,
        text: body.toString('latin1'),
        ...(this.batch === undefined ? {} : { batchId: readBatchId(body) }),
      }),
      createStream: (type) => new RawStream(mediaTypeOf(type), undefined),
    };
  }
}

function invalid(rule: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`);
}
