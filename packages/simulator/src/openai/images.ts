/** `POST /v1/images/generations` and `/v1/images/edits`: always the same small picture, as base64. */
import { PICTURE_BASE64 } from '../picture.ts';
import { countTokens } from '../tokens.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { bendUsage } from '../wire/sse.ts';
import { type Task, taskReply } from '../wire/task.ts';
import { names, openAiForm, openAiTask } from './openai-task.ts';
import { refuse } from './openai-wire.ts';

const COMMON =
  'model prompt n size quality background output_format output_compression partial_images stream user';
const GENERATIONS = {
  format: 'openai-images',
  kinds: ['image'],
  parameters: names(`${COMMON} moderation style`),
  marked: 'prompt',
} as const;
const EDITS = {
  ...GENERATIONS,
  format: 'openai-image-edits',
  parameters: names(`${COMMON} input_fidelity`),
} as const;

const IMAGE_INPUT_TOKENS = 85;
const OUTPUT_TOKENS: Readonly<Record<string, number>> = { low: 272, medium: 1_056, high: 4_160 };
const IMAGES_MAX = 10;

export function answerImages(call: Call, stage: Stage): Reply {
  return openAiTask(call, stage, GENERATIONS, (task) => paint(task, stage, 0));
}

export function answerImageEdits(call: Call, stage: Stage): Reply {
  return openAiForm(call, stage, EDITS, (task, { files }) => {
    const images = [...(files.get('image') ?? []), ...(files.get('image[]') ?? [])];
    if (images.length === 0)
      refuse("Missing required parameter: 'image'.", 'image', 'missing_required_parameter');
    return paint(task, stage, images.length + (files.get('mask')?.length ?? 0));
  });
}

function paint(task: Task, stage: Stage, imageCount: number): Reply {
  const { body, controls } = task;
  if (typeof body.prompt !== 'string' || body.prompt === '')
    refuse("Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  const count = Number(body.n ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > IMAGES_MAX)
    refuse("Invalid 'n': expected an integer from 1 to 10.", 'n', 'invalid_value');
  if (controls['safety-block'] !== undefined)
    refuse('Your request was rejected by the safety system.', null, 'moderation_blocked');
  const quality = body.quality === 'low' || body.quality === 'high' ? body.quality : 'medium';
  const textTokens = Math.floor(controls['input-tokens'] ?? countTokens(body.prompt));
  const imageInputTokens = imageCount * IMAGE_INPUT_TOKENS;
  const imageOutputTokens = count * (OUTPUT_TOKENS[quality] ?? 0);
  const usage = bendUsage(
    {
      input_tokens: textTokens + imageInputTokens,
      input_tokens_details: { image_tokens: imageInputTokens, text_tokens: textTokens },
      output_tokens: imageOutputTokens,
      output_tokens_details: { image_tokens: imageOutputTokens, text_tokens: 0 },
      total_tokens: textTokens + imageInputTokens + imageOutputTokens,
    },
    controls,
  );
  const answer = {
    created: Math.floor(stage.runtime.now() / 1000),
    background: body.background ?? 'opaque',
    data: Array.from({ length: count }, () => ({ b64_json: PICTURE_BASE64 })),
    output_format: body.output_format ?? 'png',
    quality,
    size: body.size ?? '1024x1024',
    usage,
  };
  const billed = {
    promptTokens: textTokens + imageInputTokens,
    cachedTokens: 0,
    completionTokens: imageOutputTokens,
    reasoningTokens: 0,
    units: { images: count, imageInputTokens, imageOutputTokens },
  };
  return taskReply(task, billed, JSON.stringify(answer));
}
