/** What all endpoints of the simulated OpenAI share: key, headers, errors, and answers that no model gives. */
import { FIXED_HEADERS, refusalHeaders } from '../answer-headers.ts';
import { type Controls, NO_CONTROLS } from '../controls.ts';
import { checkKey } from '../decide-chat.ts';
import {
  errorBody,
  errorForStatus,
  invalidRequest,
  type ProviderError,
  unknownModel,
} from '../provider-error.ts';
import { type Failure, type Reply, WireRefusal } from '../wire/reply.ts';
import type { Call, Facts, Stage, WireErrors } from '../wire/speech.ts';

export const JSON_TYPE = ['content-type', 'application/json'];
export const NO_USAGE = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };

export function openAiHeaders(requestId: string): string[] {
  return ['x-request-id', requestId, 'openai-processing-ms', '1', ...FIXED_HEADERS];
}

export function openAiFailure(error: ProviderError, controls: Controls = NO_CONTROLS): Failure {
  return {
    status: error.status,
    body: errorBody(error),
    contentType: 'application/json; charset=utf-8',
    headers: refusalHeaders(error.status, controls),
  };
}

export const OPENAI_ERRORS: WireErrors = {
  forStatus: (status, model, controls) =>
    openAiFailure(errorForStatus(status, model, controls.code), controls),
  invalid: (message, param) =>
    openAiFailure(
      param === 'simulator_control'
        ? invalidRequest(message, null, param)
        : invalidRequest(message, param, param === 'messages' ? 'context_length_exceeded' : null),
    ),
  unknownModel: (model) => openAiFailure(unknownModel(model)),
};

/** @throws {WireRefusal} */
export function refuse(message: string, param: string | null, code: string | null, status = 400): never {
  throw new WireRefusal(openAiFailure(invalidRequest(message, param, code, status)));
}

export function keyFailure({ message }: Call, { settings }: Stage): Failure | null {
  const azureKey = message.headers['api-key'];
  const authorization =
    message.headers.authorization ?? (typeof azureKey === 'string' ? `Bearer ${azureKey}` : undefined);
  const error = checkKey(authorization, settings.apiKey);
  return error === null ? null : openAiFailure(error);
}

export function factsOf(call: Call, format: string, model: string | null = null): Facts {
  return {
    format,
    controls: NO_CONTROLS,
    model,
    isStream: false,
    metadata: null,
    user: null,
    inputTokens: 0,
    fixedHeaders: openAiHeaders(call.requestId),
  };
}

export function refusalOf(facts: Facts, failure: Failure): Reply {
  return { ...facts, kind: 'refusal', failure };
}

/** An answer that costs nothing. */
export function freeReply(
  facts: Facts,
  body: string | Buffer,
  headers: readonly string[] = JSON_TYPE,
): Reply {
  return {
    ...facts,
    kind: 'plain',
    status: 200,
    headers,
    body,
    usage: NO_USAGE,
    hasUsage: false,
    delayMs: 0,
  };
}

/** Answers when the key is right; what is thrown as a refusal is sent as one. */
export function guarded(call: Call, stage: Stage, format: string, run: (facts: Facts) => Reply): Reply {
  const facts = factsOf(call, format);
  const failure = keyFailure(call, stage);
  if (failure !== null) return refusalOf(facts, failure);
  try {
    return run(facts);
  } catch (error) {
    if (error instanceof WireRefusal) return refusalOf(facts, error.failure);
    throw error;
  }
}
