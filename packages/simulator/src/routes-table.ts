/** Which path is answered by which format. Patterns capture what stands for the models' and objects' ids. */
import { answerCountTokens, answerMessages, answerModels } from './anthropic/messages.ts';
import { checkGeminiKey } from './gemini/gemini-error.ts';
import { answerGeminiCount, answerGenerate } from './gemini/generate.ts';
import { answerKeptResponse, answerResponses } from './openai/responses/responses.ts';
import type { Reply } from './wire/reply.ts';
import type { Call, Stage } from './wire/speech.ts';

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** Where one path belongs to two providers, the headers tell. */
  readonly when?: (headers: NodeJS.Dict<string | string[]>) => boolean;
  readonly answer: (call: Call, stage: Stage) => Reply;
}

const isAnthropic = (headers: NodeJS.Dict<string | string[]>) =>
  headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined;

const OPENAI: readonly Route[] = [
  { method: 'POST', pattern: /^(?:\/openai)?\/v1\/responses$/, answer: answerResponses },
  { method: 'GET', pattern: /^(?:\/openai)?\/v1\/responses\/([^/]+)$/, answer: answerKeptResponse },
  { method: 'DELETE', pattern: /^(?:\/openai)?\/v1\/responses\/([^/]+)$/, answer: answerKeptResponse },
];

const ANTHROPIC: readonly Route[] = [
  { method: 'POST', pattern: /^\/v1\/messages$/, answer: answerMessages },
  { method: 'POST', pattern: /^\/v1\/messages\/count_tokens$/, answer: answerCountTokens },
  { method: 'GET', pattern: /^\/v1\/models$/, when: isAnthropic, answer: answerModels },
  { method: 'GET', pattern: /^\/v1\/models\/([^/]+)$/, when: isAnthropic, answer: answerModels },
];

const GEMINI: readonly Route[] = [
  {
    method: 'POST',
    pattern: /^\/v1(?:beta)?\/models\/([^/]+):generateContent$/,
    answer: (call, stage) => answerGenerate(call, stage, false, checkGeminiKey(call, stage)),
  },
  {
    method: 'POST',
    pattern: /^\/v1(?:beta)?\/models\/([^/]+):streamGenerateContent$/,
    answer: (call, stage) => answerGenerate(call, stage, true, checkGeminiKey(call, stage)),
  },
  {
    method: 'POST',
    pattern: /^\/v1(?:beta)?\/models\/([^/]+):countTokens$/,
    answer: (call, stage) => answerGeminiCount(call, stage, checkGeminiKey(call, stage)),
  },
];

export const ROUTES: readonly Route[] = [...OPENAI, ...ANTHROPIC, ...GEMINI];
