/**
 * Decides what happens to a chat request: refused, or answered by which model under which controls.
 *
 * Pure: it counts nothing and sends nothing, so that the fast lane may ask and still hand the request on.
 */
import { billedPromptTokens, textOfContent } from './answer.ts';
import { type ChatRequest, parseChatRequest } from './chat-request.ts';
import {
  ControlError,
  type Controls,
  controlsOfHeaders,
  controlsOfModel,
  controlsOfText,
  mergeControls,
  NO_CONTROLS,
  refusalStatusOf,
} from './controls.ts';
import type { Pacing, SimulatedModel } from './models.ts';
import {
  errorForStatus,
  invalidRequest,
  missingKey,
  type ProviderError,
  unknownModel,
  wrongKey,
} from './provider-error.ts';

export interface Settings {
  readonly apiKey: string;
  readonly models: ReadonlyMap<string, SimulatedModel>;
  /** In place of the models' own pace. */
  readonly pacing: Pacing | null;
  readonly unknownParameters: 'refuse' | 'accept';
  /** Standing controls: the weakest of all. */
  behaviour: Controls;
}

export interface Refused {
  readonly kind: 'refused';
  readonly error: ProviderError;
  readonly controls: Controls;
  readonly model: string | null;
  readonly request: ChatRequest | null;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly request: ChatRequest;
  readonly controls: Controls;
  readonly model: SimulatedModel;
  readonly promptTokens: number;
  readonly pacing: Pacing;
}

type Body = Readonly<Record<string, unknown>>;
const MARKED_ROLES = new Set(['system', 'developer', 'user']);

export function refused(
  error: ProviderError,
  controls: Controls = NO_CONTROLS,
  model: string | null = null,
  request: ChatRequest | null = null,
): Refused {
  return { kind: 'refused', error, controls, model, request };
}

/** Null when the key is the right one. The scheme's name is not case-sensitive. */
export function checkKey(authorization: string | undefined, apiKey: string): ProviderError | null {
  if (authorization === undefined || authorization.length < 8) return missingKey();
  const key = authorization.slice(7);
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') return missingKey();
  return key === apiKey ? null : wrongKey(key);
}

/** @param rawHeaders Node's flat list: name, value, name, value. */
export function decideChat(
  authorization: string | undefined,
  rawHeaders: readonly string[],
  bodyText: string,
  settings: Settings,
): Refused | Accepted {
  const keyError = checkKey(authorization, settings.apiKey);
  if (keyError !== null) return refused(keyError);
  const body = parseJson(bodyText);
  if (body === undefined) {
    const message =
      'We could not parse the JSON body of your request. (HINT: This likely means you aren’t using your HTTP ' +
      'library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)';
    return refused(invalidRequest(message, null, null));
  }
  try {
    return decideBody(body, rawHeaders, settings);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return refused(invalidRequest(error.message, null, 'simulator_control'));
  }
}

function decideBody(body: unknown, rawHeaders: readonly string[], settings: Settings): Refused | Accepted {
  const asked = modelOf(body);
  const { model: modelName, controls: ofModel } = controlsOfModel(asked ?? '');
  const controls = mergeControls(
    settings.behaviour,
    controlsOfMessages(body),
    ofModel,
    controlsOfHeaders(rawHeaders),
  );
  const parsed = parseChatRequest(body, controls.lenient === true ? 'accept' : settings.unknownParameters);
  const status = refusalStatusOf(controls);
  if (status !== undefined && status >= 300 && controls['fail-times'] === undefined) {
    const error = errorForStatus(Math.min(status, 599), modelName, controls.code);
    return refused(error, controls, asked, parsed.ok ? parsed.request : null);
  }
  if (!parsed.ok) return refused(parsed.error, controls, asked);
  const { request } = parsed;
  const model = settings.models.get(modelName);
  if (model === undefined) return refused(unknownModel(request.model), controls, asked, request);
  const promptTokens = billedPromptTokens(body as Body, controls);
  if (promptTokens > model.contextTokensMax) {
    const message =
      `This model's maximum context length is ${model.contextTokensMax} tokens. However, your messages resulted ` +
      `in ${promptTokens} tokens. Please reduce the length of the messages.`;
    const error = invalidRequest(message, 'messages', 'context_length_exceeded');
    return refused(error, controls, asked, request);
  }
  return {
    kind: 'accepted',
    request,
    controls,
    model,
    promptTokens,
    pacing: paceOf(model, controls, settings),
  };
}

export function paceOf(model: SimulatedModel, controls: Controls, settings: Settings): Pacing {
  const usual = settings.pacing ?? model.pacing;
  if (controls === NO_CONTROLS) return usual;
  return {
    firstTokenMs: controls['latency-ms'] ?? usual.firstTokenMs,
    intervalMs: controls['interval-ms'] ?? usual.intervalMs,
  };
}

/** How long a plain answer takes: exactly `latency-ms` where it was asked for, else as long as its stream would. */
export function plainDelayMs(
  { controls, pacing }: Pick<Accepted, 'controls' | 'pacing'>,
  completionTokens: number,
): number {
  return controls['latency-ms'] ?? pacing.firstTokenMs + pacing.intervalMs * completionTokens;
}

function modelOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('model' in body)) return null;
  return typeof body.model === 'string' ? body.model : null;
}

function controlsOfMessages(body: unknown): Controls {
  if (typeof body !== 'object' || body === null || !('messages' in body)) return NO_CONTROLS;
  if (!Array.isArray(body.messages)) return NO_CONTROLS;
  let controls = NO_CONTROLS;
  for (const message of body.messages) {
    if (typeof message !== 'object' || message === null || !MARKED_ROLES.has(message.role)) continue;
    controls = mergeControls(controls, controlsOfText(textOfContent(message.content)));
  }
  return controls;
}

/** Undefined when the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
