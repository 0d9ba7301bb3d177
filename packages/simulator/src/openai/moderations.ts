/** `POST /v1/moderations`. Texts that say `kill` are flagged as violence; nothing is billed. */
import { isObject } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { readOnly, taskReply } from '../wire/task.ts';
import { names, openAiTask, textsOf } from './openai-task.ts';
import { refuse } from './openai-wire.ts';

const RULES = {
  format: 'openai-moderations',
  kinds: ['moderation'],
  parameters: names('model input'),
  marked: 'input',
} as const;
const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'sexual',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm/intent',
  'self-harm/instructions',
  'self-harm',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const;

export function answerModerations(call: Call, stage: Stage): Reply {
  return openAiTask(call, stage, RULES, (task) => {
    const { input } = task.body;
    if (input === undefined)
      refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
    const isParts = Array.isArray(input) && input.some(isObject);
    const texts = isParts ? [textsOf(input).join('\n')] : textsOf(input);
    const hasImage = isParts && input.some((part) => isObject(part) && part.type === 'image_url');
    const results = texts.map((text) => resultOf(/\bkill/i.test(text), hasImage));
    const body = { id: `modr-${call.requestId.slice(4, 24)}`, model: task.model.id, results };
    return taskReply(task, readOnly(0), JSON.stringify(body), undefined, false);
  });
}

function resultOf(flagged: boolean, hasImage: boolean): object {
  const each = <T>(value: (isViolent: boolean) => T) =>
    Object.fromEntries(CATEGORIES.map((name): [string, T] => [name, value(name === 'violence')]));
  return {
    flagged,
    categories: each((isViolent) => flagged && isViolent),
    category_scores: each((isViolent) => (flagged && isViolent ? 0.98 : 0.0001)),
    category_applied_input_types: each(() => (hasImage ? ['text', 'image'] : ['text'])),
  };
}
