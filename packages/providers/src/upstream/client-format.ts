/**
 * The formats that clients speak, each with what the way of equal formats needs: a reader and patcher of requests
 * that keeps bytes, a reader of answers, a follower of streams, and the format's own errors.
 */
import {
  anthropicErrorBody,
  anthropicMessagesCodec,
  type ChatRequest,
  type Codec,
  type CompletionsRequest,
  type GenerateRequest,
  geminiErrorBody,
  geminiGenerateCodec,
  type MessagesPatch,
  type MessagesRequest,
  type ObjectMember,
  openAiChatCodec,
  openAiCompletionsCodec,
  openAiErrorBody,
  openAiResponsesCodec,
  patchChatRequest,
  patchCompletionsRequest,
  patchGenerateRequest,
  patchMessagesRequest,
  patchResponsesRequest,
  type RequestExtensions,
  type RequestHints,
  type RequestUse,
  type ResponsesRequest,
  readChatRequest,
  readCompletionsRequest,
  readGenerateRequest,
  readMessagesRequest,
  readResponsesRequest,
  responsesErrorData,
  type WireFormat,
} from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import { readMessagesResponse } from '../anthropic/response.ts';
import { createMessagesStreamFollower } from '../anthropic/stream.ts';
import { readGenerateResponse } from '../gemini/response.ts';
import { createGenerateStreamFollower } from '../gemini/stream.ts';
import { type ReadResponse, readChatResponse } from '../openai-compatible/response.ts';
import { createChatStreamReader } from '../openai-compatible/stream.ts';
import { readResponsesResponse } from '../openai-responses/response.ts';
import { createResponsesStreamFollower } from '../openai-responses/stream.ts';
import type { StreamFollower } from '../stream-follower.ts';

import { readInferenceGeo, readServiceTier } from './service-tier.ts';
import type { UpstreamTarget } from './understood-request.ts';

/** Legacy completions are a client's format only: no provider is asked in it but by its own clients. */
export type ClientFormat =
  | Extract<WireFormat, 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini-generate'>
  | 'openai-completions';

/** A request with what the pipeline needs of it, and its format's own way to change it for a provider. */
export interface NativeRequest {
  readonly model: string;
  /** The body as Latin-1. */
  readonly text: string;
  readonly stream: boolean;
  /** Whether the client itself asked for usage in the stream. */
  readonly showUsage: boolean;
  readonly use: RequestUse;
  readonly extensions: RequestExtensions;
  /** Names of members that are for us alone, and no provider's. */
  readonly extensionMembers: ReadonlySet<string>;
  /** As prices name it. */
  readonly serviceTier: string;
  /** Where it is to run, which has a price of its own; undefined: anywhere. */
  readonly region?: string;
  /** Whether the body has the member. */
  has(name: string): boolean;
  patch(target: UpstreamTarget, hosted: MessagesPatch | undefined): Buffer;
}

export interface ClientFormatParts {
  /** The client's side. */
  readonly codec: Pick<Codec, 'readRequest' | 'writeAnswer' | 'createStreamWriter'>;
  read(body: Buffer, hints: RequestHints): NativeRequest;
  readWhole(body: Buffer): ReadResponse | undefined;
  createFollower(showUsage: boolean): StreamFollower;
  readonly lastWord: string;
  /** The event that ends a stream which cannot go on. @param events That came before it. */
  errorEvent(error: GatewayError, requestId: string, events: number): { event: string; data: string };
}

const chatErrorEvent: ClientFormatParts['errorEvent'] = (error, requestId) => ({
  event: '',
  data: openAiErrorBody(error, requestId),
});

function memberIn({ members }: { readonly members: readonly ObjectMember[] }): NativeRequest['has'] {
  return (name) => members.some((member) => member.name === name);
}

const CHAT_EXTENSIONS: ReadonlySet<string> = new Set(['models', 'provider', 'fallbacks', 'tags']);

function nativeChat(request: ChatRequest): NativeRequest {
  return {
    model: request.model,
    text: request.text,
    stream: request.stream,
    showUsage: request.wantsUsage,
    use: request.use,
    extensions: request.extensions,
    extensionMembers: CHAT_EXTENSIONS,
    has: memberIn(request),
    serviceTier: readServiceTier(request.text, request.members),
    patch: ({ model, provider, outputCap }) =>
      patchChatRequest(request, {
        model,
        remove: provider.unknownMembers,
        ...(outputCap === undefined
          ? undefined
          : {
              outputCap: { tokens: outputCap, member: provider.outputCapMember ?? 'max_completion_tokens' },
            }),
      }),
  };
}

function nativeMessages(request: MessagesRequest): NativeRequest {
  const region = readInferenceGeo(request.text, request.members);
  return {
    ...(region === undefined ? {} : { region }),
    model: request.model,
    text: request.text,
    stream: request.stream,
    showUsage: true,
    use: request.use,
    extensions: request.extensions,
    extensionMembers: request.extensionMembers,
    has: memberIn(request),
    serviceTier: readServiceTier(request.text, request.members),
    patch: ({ model, outputCap }, hosted) =>
      patchMessagesRequest(request, {
        model,
        ...hosted,
        ...(outputCap === undefined ? undefined : { maxOutputTokens: outputCap }),
      }),
  };
}

function nativeGenerate(request: GenerateRequest): NativeRequest {
  return {
    model: request.model,
    text: request.text,
    stream: request.stream,
    showUsage: true,
    use: request.use,
    extensions: request.extensions,
    extensionMembers: request.extensionMembers,
    has: memberIn(request),
    serviceTier: readServiceTier(request.text, request.members),
    patch: ({ provider, outputCap }) =>
      patchGenerateRequest(request, {
        remove: provider.unknownMembers,
        ...(outputCap === undefined ? undefined : { maxOutputTokens: outputCap }),
      }),
  };
}

function nativeResponses(request: ResponsesRequest): NativeRequest {
  return {
    model: request.model,
    text: request.text,
    stream: request.stream,
    showUsage: true,
    use: request.use,
    extensions: request.extensions,
    extensionMembers: CHAT_EXTENSIONS,
    has: memberIn(request),
    serviceTier: readServiceTier(request.text, request.members),
    patch: ({ model, provider, outputCap }) =>
      patchResponsesRequest(request, {
        model,
        remove: provider.unknownMembers,
        ...(outputCap === undefined ? undefined : { maxOutputTokens: outputCap }),
      }),
  };
}

function nativeCompletions(request: CompletionsRequest): NativeRequest {
  return {
    ...nativeChat(request),
    patch: ({ model, provider, outputCap }) =>
      patchCompletionsRequest(request, {
        model,
        remove: provider.unknownMembers,
        ...(outputCap === undefined ? undefined : { maxOutputTokens: outputCap }),
      }),
  };
}

export const CLIENT_FORMATS: Readonly<Record<ClientFormat, ClientFormatParts>> = {
  'openai-chat': {
    codec: openAiChatCodec,
    read: (body) => nativeChat(readChatRequest(body)),
    readWhole: readChatResponse,
    createFollower: createChatStreamReader,
    lastWord: '[DONE]',
    errorEvent: chatErrorEvent,
  },
  'anthropic-messages': {
    codec: anthropicMessagesCodec,
    read: (body, hints) => nativeMessages(readMessagesRequest(body, hints)),
    readWhole: readMessagesResponse,
    createFollower: createMessagesStreamFollower,
    lastWord: '',
    errorEvent: (error, requestId) => ({ event: 'error', data: anthropicErrorBody(error, requestId) }),
  },
  'gemini-generate': {
    codec: geminiGenerateCodec,
    read: (body, hints) => nativeGenerate(readGenerateRequest(body, hints)),
    readWhole: readGenerateResponse,
    createFollower: createGenerateStreamFollower,
    lastWord: '',
    errorEvent: (error, requestId) => ({ event: '', data: geminiErrorBody(error, requestId) }),
  },
  'openai-responses': {
    codec: openAiResponsesCodec,
    read: (body) => nativeResponses(readResponsesRequest(body)),
    readWhole: readResponsesResponse,
    createFollower: createResponsesStreamFollower,
    lastWord: '',
    errorEvent: (error, requestId, events) => ({
      event: 'error',
      data: responsesErrorData(error, requestId, events),
    }),
  },
  'openai-completions': {
    codec: openAiCompletionsCodec,
    read: (body) => nativeCompletions(readCompletionsRequest(body)),
    readWhole: readChatResponse,
    createFollower: createChatStreamReader,
    lastWord: '[DONE]',
    errorEvent: chatErrorEvent,
  },
};
