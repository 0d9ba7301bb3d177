/** Cohere's chat, version 2, whole and streamed. */
import type { Codec } from '@tollgate/dialects';
import { readCohereAnswer, writeCohereAnswer } from './answer.ts';
import { FORMAT } from './format.ts';
import { readCohereBody } from './request-reader.ts';
import { writeCohereBody } from './request-writer.ts';
import { createCohereStreamReader } from './stream-reader.ts';
import { createCohereStreamWriter } from './stream-writer.ts';

export const cohereChatCodec: Codec = {
  format: FORMAT,
  readRequest: readCohereBody,
  writeRequest: writeCohereBody,
  readAnswer: readCohereAnswer,
  writeAnswer: writeCohereAnswer,
  createStreamReader: createCohereStreamReader,
  createStreamWriter: createCohereStreamWriter,
};
