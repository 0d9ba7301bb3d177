/** Gemini's generateContent, whole and streamed, of the Gemini API and of Vertex AI. */
import type { Codec } from '../neutral/codec.ts';
import { readGenerateAnswer } from './answer-reader.ts';
import { writeGenerateAnswer } from './answer-writer.ts';
import { readGenerateBody } from './request-reader.ts';
import { writeGenerateBody } from './request-writer.ts';
import { FORMAT } from './signature.ts';
import { createGenerateStreamReader } from './stream-reader.ts';
import { createGenerateStreamWriter } from './stream-writer.ts';

export const geminiGenerateCodec: Codec = {
  format: FORMAT,
  readRequest: readGenerateBody,
  writeRequest: writeGenerateBody,
  readAnswer: readGenerateAnswer,
  writeAnswer: writeGenerateAnswer,
  createStreamReader: createGenerateStreamReader,
  createStreamWriter: createGenerateStreamWriter,
};
