/**
 * What a generateContent, countTokens or embedContent request can use at most. Pure.
 *
 * Works on the parsed body, whose text may be bytes as Latin-1: only structure, numbers and ASCII words are read.
 * Names are read in both spellings that Google takes.
 */
import { countChoices, type RequestUse, toolPromptTokens } from '../request-use.ts';
import { camelCase } from './proto.ts';

type Members = Readonly<Record<string, unknown>>;

/** The caller's own functions cost nothing but their tokens; these two nothing but the tokens of what they find. */
const TOKEN_TOOLS: ReadonlySet<string> = new Set(['functionDeclarations', 'urlContext', 'codeExecution']);
/** They put into the prompt what is not in the request. */
const READING_TOOLS: ReadonlySet<string> = new Set([
  'urlContext',
  'codeExecution',
  'fileSearch',
  'retrieval',
]);
const MAX_DEPTH = 12;

export function generateUse(body: Members, bytes: number, outputCap: number | undefined): RequestUse {
  const config = camel(camel(body).generationConfig);
  const input = inputOf(body, 0);
  const tools = toolsOf(camel(body).tools);
  const { candidateCount, responseModalities, speechConfig } = config;
  const modalities = listOf(responseModalities);
  const writesAudio = isSet(speechConfig) || modalities.some((name) => /^audio$/i.test(String(name)));
  return {
    inputTokensMax: bytes + toolPromptTokens(camel(body).tools),
    unseenInput: input.unseen || tools.reads || isSet(camel(body).cachedContent),
    outputCap: outputCap ?? null,
    choices: countChoices(candidateCount),
    audio: input.audio || writesAudio,
    unbounded: tools.unbounded,
  };
}

function toolsOf(tools: unknown): { readonly reads: boolean; readonly unbounded: boolean } {
  const names = listOf(tools).flatMap((tool) =>
    Object.entries(camel(tool)).flatMap(([name, value]) => (isSet(value) ? [name] : [])),
  );
  return {
    reads: names.some((name) => READING_TOOLS.has(name)),
    unbounded: names.some((name) => !TOKEN_TOOLS.has(name)),
  };
}

/** Pictures, sound, files and addresses, wherever parts stand: also inside results of functions. */
function inputOf(value: unknown, depth: number): { unseen: boolean; audio: boolean } {
  const found = { unseen: false, audio: false };
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return found;
  for (const [name, member] of Object.entries(value)) {
    const member_ = camelCase(name);
    if (OPAQUE.has(member_)) continue;
    if (member_ === 'fileData' && isSet(member)) {
      found.unseen = true;
      found.audio ||= mayBeAudio(camel(member).mimeType);
    } else if (member_ === 'inlineData' && isSet(member)) {
      const type = camel(member).mimeType;
      found.audio ||= mayBeAudio(type);
      // Sound has fewer tokens than bytes, and text no more; pictures and documents may have more.
      found.unseen ||= !(typeof type === 'string' && /^(?:audio|text)\//.test(type));
    } else {
      const inner = inputOf(member, depth + 1);
      found.unseen ||= inner.unseen;
      found.audio ||= inner.audio;
    }
  }
  return found;
}

/** What callers put there is text to the model, whatever its names are. */
const OPAQUE: ReadonlySet<string> = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'generationConfig',
]);

/** Videos have sound. */
function mayBeAudio(type: unknown): boolean {
  return typeof type !== 'string' || /^(?:audio|video)\//.test(type);
}

/** Google takes one value where a list is meant. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : isSet(value) ? [value] : [];
}

function camel(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camelCase(name), member]));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
