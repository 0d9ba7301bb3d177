/**
 * What a recorded answer that is no conversation says it used, read from the providers' own descriptions of their
 * bodies and independently of the readers under test. Counts of zero are left out.
 */
import type { ProviderEndpoint } from '@tollgate/providers';

type Json = Readonly<Record<string, unknown>>;
type Counts = Readonly<Record<string, unknown>>;

/** @returns Undefined: the answer tells nothing. */
export function readTaskUsage(
  endpoint: ProviderEndpoint,
  answer: Json | undefined,
  asked: Json,
): Counts | undefined {
  if (endpoint === 'openai-audio-speech') {
    const text = `${String(asked.input)}${String(asked.instructions ?? '')}`;
    return { units: { input_character: Array.from(text).length } };
  }
  if (answer === undefined) return undefined;
  const usage = answer.usage as Record<string, number> | undefined;
  switch (endpoint) {
    case 'openai-embeddings':
      return tokens(usage?.prompt_tokens ?? usage?.total_tokens);
    case 'openai-completions':
      return usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
    case 'openai-images-generations':
      return readImages(answer);
    case 'openai-audio-transcriptions':
      return readTranscript(answer);
    case 'cohere-rerank': {
      const units = (answer.meta as { billed_units?: { search_units?: number } } | undefined)?.billed_units;
      return units === undefined ? tokens(usage?.total_tokens) : { units: { query: units.search_units } };
    }
    case 'gemini-embed':
    case 'gemini-batch-embed':
      return tokens((answer.usageMetadata as { promptTokenCount?: number } | undefined)?.promptTokenCount);
    case 'anthropic-count-tokens':
    case 'gemini-count-tokens':
      return {};
    default:
      return undefined;
  }
}

function tokens(count: number | undefined): Counts | undefined {
  return count === undefined ? undefined : { inputTokens: count };
}

/** Tokens where they are told (all output is the picture's in the recordings), else pictures by quality and size. */
function readImages({ usage, data, quality, size }: Json): Counts {
  const { input_tokens: input, output_tokens: output } = (usage ?? {}) as Record<string, number>;
  if (output !== undefined) return { inputTokens: input, units: { image_output_token: output } };
  const name = size === undefined ? 'default' : `${String(quality)}/${String(size)}`;
  return { images: { [name]: (data as readonly unknown[]).length } };
}

/** Begun seconds, or tokens by kind. Without any usage, the length that `verbose_json` tells. */
function readTranscript({ usage, duration }: Json): Counts | undefined {
  const told = (usage ?? {}) as {
    seconds?: number;
    input_tokens?: number;
    output_tokens?: number;
    prompt_tokens?: number;
    completion_tokens?: number;
    input_token_details?: { audio_tokens: number; text_tokens: number };
  };
  const seconds = told.seconds ?? (told.input_tokens === undefined ? (duration as number) : undefined);
  if (seconds !== undefined) return { units: { input_second: Math.ceil(seconds) } };
  const { audio_tokens: audio, text_tokens: text } = told.input_token_details ?? {};
  const output = told.output_tokens ?? told.completion_tokens;
  if (output === undefined) return undefined;
  return withoutZeros({
    inputTokens: text ?? told.prompt_tokens,
    audioInputTokens: audio ?? 0,
    outputTokens: output,
  });
}

/** Of a usage as Tollgate has it. */
export function withoutZeros(usage: object): Counts {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0));
}
