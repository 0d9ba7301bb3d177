/** How OpenAI's endpoints beside conversations read their requests. */

import type { SimulatedModel } from '../models.ts';
import { invalidRequest } from '../provider-error.ts';
import { type Body, isObject, parseJson } from '../wire/json.ts';
import { type Form, parseForm } from '../wire/multipart.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { carryOut, type Task } from '../wire/task.ts';
import { guarded, keyFailure, OPENAI_ERRORS, openAiFailure, refuse } from './openai-wire.ts';

export interface TaskRules {
  readonly format: string;
  readonly kinds: readonly SimulatedModel['kind'][];
  readonly parameters: ReadonlySet<string>;
  /** The members whose texts may begin with controls. */
  readonly marked: string;
}

export function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

export function openAiTask(call: Call, stage: Stage, rules: TaskRules, run: (task: Task) => Reply): Reply {
  return guarded(call, stage, rules.format, () => {
    const body = parseJson(call.bodyText);
    if (!isObject(body)) refuse('We could not parse the JSON body of your request.', null, null);
    return openAiTaskOf(call, stage, rules, body, run);
  });
}

export function openAiForm(
  call: Call,
  stage: Stage,
  rules: TaskRules,
  run: (task: Task, form: Form) => Reply,
): Reply {
  return guarded(call, stage, rules.format, () => {
    const form = parseForm(call.bytes, call.message.headers['content-type']);
    if (form === null) refuse('Could not parse multipart form', null, null);
    return openAiTaskOf(call, stage, rules, form.fields, (task) => run(task, form));
  });
}

function openAiTaskOf(
  call: Call,
  stage: Stage,
  rules: TaskRules,
  body: Body,
  run: (task: Task) => Reply,
): Reply {
  if (typeof body.model !== 'string') refuse('you must provide a model parameter', null, null);
  const reading = {
    ...rules,
    errors: OPENAI_ERRORS,
    fixedHeaders: ['x-request-id', call.requestId, 'openai-processing-ms', '1'],
    body,
    model: body.model,
    marks: textsOf(body[rules.marked]).slice(0, 100),
    isStream: body.stream === true || body.stream === 'true' || body.stream_format === 'sse',
    failure: keyFailure(call, stage),
    refuseUnknown: (name: string) =>
      openAiFailure(invalidRequest(`Unknown parameter: '${name}'.`, name, 'unknown_parameter')),
  };
  return carryOut(call, stage, reading, run);
}

/** The texts of an input: one, several, or content parts. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    if (typeof item === 'string') return item;
    return isObject(item) && typeof item.text === 'string' ? item.text : '';
  });
}
