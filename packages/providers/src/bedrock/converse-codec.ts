/** Amazon Bedrock's Converse in both directions. */
import type { Codec } from '@tollgate/dialects';
import { readConverseAnswer, writeConverseAnswer } from './answer.ts';
import { readConverseBody } from './request-reader.ts';
import { writeConverseBody } from './request-writer.ts';
import { createConverseStreamReader } from './stream-reader.ts';
import { createConverseStreamWriter } from './stream-writer.ts';

export const bedrockConverseCodec: Codec = {
  format: 'bedrock-converse',
  readRequest: readConverseBody,
  writeRequest: writeConverseBody,
  readAnswer: readConverseAnswer,
  writeAnswer: writeConverseAnswer,
  createStreamReader: createConverseStreamReader,
  createStreamWriter: createConverseStreamWriter,
};
