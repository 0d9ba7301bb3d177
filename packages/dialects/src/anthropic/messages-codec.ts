/** Anthropic's Messages API in both directions. */
import type { Codec } from '../neutral/index.ts';
import { readMessage } from './answer-reader.ts';
import { writeMessage } from './answer-writer.ts';
import { readMessagesBody } from './request-reader.ts';
import { writeMessagesBody } from './request-writer.ts';
import { createMessagesStreamReader } from './stream-reader.ts';
import { createMessagesStreamWriter } from './stream-writer.ts';

export const anthropicMessagesCodec: Codec = {
  format: 'anthropic-messages',
  readRequest: readMessagesBody,
  writeRequest: writeMessagesBody,
  readAnswer: readMessage,
  writeAnswer: writeMessage,
  createStreamReader: createMessagesStreamReader,
  createStreamWriter: createMessagesStreamWriter,
};
