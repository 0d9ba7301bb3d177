/** Which codec understands which format. */
import {
  anthropicMessagesCodec,
  type Codec,
  geminiGenerateCodec,
  openAiChatCodec,
  openAiResponsesCodec,
} from '@tollgate/dialects';
import { bedrockConverseCodec, cohereChatCodec } from '@tollgate/providers';
import type { ContentFormat } from '../fixtures/exchange.ts';

export const CODECS: Readonly<Record<ContentFormat, Codec>> = {
  'openai-chat': openAiChatCodec,
  'openai-responses': openAiResponsesCodec,
  'anthropic-messages': anthropicMessagesCodec,
  'gemini-generate': geminiGenerateCodec,
  'bedrock-converse': bedrockConverseCodec,
  'cohere-chat': cohereChatCodec,
};
