/**
 * What images and audio cost, in the names that prices have: tokens where the provider tells them, else pictures by
 * quality and size, seconds, or characters.
 *
 * Sources: OpenAI's API reference (`usage` of images, speech and transcriptions), the price book's component names.
 */
import { emptyUsage, MAX_COUNT, type PriceComponents, type TokenUsage } from '@tollgate/catalog';
import { longestSeconds } from './sound-length.ts';

type Members = Readonly<Record<string, unknown>>;

export interface ImageWish {
  readonly count: number;
  /** Empty: not given, or `auto`. */
  readonly quality: string;
  readonly size: string;
}

/** @param answer The whole answer, or the last event of a stream. */
export function imageUsage(
  answer: Members,
  wish: ImageWish,
  price: PriceComponents | undefined,
): TokenUsage | undefined {
  const reported = tokensOfImages(answer.usage);
  if (
    reported !== undefined &&
    (price === undefined || 'unit:image_output_token' in price || 'output' in price)
  ) {
    return reported;
  }
  const { data } = answer;
  const count = Array.isArray(data) ? data.length : 1;
  const made = {
    count,
    quality: textOf(answer.quality) || wish.quality,
    size: textOf(answer.size) || wish.size,
  };
  const key = imageKey(made, price);
  return { ...emptyUsage(), images: { [key]: count } };
}

function tokensOfImages(usage: unknown): TokenUsage | undefined {
  if (!isMembers(usage)) return undefined;
  const input = countOf(usage.input_tokens);
  const output = countOf(usage.output_tokens);
  if (input === undefined || output === undefined) return undefined;
  const inDetails = isMembers(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const outDetails = isMembers(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const imageInput = Math.min(countOf(inDetails.image_tokens) ?? 0, input);
  // Without details all of the output is the picture.
  const textOutput = Math.min(countOf(outDetails.text_tokens) ?? 0, output);
  const units = {
    ...(imageInput > 0 ? { image_input_token: imageInput } : {}),
    ...(output > textOutput ? { image_output_token: output - textOutput } : {}),
  };
  return {
    ...emptyUsage(),
    inputTokens: input - imageInput,
    outputTokens: textOutput,
    ...(Object.keys(units).length === 0 ? {} : { units }),
  };
}

/** The price's name for such a picture; the fullest where it has none. */
export function imageKey({ quality, size }: ImageWish, price: PriceComponents | undefined): string {
  const names = [
    ...(quality !== '' && size !== '' ? [`${quality}/${size}`] : []),
    ...(size !== '' ? [`standard/${size}`, size] : []),
    'default',
  ];
  return names.find((name) => price !== undefined && `image:${name}` in price) ?? nameOf(names[0]!);
}

/** The dearest that it may become; pictures whose quality or size is left to the provider count as the dearest. */
export function imageBound(
  wish: ImageWish,
  price: PriceComponents | undefined,
): Readonly<Record<string, number>> {
  const stated = Object.entries(price ?? {}).filter(
    (entry): entry is [string, bigint] => entry[0].startsWith('image:') && entry[1] !== undefined,
  );
  const isFree = (name: string): boolean => {
    const [quality, size] = name.slice('image:'.length).split('/');
    return (
      (wish.quality === '' || quality === wish.quality || size === undefined) &&
      (wish.size === '' || (size ?? quality) === wish.size)
    );
  };
  const possible = stated.filter(([name]) => isFree(name));
  const dearest = (possible.length > 0 ? possible : stated).reduce<[string, bigint] | undefined>(
    (best, entry) => (best === undefined || entry[1] > best[1] ? entry : best),
    undefined,
  );
  // Where the price has both, the answer decides: tokens are billed if it tells them, else pictures.
  const tokens = { 'unit:image_output_token': wish.count * MAX_IMAGE_TOKENS };
  if (dearest === undefined) return tokens;
  const pictures = { [dearest[0]]: wish.count };
  return price !== undefined && 'unit:image_output_token' in price ? { ...pictures, ...tokens } : pictures;
}

/** Of one picture, by the largest that OpenAI describes (high, 1536x1024: 6,208). */
const MAX_IMAGE_TOKENS = 10_000;

/** Text to speech: by the character where the price says so, which the request alone tells. */
export function speechUsage(characters: number, price: PriceComponents | undefined): TokenUsage | undefined {
  if (price === undefined || !('unit:input_character' in price)) return undefined;
  return { ...emptyUsage(), units: { input_character: characters } };
}

/** Where nothing is told: about four characters a token, fifteen a second, and as many tokens as OpenAI's seconds have. */
export function guessedSpeech(characters: number): TokenUsage {
  return {
    ...emptyUsage(),
    inputTokens: Math.ceil(characters / 4),
    audioOutputTokens: Math.ceil(characters / CHARACTERS_PER_SECOND) * AUDIO_TOKENS_PER_SECOND,
  };
}

const CHARACTERS_PER_SECOND = 15;
export const AUDIO_TOKENS_PER_SECOND = 21;

/** Of speech events: `speech.audio.done`. */
export function speechEventUsage(event: Members): TokenUsage | undefined {
  if (!isMembers(event.usage)) return undefined;
  const input = countOf(event.usage.input_tokens);
  const output = countOf(event.usage.output_tokens);
  if (input === undefined || output === undefined) return undefined;
  return { ...emptyUsage(), inputTokens: input, audioOutputTokens: output };
}

/** Speech to text: tokens or seconds as told; `duration` is what `verbose_json` tells. */
export function transcriptUsage(answer: Members, price: PriceComponents | undefined): TokenUsage | undefined {
  const { usage, duration } = answer;
  if (isMembers(usage)) {
    const seconds = secondsOf(usage.seconds);
    if (seconds !== undefined) return secondsUsage(seconds, price);
    const input = countOf(usage.input_tokens);
    const output = countOf(usage.output_tokens);
    if (input !== undefined && output !== undefined) {
      const details = isMembers(usage.input_token_details) ? usage.input_token_details : {};
      const audio = Math.min(countOf(details.audio_tokens) ?? 0, input);
      return { ...emptyUsage(), inputTokens: input - audio, audioInputTokens: audio, outputTokens: output };
    }
  }
  const seconds = secondsOf(duration);
  return seconds === undefined ? chatUsageOf(usage, price) : secondsUsage(seconds, price);
}

/**
 * Mistral's, and those of servers like it: tokens under the names that chat has for them, with the sound's in the
 * total but not in `prompt_tokens`, and its seconds. The price decides which count.
 */
function chatUsageOf(usage: unknown, price: PriceComponents | undefined): TokenUsage | undefined {
  if (!isMembers(usage)) return undefined;
  const seconds = secondsOf(usage.prompt_audio_seconds);
  const isByToken = price === undefined ? seconds === undefined : 'input' in price;
  if (!isByToken) return seconds === undefined ? undefined : secondsUsage(seconds, price);
  const inputTokens = countOf(usage.prompt_tokens);
  const outputTokens = countOf(usage.completion_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const total = countOf(usage.total_tokens) ?? 0;
  const audioInputTokens = Math.max(0, total - inputTokens - outputTokens);
  return { ...emptyUsage(), inputTokens, audioInputTokens, outputTokens };
}

/** Begun seconds count. */
function secondsUsage(seconds: number, price: PriceComponents | undefined): TokenUsage {
  return { ...emptyUsage(), units: { [secondName(price)]: Math.ceil(seconds) } };
}

export function secondName(price: PriceComponents | undefined): string {
  const names = ['input_second', 'input_audio_second', 'output_second'];
  return names.find((name) => price !== undefined && `unit:${name}` in price) ?? 'input_second';
}

/** By the bytes of usual compressed speech. */
export function guessedTranscript(fileBytes: number, price: PriceComponents | undefined): TokenUsage {
  const seconds = Math.ceil(fileBytes / USUAL_BYTES_PER_SECOND);
  if (price !== undefined && !('unit:input_second' in price) && 'input' in price) {
    return {
      ...emptyUsage(),
      audioInputTokens: seconds * INPUT_TOKENS_PER_SECOND,
      outputTokens: seconds * 4,
    };
  }
  return secondsUsage(seconds, price);
}

const USUAL_BYTES_PER_SECOND = 8_000;
const INPUT_TOKENS_PER_SECOND = 10;
/** Nobody speaks faster than this, in any language, in tokens. */
const OUTPUT_TOKENS_PER_SECOND = 25;
const MIN_TRANSCRIPT_TOKENS = 2_048;

/** `seconds` null: nothing bounds how long it is. */
export function transcriptBound(files: readonly Buffer[]): {
  readonly seconds: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
} {
  const lengths = files.map(longestSeconds);
  if (lengths.includes(null)) return { seconds: null, inputTokens: 0, outputTokens: 0 };
  // Begun seconds count, and encoders add some silence.
  const seconds = lengths.reduce<number>((sum, length) => sum + Math.ceil(length!) + 1, 0);
  return {
    seconds,
    inputTokens: seconds * INPUT_TOKENS_PER_SECOND,
    outputTokens: Math.max(MIN_TRANSCRIPT_TOKENS, seconds * OUTPUT_TOKENS_PER_SECOND),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value !== 'auto' ? nameOf(value) : '';
}

/** As price components are named. */
function nameOf(text: string): string {
  const name = text.toLowerCase().replaceAll(/[^a-z0-9_./-]/g, '');
  return name === '' ? 'default' : name.slice(0, 64);
}

function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= 1_000_000 ? seconds : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
