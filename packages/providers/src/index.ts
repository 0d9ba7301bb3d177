/** Upstreams and what they say. The public names of this package; everything else is private. */
export {
  readRetryAfterMs,
  redact,
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from './openai-compatible/errors.ts';
export { type UpstreamAddress, upstreamAddress, upstreamHeaders } from './openai-compatible/request.ts';
export { type ReadResponse, readChatResponse } from './openai-compatible/response.ts';
export {
  type ChatStreamReader,
  createChatStreamReader,
  type StreamStep,
} from './openai-compatible/stream.ts';
export { laterUsage, readUsage } from './openai-compatible/usage.ts';
export type { Provider, ProviderAuthentication, WireFormat } from './provider.ts';
export { allProviders, findProvider } from './registry.ts';
export { passedResponseHeaders, upstreamRequestId } from './response-headers.ts';
