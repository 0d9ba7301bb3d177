/**
 * Carries out requests that are not conversations: embeddings, pictures, audio, moderation, ranking.
 *
 * The same door for all: key, controls, refusals on purpose, unknown parameters, the model and its kind.
 */
import type { Usage } from '../answer.ts';
import {
  ControlError,
  type Controls,
  controlsOfHeaders,
  controlsOfModel,
  controlsOfText,
  mergeControls,
  refusalStatusOf,
} from '../controls.ts';
import { paceOf } from '../decide-chat.ts';
import type { Pacing, SimulatedModel } from '../models.ts';
import type { Body } from './json.ts';
import { type Failure, type Reply, WireRefusal } from './reply.ts';
import type { Call, Facts, Stage, WireErrors } from './speech.ts';

export interface TaskReading {
  readonly format: string;
  readonly kinds: readonly SimulatedModel['kind'][];
  readonly errors: WireErrors;
  readonly fixedHeaders: readonly string[];
  readonly body: Body;
  readonly model: string;
  readonly marks: readonly string[];
  readonly isStream?: boolean;
  /** Null knows no limits. */
  readonly parameters: ReadonlySet<string> | null;
  readonly failure: Failure | null;
  /** How the format refuses a member that it does not know. */
  refuseUnknown(name: string): Failure;
}

export interface Task {
  readonly facts: Facts;
  readonly body: Body;
  readonly controls: Controls;
  readonly model: SimulatedModel;
  readonly pacing: Pacing;
}

export function carryOut(call: Call, stage: Stage, reading: TaskReading, run: (task: Task) => Reply): Reply {
  const { format, fixedHeaders, model, isStream = false, errors, body } = reading;
  const user = typeof body.user === 'string' ? body.user : null;
  const base = { format, model, isStream, fixedHeaders, metadata: null, user, inputTokens: 0 };
  let facts: Facts = { ...base, controls: {} };
  try {
    if (reading.failure !== null) throw new WireRefusal(reading.failure);
    const named = controlsOfModel(model);
    const controls = mergeControls(
      stage.settings.behaviour,
      ...reading.marks.map(controlsOfText),
      named.controls,
      controlsOfHeaders(call.message.rawHeaders),
    );
    facts = { ...base, controls };
    const found = admit(call, stage, reading, named.model, controls);
    facts = { ...facts, model: found.id };
    return run({ facts, body, controls, model: found, pacing: paceOf(found, controls, stage.settings) });
  } catch (error) {
    const failure = error instanceof ControlError ? errors.invalid(error.message, 'simulator_control') : null;
    if (failure !== null) return { ...facts, kind: 'refusal', failure };
    if (error instanceof WireRefusal) return { ...facts, kind: 'refusal', failure: error.failure };
    throw error;
  }
}

function admit(
  call: Call,
  stage: Stage,
  reading: TaskReading,
  name: string,
  controls: Controls,
): SimulatedModel {
  const { errors, parameters, body, kinds } = reading;
  const { settings, runtime } = stage;
  const status = refusalStatusOf(controls);
  const times = controls['fail-times'];
  if (times === undefined && status !== undefined && status >= 300)
    throw new WireRefusal(errors.forStatus(Math.min(status, 599), name, controls));
  const isLenient = controls.lenient === true || settings.unknownParameters === 'accept';
  for (const member of Object.keys(body))
    if (parameters !== null && !isLenient && !parameters.has(member))
      throw new WireRefusal(reading.refuseUnknown(member.slice(0, 100)));
  const model = settings.models.get(name);
  if (model === undefined || !kinds.includes(model.kind)) throw new WireRefusal(errors.unknownModel(name));
  if (times !== undefined && runtime.failures.next(controls.nonce ?? call.bodyText) <= times)
    throw new WireRefusal(errors.forStatus(status ?? 500, name, controls));
  return model;
}

/** Usage of tasks that only read. */
export function readOnly(promptTokens: number, units?: Usage['units']): Usage {
  const usage = { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
  return units === undefined ? usage : { ...usage, units };
}

export function taskReply(
  { facts, controls, pacing }: Task,
  usage: Usage,
  body: string | Buffer,
  headers: readonly string[] = ['content-type', 'application/json'],
  hasUsage = true,
): Reply {
  return {
    ...facts,
    inputTokens: usage.promptTokens,
    kind: 'plain',
    status: 200,
    headers,
    body,
    usage,
    hasUsage: hasUsage && controls['no-usage'] !== true,
    delayMs: controls['latency-ms'] ?? pacing.firstTokenMs,
  };
}
