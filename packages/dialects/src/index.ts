/** Client-facing formats. The public names of this package; everything else is private. */
export { countTokensBody, readCountTokens } from './anthropic/count-tokens.ts';
export { anthropicErrorBody, anthropicErrorEvent, anthropicErrorStatus } from './anthropic/error-body.ts';
export { anthropicMessagesCodec } from './anthropic/messages-codec.ts';
export {
  type MessagesPatch,
  type MessagesRequest,
  patchMessagesRequest,
  readMessagesRequest,
} from './anthropic/messages-request.ts';
export {
  type AnthropicListedModel,
  type AnthropicPage,
  anthropicModel,
  anthropicModelList,
} from './anthropic/model-list.ts';
export { type ClaudeAbilities, claudeAbilities } from './anthropic/models.ts';
export { type WrittenReasoning, writeReasoningWish } from './anthropic/reasoning-writer.ts';
export { DEFAULT_MAX_TOKENS, JSON_IN_WORDS, writeSchema } from './anthropic/request-writer.ts';
export { mergeMessagesUsage, readMessagesUsage } from './anthropic/usage.ts';
export {
  type EmbeddingWish,
  readEmbedAnswer,
  readEmbedRequest,
  readTotalTokens,
  totalTokensBody,
  writeEmbedAnswer,
  writeEmbedRequest,
} from './gemini/embeddings.ts';
export { geminiErrorBody, geminiErrorEvent } from './gemini/error-body.ts';
export { geminiGenerateCodec } from './gemini/generate-codec.ts';
export {
  type GeneratePatch,
  type GenerateRequest,
  patchGenerateRequest,
  readGenerateRequest,
} from './gemini/generate-request.ts';
export { type GeminiListedModel, geminiModel, geminiModelList } from './gemini/model-list.ts';
export { type GeminiMethod, type GeminiPath, readGeminiPath } from './gemini/path.ts';
export {
  laterGenerateUsage,
  readGenerateUsage,
  searchUnits,
  withSearches,
  writeGenerateUsage,
} from './gemini/usage.ts';
export { findMembers, type MembersResult, type ObjectMember, patchMembers } from './json/object-members.ts';
export { MAX_BODY_DEPTH, type OpenedBody, openRequestBody } from './json/request-body.ts';
export * from './neutral/index.ts';
export { createOpenAiChatCodec, openAiChatCodec } from './openai/chat-codec/chat-codec.ts';
export { type ChatFlavour, OPEN_FLAVOUR, OPENAI_FLAVOUR } from './openai/chat-codec/flavour.ts';
export {
  type ChatPatch,
  type ChatRequest,
  type OutputCapMember,
  patchChatRequest,
  readChatRequest,
} from './openai/chat-request.ts';
export { openAiCompletionsCodec } from './openai/completions/completions-codec.ts';
export {
  type CompletionsPatch,
  type CompletionsRequest,
  patchCompletionsRequest,
  readCompletionsRequest,
} from './openai/completions/completions-request.ts';
export { openAiErrorBody, openAiErrorEvent } from './openai/error-body.ts';
export { type ListedModel, openAiModel, openAiModelList } from './openai/model-list.ts';
export {
  type RequestExtensions,
  readBodyExtensions,
  withHeaderExtensions,
} from './openai/request-extensions.ts';
export { laterUsage, readUsage } from './openai/usage.ts';
export type { RequestUse } from './request-use.ts';
export { responsesErrorData, responsesErrorEvent } from './responses/error-event.ts';
export { itemReferencesIn, referableItems, withReferencedItems } from './responses/item-references.ts';
export { openAiResponsesCodec } from './responses/responses-codec.ts';
export {
  patchResponsesRequest,
  type ResponsesPatch,
  type ResponsesRequest,
  readResponsesRequest,
} from './responses/responses-request.ts';
export { readResponsesUsage } from './responses/usage.ts';
export { retryHeaders } from './retry-headers.ts';
export {
  createEventParser,
  decodeBytes,
  type EventParser,
  EventTooLargeError,
  encodeBytes,
  type ServerSentEvent,
  serializeEvent,
} from './sse/event-parser.ts';
export { tollgateDetails } from './tollgate-details.ts';
