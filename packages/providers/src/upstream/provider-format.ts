/** The formats that providers speak, each with its codec and with what its failures mean. */
import { anthropicMessagesCodec, type Codec, type WireFormat } from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import { messagesFailureError, messagesStreamFailureError } from '../anthropic/errors.ts';
import { chatCodecFor } from '../chat-flavour.ts';
import { geminiCodecFor } from '../gemini/codec-for.ts';
import { geminiFailureError, geminiStreamFailureError } from '../gemini/errors.ts';
import {
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';
import type { Provider } from '../provider.ts';

export interface ProviderFormatParts {
  /** The codec as this provider speaks the format. */
  codecFor(provider: Provider): Codec;
  failure(failure: UpstreamFailure): GatewayError;
  streamFailure(body: unknown, provider: string, secret: string): GatewayError;
}

const USUAL_FAILURES = { failure: upstreamFailureError, streamFailure: streamFailureError };

export const PROVIDER_FORMATS: Readonly<Partial<Record<WireFormat, ProviderFormatParts>>> = {
  'openai-chat': { codecFor: chatCodecFor, ...USUAL_FAILURES },
  'anthropic-messages': {
    codecFor: () => anthropicMessagesCodec,
    failure: messagesFailureError,
    streamFailure: messagesStreamFailureError,
  },
  'gemini-generate': {
    codecFor: geminiCodecFor,
    failure: geminiFailureError,
    streamFailure: geminiStreamFailureError,
  },
};
