/** Upstreams and what they say. The public names of this package; everything else is private. */

export { messagesFailureError, messagesStreamFailureError } from './anthropic/errors.ts';
export { readMessagesResponse } from './anthropic/response.ts';
export { createMessagesStreamFollower } from './anthropic/stream.ts';
export { headerAuthorizer, type UnsignedRequest, type UpstreamAuthorizer } from './authorization.ts';
export { type AwsEventParser, createAwsEventParser, type OnAwsEvent } from './aws/event-parser.ts';
export type { BatchAsked } from './batch/batch-asked.ts';
export {
  type BatchAnswer,
  isReadableBatch,
  readBatchAnswer,
  readBatchLine,
  readLineNames,
} from './batch/batch-lines.ts';
export { LineSplitter, LineTooLongError } from './batch/line-splitter.ts';
export { bedrockConverseCodec } from './bedrock/converse-codec.ts';
export { type HostedCount, hostedCountTokens } from './bedrock/count-tokens.ts';
export { bedrockFailureError, bedrockStreamFailureError } from './bedrock/errors.ts';
export { type ClaudeHost, hostedMessagesPatch, readBetas } from './bedrock/invoke.ts';
export { chatFlavourOf } from './chat-flavour.ts';
export { cohereChatCodec } from './cohere/chat-codec.ts';
export { cohereFailureError, cohereStreamFailureError } from './cohere/errors.ts';
export {
  type CohereEmbedding,
  readCohereEmbed,
  readRerankUsage,
  writeCohereEmbed,
} from './cohere/rerank-embed.ts';
export { readCohereUsage } from './cohere/usage.ts';
export { readModelList, type TestedCredential, type TestRequest, testRequestOf } from './connection-test.ts';
export { type AuthorizerDependencies, createAuthorizer } from './create-authorizer.ts';
export {
  credentialSecrets,
  credentialValues,
  type KeptCredential,
  type ParsedCredential,
  parseCredentialFields,
} from './credential-fields.ts';
export { geminiFailureError, geminiStreamFailureError } from './gemini/errors.ts';
export { readGenerateResponse } from './gemini/response.ts';
export { createGenerateStreamFollower } from './gemini/stream.ts';
export {
  readRetryAfterMs,
  redact,
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from './openai-compatible/errors.ts';
export type { UpstreamAddress } from './openai-compatible/request.ts';
export { type ReadResponse, readChatResponse } from './openai-compatible/response.ts';
export { type ChatStreamReader, createChatStreamReader } from './openai-compatible/stream.ts';
export { laterUsage, readUsage } from './openai-compatible/usage.ts';
export { readResponsesResponse } from './openai-responses/response.ts';
export { createResponsesStreamFollower } from './openai-responses/stream.ts';
export type {
  ConnectionProbe,
  CredentialField,
  EndpointPath,
  Provider,
  ProviderAuthentication,
  ProviderEndpoint,
  Quirks,
  WireFormat,
} from './provider.ts';
export { allProviders, findProvider, formatsOf } from './registry.ts';
export { passedResponseHeaders, upstreamRequestId } from './response-headers.ts';
export type { StreamFollower, StreamStep } from './stream-follower.ts';
export {
  type AnswerStream,
  type AnswerStreamState,
  type ClientFormat,
  chooseFormat,
  EVENT_STREAM,
  type GenerateHints,
  type ResourceEndpoint,
  type ResourceHints,
  readGenerateRequest,
  readResourceRequest,
  readTaskRequest,
  servesEndpoint,
  type TaskEndpoint,
  type TaskHints,
  type UnderstoodRequest,
  type UpstreamPlan,
  type UpstreamTarget,
  usualCacheWrites,
  type WholeAnswer,
} from './upstream/index.ts';
export { BATCH_TIER, DEFAULT_TIER } from './upstream/service-tier.ts';
export {
  type AddressedModel,
  credentialHeaders,
  endpointAddress,
  type UsedCredential,
} from './upstream-request.ts';
export type { TokenFetch } from './vertex/authorizer.ts';
