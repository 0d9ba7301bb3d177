/**
 * OpenAI's Responses in both directions. What its provider keeps (`previous_response_id`, `conversation`, stored
 * prompts) no other format can say: it is refused by name.
 */
import type { Codec } from '../neutral/codec.ts';
import { readResponsesCodecAnswer } from './read-answer.ts';
import { readResponsesCodecRequest } from './read-request.ts';
import { createResponsesStreamCodecReader } from './stream-reader.ts';
import { createResponsesStreamCodecWriter } from './stream-writer.ts';
import { writeResponsesCodecAnswer } from './write-answer.ts';
import { writeResponsesCodecRequest } from './write-request.ts';

export const openAiResponsesCodec: Codec = {
  format: 'openai-responses',
  readRequest: readResponsesCodecRequest,
  writeRequest: writeResponsesCodecRequest,
  readAnswer: readResponsesCodecAnswer,
  writeAnswer: writeResponsesCodecAnswer,
  createStreamReader: createResponsesStreamCodecReader,
  createStreamWriter: createResponsesStreamCodecWriter,
};
