/** The formats that providers speak, each with its codec, and what the failures of each provider mean. */
import {
  anthropicMessagesCodec,
  type Codec,
  openAiResponsesCodec,
  type WireFormat,
} from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import { messagesFailureError, messagesStreamFailureError } from '../anthropic/errors.ts';
import { bedrockConverseCodec } from '../bedrock/converse-codec.ts';
import { bedrockFailureError, bedrockStreamFailureError } from '../bedrock/errors.ts';
import { chatCodecFor } from '../chat-flavour.ts';
import { cohereChatCodec } from '../cohere/chat-codec.ts';
import { cohereFailureError, cohereStreamFailureError } from '../cohere/errors.ts';
import { geminiCodecFor } from '../gemini/codec-for.ts';
import { geminiFailureError, geminiStreamFailureError } from '../gemini/errors.ts';
import {
  type Secrets,
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** The codec of a format as this provider speaks it. Undefined: not known. */
export const PROVIDER_CODECS: Readonly<Partial<Record<WireFormat, (provider: Provider) => Codec>>> = {
  'openai-chat': chatCodecFor,
  'openai-responses': () => openAiResponsesCodec,
  'anthropic-messages': () => anthropicMessagesCodec,
  'gemini-generate': geminiCodecFor,
  'bedrock-converse': () => bedrockConverseCodec,
  'cohere-chat': () => cohereChatCodec,
};

export interface Failures {
  /** The error for the caller, from an answer with status 400 or above. */
  failure(failure: UpstreamFailure): GatewayError;
  /** The same for a failure inside a stream. */
  streamFailure(body: unknown, provider: string, secret: Secrets): GatewayError;
}

const USUAL: Failures = { failure: upstreamFailureError, streamFailure: streamFailureError };
const BEDROCK: Failures = { failure: bedrockFailureError, streamFailure: bedrockStreamFailureError };
const GOOGLE: Failures = { failure: geminiFailureError, streamFailure: geminiStreamFailureError };
const ANTHROPIC: Failures = { failure: messagesFailureError, streamFailure: messagesStreamFailureError };
const COHERE: Failures = { failure: cohereFailureError, streamFailure: cohereStreamFailureError };

/** By who answers, then by the format: Bedrock and Vertex fail in their own words, whatever they serve. */
export function failuresOf(provider: Provider, endpoint: ProviderEndpoint): Failures {
  if (provider.id === 'amazon-bedrock') return BEDROCK;
  if (endpoint.startsWith('anthropic-')) return provider.id === 'google-vertex' ? GOOGLE : ANTHROPIC;
  if (endpoint.startsWith('gemini-')) return GOOGLE;
  if (endpoint.startsWith('cohere-')) return COHERE;
  return USUAL;
}
