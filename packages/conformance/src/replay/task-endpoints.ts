/**
 * Which of Tollgate's endpoints a recorded exchange that is no conversation belongs to: by the path that was asked,
 * else by what the index says, and only where the catalogue says that the provider has it.
 */
import { findProvider, type Provider, type ProviderEndpoint } from '@tollgate/providers';
import type { Exchange } from '../fixtures/exchange.ts';

/** Servers that are none of Tollgate's providers, and are reached as compatible ones. */
const COMPATIBLE: ReadonlySet<string> = new Set(['doubleword', 'github-copilot', 'venice', 'voyage']);

type Rule = readonly [method: string, path: RegExp, endpoint: ProviderEndpoint];

const RULES: readonly Rule[] = [
  ['POST', /\/messages\/count_tokens$|\/model\/[^/]+\/count-tokens$/, 'anthropic-count-tokens'],
  ['POST', /:countTokens$/, 'gemini-count-tokens'],
  ['POST', /:embedContent$/, 'gemini-embed'],
  ['POST', /:batchEmbedContents$/, 'gemini-batch-embed'],
  ['POST', /\/embeddings$/, 'openai-embeddings'],
  ['POST', /\/moderations$/, 'openai-moderations'],
  ['POST', /\/images\/generations$/, 'openai-images-generations'],
  ['POST', /\/audio\/speech$/, 'openai-audio-speech'],
  ['POST', /\/audio\/transcriptions$/, 'openai-audio-transcriptions'],
  ['POST', /\/rerank$/, 'cohere-rerank'],
  ['POST', /\/v1\/completions$/, 'openai-completions'],
  ['GET', /\/models$/, 'models'],
  ['POST', /\/v1\/files$/, 'openai-files'],
  ['GET', /\/v1\/files\/[^/]+(?:\/content)?$/, 'openai-files'],
  ['POST', /\/v1\/batches$/, 'openai-batches'],
  ['GET', /\/v1\/batches\/[^/]+$/, 'openai-batches'],
];

/** Answers that were recorded alone, in the shape of this endpoint. */
const ANSWERS_ALONE: Readonly<Record<string, ProviderEndpoint>> = {
  'cohere/rerank': 'cohere-rerank',
  'google-vertex/count_tokens': 'gemini-count-tokens',
  'groq/audio.transcriptions': 'openai-audio-transcriptions',
  'mistral/audio.transcriptions': 'openai-audio-transcriptions',
  'openai/audio.transcriptions': 'openai-audio-transcriptions',
  'openai/embeddings': 'openai-embeddings',
  'openai/images': 'openai-images-generations',
  'openai/moderations': 'openai-moderations',
  'openrouter/embeddings': 'openai-embeddings',
  'togetherai/rerank': 'cohere-rerank',
  'voyage/embeddings': 'openai-embeddings',
};

export interface ServedTask {
  readonly provider: Provider;
  readonly endpoint: ProviderEndpoint;
}

/** @returns Undefined where Tollgate has no such endpoint, or not at this provider. */
export function findServedTask(exchange: Exchange): ServedTask | undefined {
  const name = COMPATIBLE.has(exchange.provider) ? 'openai-compatible' : exchange.provider;
  const provider = findProvider(name);
  const endpoint = endpointOf(exchange);
  return provider === undefined || endpoint === undefined || provider.paths[endpoint] === undefined
    ? undefined
    : { provider, endpoint };
}

function endpointOf({ request, provider, api, body }: Exchange): ProviderEndpoint | undefined {
  if (request !== undefined) {
    const path = pathOf(request.path);
    return RULES.find(([method, pattern]) => method === request.method && pattern.test(path))?.[2];
  }
  if (provider === 'google' && api === 'embeddings') {
    return body.toString('latin1', 0, 40).includes('"embeddings"') ? 'gemini-batch-embed' : 'gemini-embed';
  }
  return ANSWERS_ALONE[`${provider}/${api}`];
}

export function pathOf(address: string): string {
  return address.split('?', 1)[0]!;
}
