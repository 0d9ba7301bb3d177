/** `POST /v1/embeddings`, numbers as floats or as base64 of little-endian 32-bit floats. */
import { hashText } from '../random.ts';
import { countTokens } from '../tokens.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { bendUsage } from '../wire/sse.ts';
import { readOnly, taskReply } from '../wire/task.ts';
import { names, openAiTask } from './openai-task.ts';
import { refuse } from './openai-wire.ts';

const RULES = {
  format: 'openai-embeddings',
  kinds: ['embedding'],
  parameters: names('model input dimensions encoding_format user'),
  marked: 'input',
} as const;
const DIMENSIONS_USUAL = 16;
const INPUTS_MAX = 2_048;

/** A unit vector that follows from the text. */
export function vectorOf(text: string, dimensions: number, seed: number): number[] {
  const start = hashText(text, seed);
  const raw = Array.from({ length: dimensions }, (_, i) => {
    const mixed = Math.imul(start ^ (i * 0x9e3779b1), 0x85ebca6b) >>> 0;
    return mixed / 0xffffffff - 0.5;
  });
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}

/** One text, several, or token numbers (one list or several). */
function inputsOf(input: unknown): { readonly text: string; readonly tokens: number }[] {
  const all = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  if (all.length === 0 || all.length > INPUTS_MAX)
    refuse("Invalid 'input': array must have 1 to 2048 elements.", 'input', null);
  return all.map((item: unknown) => {
    if (typeof item === 'string' && item !== '') return { text: item, tokens: countTokens(item) };
    if (Array.isArray(item) && item.length > 0) return { text: item.join(' '), tokens: item.length };
    return refuse("'$.input' is invalid. Please check the API reference.", null, null);
  });
}

export function answerEmbeddings(call: Call, stage: Stage): Reply {
  return openAiTask(call, stage, RULES, (task) => {
    const { body, controls, model } = task;
    const inputs = inputsOf(body.input);
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : DIMENSIONS_USUAL;
    if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 4_096)
      refuse("Invalid value for 'dimensions'.", 'dimensions', null);
    const data = inputs.map(({ text }, index) => {
      const vector = vectorOf(text, dimensions, stage.runtime.seed);
      return {
        object: 'embedding',
        index,
        embedding: body.encoding_format === 'base64' ? toBase64(vector) : vector,
      };
    });
    const sum = inputs.reduce((tokens, input) => tokens + input.tokens, 0);
    const promptTokens = Math.floor(controls['input-tokens'] ?? sum);
    const usage = bendUsage({ prompt_tokens: promptTokens, total_tokens: promptTokens }, controls);
    const name = controls['response-model'] ?? model.id;
    return taskReply(
      task,
      readOnly(promptTokens),
      JSON.stringify({ object: 'list', data, model: name, usage }),
    );
  });
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString('base64');
}
