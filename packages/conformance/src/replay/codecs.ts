/** Which codec understands which format. */

import type { Codec } from '@tollgate/dialects';
import * as dialects from '@tollgate/dialects';
import * as providers from '@tollgate/providers';
import type { ContentFormat } from '../fixtures/exchange.ts';

const all: Record<string, unknown> = { ...dialects, ...providers };

export const CODECS: Readonly<Partial<Record<ContentFormat, Codec>>> = Object.fromEntries(
  Object.values({
    a: all.openAiChatCodec,
    b: all.openAiResponsesCodec,
    c: all.anthropicMessagesCodec,
    d: all.geminiGenerateCodec,
    e: all.bedrockConverseCodec,
    f: all.cohereChatCodec,
  })
    .filter((codec) => codec !== undefined)
    .map((codec) => [(codec as Codec).format, codec as Codec]),
);

/** What clients speak. */
export const CLIENT_FORMATS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
] as const satisfies readonly ContentFormat[];
export type ClientFormat = (typeof CLIENT_FORMATS)[number];
