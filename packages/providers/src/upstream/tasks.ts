/**
 * What models do besides conversations: for each endpoint how much it can use, and what its answer used. Bodies pass
 * as they came (task-request.ts).
 */
import { emptyUsage, type PriceComponents, type TokenUsage } from '@tollgate/catalog';
import {
  countTokensBody,
  type JsonValue,
  type RequestUse,
  readCountTokens,
  readTotalTokens,
  readUsage,
} from '@tollgate/dialects';
import { readRerankUsage } from '../cohere/rerank-embed.ts';
import type { ProviderEndpoint } from '../provider.ts';
import {
  guessedSpeech,
  guessedTranscript,
  imageBound,
  imageUsage,
  secondName,
  speechEventUsage,
  speechUsage,
  transcriptBound,
  transcriptUsage,
} from './media-usage.ts';

export type TaskEndpoint = Extract<
  ProviderEndpoint,
  | 'openai-embeddings'
  | 'openai-moderations'
  | 'openai-images-generations'
  | 'openai-images-edits'
  | 'openai-images-variations'
  | 'openai-audio-speech'
  | 'openai-audio-transcriptions'
  | 'openai-audio-translations'
  | 'cohere-rerank'
  | 'openai-videos'
  | 'anthropic-count-tokens'
  | 'gemini-count-tokens'
  | 'gemini-embed'
  | 'gemini-batch-embed'
>;

/** A request's members, or its form's fields as texts. */
export type TaskMembers = Readonly<Record<string, unknown>>;

/** What is known before anything is asked. */
export interface TaskBody {
  readonly members: TaskMembers;
  readonly bytes: number;
  /** Of files in a form. */
  readonly fileBytes: number;
  readonly files: readonly Buffer[];
}

export interface Task {
  use(body: TaskBody, price: PriceComponents | undefined): RequestUse;
  /** @param answer As parsed. */
  usage(answer: TaskMembers, body: TaskBody, price: PriceComponents | undefined): TokenUsage | undefined;
  /** Known from the request alone. */
  ownUsage?(body: TaskBody, price: PriceComponents | undefined): TokenUsage | undefined;
  /** Where the provider tells nothing, and text has nothing to do with it. */
  guess?(body: TaskBody, price: PriceComponents | undefined): TokenUsage;
  /** The answer in the client's shape, as JSON text, where a host has another one. */
  rewrite?(answer: TaskMembers): string | undefined;
  /** The answer is bytes, not JSON, unless events are asked for. */
  readonly isBinary?: (members: TaskMembers) => boolean;
  /** Providers do it for nothing. */
  readonly isFree?: boolean;
  /** Members that decide: they may stand only once. */
  readonly reads: readonly string[];
}

const NO_OUTPUT: RequestUse = {
  inputTokensMax: 0,
  unseenInput: false,
  outputCap: 0,
  choices: 1,
  audio: false,
  unbounded: false,
};

/** Texts come in lists, and have a byte each. */
const textTask = (usage: Task['usage'], reads: readonly string[] = []): Task => ({
  use: ({ bytes }) => ({ ...NO_OUTPUT, inputTokensMax: bytes, prompts: bytes }),
  usage,
  reads,
});

/** Providers count for nothing. */
const countTask: Task = { use: () => NO_OUTPUT, usage: () => emptyUsage(), isFree: true, reads: [] };

const MAX_IMAGES = 10;

function imageWish(members: TaskMembers): Parameters<typeof imageUsage>[1] {
  const { n, quality, size } = members;
  const count = Number(n ?? 1);
  const word = (value: unknown): string => (typeof value === 'string' && value !== 'auto' ? value : '');
  return {
    count: Number.isSafeInteger(count) && count >= 1 ? Math.min(count, 100) : MAX_IMAGES,
    quality: word(quality),
    size: word(size),
  };
}

const imageTask = (reads: readonly string[], givesPictures = false): Task => ({
  use({ members, bytes, fileBytes }, price) {
    // In files, or by their addresses.
    const tokens =
      price !== undefined && 'unit:image_input_token' in price && (givesPictures || fileBytes > 0);
    const units = {
      ...imageBound(imageWish(members), price),
      ...(tokens ? { 'unit:image_input_token': MAX_INPUT_IMAGE_TOKENS * MAX_INPUT_IMAGES } : {}),
    };
    const isTextPriced = price === undefined || 'input' in price;
    return {
      ...NO_OUTPUT,
      inputTokensMax: isTextPriced ? bytes - fileBytes : 0,
      // Newer models write text before they draw, at a price of its own.
      outputCap:
        price !== undefined && 'output' in price ? imageWish(members).count * MAX_IMAGE_TEXT_TOKENS : 0,
      units,
    };
  },
  usage: (answer, { members }, price) => imageUsage(answer, imageWish(members), price),
  guess: ({ members }, price) =>
    imageUsage({ data: Array(imageWish(members).count) }, imageWish(members), price)!,
  reads,
});

/** Nothing caps what is written beside one picture; recorded answers have some hundreds. */
const MAX_IMAGE_TEXT_TOKENS = 4_096;
/** Of one picture given in high fidelity, and how many may be given. */
const MAX_INPUT_IMAGE_TOKENS = 7_000;
const MAX_INPUT_IMAGES = 16;

const speechTask: Task = {
  use({ members }, price) {
    const characters = charactersOf(members);
    if (speechUsage(characters, price) !== undefined) {
      return { ...NO_OUTPUT, units: { 'unit:input_character': characters } };
    }
    const guessed = guessedSpeech(characters);
    // Slow speech is no more than three times as long.
    return {
      ...NO_OUTPUT,
      inputTokensMax: characters * 4,
      outputCap: guessed.audioOutputTokens * 3,
      audio: true,
    };
  },
  usage: (answer) => speechEventUsage(answer),
  ownUsage: ({ members }, price) => speechUsage(charactersOf(members), price),
  guess: ({ members }) => guessedSpeech(charactersOf(members)),
  isBinary: ({ stream_format: format }) => format !== 'sse',
  reads: ['input', 'instructions', 'stream_format'],
};

function charactersOf({ input, instructions }: TaskMembers): number {
  return [input, instructions].reduce<number>(
    (sum, text) => sum + (typeof text === 'string' ? [...text].length : 0),
    0,
  );
}

const TRANSCRIPT_TOKENS = ['input', 'audioInput', 'output'] as const;

const transcriptTask: Task = {
  use({ members, fileBytes, files, bytes }, price) {
    const { seconds, inputTokens, outputTokens } = transcriptBound(files);
    const name = secondName(price);
    // Some providers fetch the sound, or take it as text: then nothing here says how long it is.
    const unbounded = seconds === null || fileBytes === 0 || members.url !== undefined;
    // Where the price has both, the answer decides which of them it tells.
    const units = { [`unit:${name}`]: seconds ?? 0 };
    const isBySecond = price === undefined || `unit:${name}` in price;
    const isByToken = price !== undefined && TRANSCRIPT_TOKENS.some((kind) => kind in price);
    if (isBySecond && !isByToken) return { ...NO_OUTPUT, unbounded, units };
    return {
      ...NO_OUTPUT,
      unbounded,
      ...(isBySecond ? { units } : {}),
      inputTokensMax: inputTokens + bytes - fileBytes,
      outputCap: isBySecond && price !== undefined && !('output' in price) ? 0 : outputTokens,
      audio: true,
    };
  },
  usage: (answer, _body, price) => transcriptUsage(answer, price),
  guess: ({ fileBytes }, price) => guessedTranscript(fileBytes, price),
  // Texts and subtitles.
  isBinary: ({ response_format: format }) => format === 'text' || format === 'srt' || format === 'vtt',
  reads: ['response_format', 'stream', 'url'],
};

const CHUNK_BYTES = 500;
const DOCUMENTS_PER_SEARCH = 100;

const rerankTask: Task = {
  use({ members, bytes }, price) {
    const documents = Array.isArray(members.documents) ? members.documents.length : 1;
    const searches = Math.ceil((documents + bytes / CHUNK_BYTES) / DOCUMENTS_PER_SEARCH);
    const isSearch = price !== undefined && 'unit:query' in price;
    return isSearch
      ? { ...NO_OUTPUT, units: { 'unit:query': searches } }
      : // The question is read with every document.
        { ...NO_OUTPUT, inputTokensMax: bytes * 2 + documents * textBytes(members.query), prompts: bytes };
  },
  usage: (answer) => readRerankUsage(answer as JsonValue),
  guess: ({ members }, price) =>
    price !== undefined && 'unit:query' in price
      ? { ...emptyUsage(), units: { query: searchesOf(members) } }
      : { ...emptyUsage(), inputTokens: Math.ceil(textBytes(members.query) / 4) },
  reads: ['documents', 'query'],
};

function searchesOf({ documents }: TaskMembers): number {
  return Math.max(1, Math.ceil((Array.isArray(documents) ? documents.length : 1) / DOCUMENTS_PER_SEARCH));
}

function textBytes(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}

const embedTask = textTask(({ usage }) => embedUsage(usage), ['input', 'dimensions']);

/** Voyage, for one, tells the total alone: nothing but input is in it. */
function embedUsage(usage: unknown): TokenUsage | undefined {
  const { prompt_tokens, input_tokens, total_tokens } = (usage ?? {}) as Record<string, unknown>;
  const isTotalAlone = prompt_tokens === undefined && input_tokens === undefined;
  return readUsage(isTotalAlone ? { prompt_tokens: total_tokens } : usage);
}

function geminiEmbedUsage({ usageMetadata }: TaskMembers): TokenUsage | undefined {
  const { promptTokenCount } = (usageMetadata ?? {}) as { promptTokenCount?: unknown };
  return Number.isSafeInteger(promptTokenCount) && (promptTokenCount as number) >= 0
    ? { ...emptyUsage(), inputTokens: promptTokenCount as number }
    : undefined;
}

const MAX_VIDEO_SECONDS = 60;
/** OpenAI's, where the caller names none. */
const USUAL_VIDEO_SECONDS = 4;

const videoTask: Task = {
  use: ({ members }, price) => ({
    ...NO_OUTPUT,
    units: { [`unit:${videoSecondName(members.size, price)}`]: videoSeconds(members.seconds) },
  }),
  usage: (answer, { members }, price) => ({
    ...emptyUsage(),
    units: {
      [videoSecondName(answer.size ?? members.size, price)]: videoSeconds(answer.seconds ?? members.seconds),
    },
  }),
  reads: ['seconds', 'size'],
};

function videoSeconds(value: unknown): number {
  if (value === undefined) return USUAL_VIDEO_SECONDS;
  const seconds = Number(value);
  return seconds > 0 && seconds <= MAX_VIDEO_SECONDS ? Math.ceil(seconds) : MAX_VIDEO_SECONDS;
}

/** Those that every such model has, at the price without a size. */
const USUAL_VIDEO_SIZES: ReadonlySet<unknown> = new Set([undefined, '', '720x1280', '1280x720']);
const VIDEO_SIZE = /^\d{2,5}x\d{2,5}$/;

/** Larger pictures cost more: a second of another size has a price of its own, or none that is known. */
function videoSecondName(size: unknown, price: PriceComponents | undefined): string {
  const isPlain = price !== undefined && 'unit:output_second' in price;
  const name = isPlain && !('unit:output_video_second' in price) ? 'output_second' : 'output_video_second';
  const word = typeof size === 'string' && VIDEO_SIZE.test(size) ? size : 'other';
  const own = `${name}/${word}`;
  const isOwn = price !== undefined && `unit:${own}` in price;
  return USUAL_VIDEO_SIZES.has(size) && !isOwn ? name : own;
}

export const TASKS: Readonly<Record<TaskEndpoint, Task>> = {
  'openai-embeddings': embedTask,
  // Free at its maker, and told by nobody; a price makes it our own count.
  'openai-moderations': textTask((_answer, _body, price) => (price?.input === 0n ? emptyUsage() : undefined)),
  'openai-images-generations': imageTask(['n', 'quality', 'size', 'stream', 'partial_images']),
  'openai-images-edits': imageTask(['n', 'quality', 'size', 'stream', 'partial_images'], true),
  'openai-images-variations': imageTask(['n', 'size'], true),
  'openai-audio-speech': speechTask,
  'openai-audio-transcriptions': transcriptTask,
  'openai-audio-translations': transcriptTask,
  'cohere-rerank': rerankTask,
  'openai-videos': videoTask,
  'anthropic-count-tokens': {
    ...countTask,
    usage: (answer) => counted(readCountTokens(jsonOf(answer))),
    rewrite(answer) {
      const tokens = answer.input_tokens === undefined ? readCountTokens(jsonOf(answer)) : undefined;
      return tokens === undefined ? undefined : countTokensBody(tokens);
    },
  },
  'gemini-count-tokens': { ...countTask, usage: (answer) => counted(readTotalTokens(answer as JsonValue)) },
  'gemini-embed': textTask(geminiEmbedUsage),
  'gemini-batch-embed': textTask(geminiEmbedUsage),
};

function counted(tokens: number | undefined): TokenUsage | undefined {
  return tokens === undefined ? undefined : emptyUsage();
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
