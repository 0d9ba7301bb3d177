/**
 * OpenAI's chat completions in both directions: the format of its clients, and of the many providers that took it
 * over, each a little differently (flavour.ts).
 */
import type { Codec } from '../../neutral/codec.ts';
import { type ChatFlavour, OPENAI_FLAVOUR } from './flavour.ts';
import { readChatCodecAnswer } from './read-answer.ts';
import { readChatCodecRequest } from './read-request.ts';
import { createChatStreamCodecReader } from './stream-reader.ts';
import { createChatStreamCodecWriter } from './stream-writer.ts';
import { writeChatCodecAnswer } from './write-answer.ts';
import { writeChatCodecRequest } from './write-request.ts';

/** @param flavour Of the provider that requests are written for; nothing else depends on it. */
export function createOpenAiChatCodec(flavour: ChatFlavour): Codec {
  return {
    format: 'openai-chat',
    readRequest: readChatCodecRequest,
    writeRequest: (request, notes) => writeChatCodecRequest(request, flavour, notes),
    readAnswer: readChatCodecAnswer,
    writeAnswer: writeChatCodecAnswer,
    createStreamReader: createChatStreamCodecReader,
    createStreamWriter: createChatStreamCodecWriter,
  };
}

export const openAiChatCodec: Codec = createOpenAiChatCodec(OPENAI_FLAVOUR);
