/** The reply to a chat completion: a decision of decide-chat.ts in the provider's words, headers included. */
import { buildAnswer } from './answer.ts';
import { FIXED_HEADERS, rateLimitHeaders, refusalHeaders } from './answer-headers.ts';
import { completionBody } from './completion-body.ts';
import { refusalStatusOf } from './controls.ts';
import { type Accepted, plainDelayMs, type Refused, refused } from './decide-chat.ts';
import { errorBody, errorForStatus } from './provider-error.ts';
import type { Runtime } from './runtime.ts';
import { streamEvents } from './stream-events.ts';
import type { ReceivedRequest } from './wire/delivery.ts';
import type { Failure, Reply } from './wire/reply.ts';

/** @param bodyText Also the nonce of `fail-times` where none was given. */
export function chatReply(
  given: Accepted | Refused,
  bodyText: string,
  { sequence, requestId }: ReceivedRequest,
  runtime: Runtime,
): Reply {
  const decision = failOnPurpose(given, bodyText, runtime);
  const { controls, request } = decision;
  const facts = {
    format: 'openai-chat',
    controls,
    model: decision.kind === 'accepted' ? decision.model.id : decision.model,
    isStream: request?.stream ?? false,
    metadata: request?.metadata ?? null,
    user: request?.user ?? null,
    inputTokens: decision.kind === 'accepted' ? decision.promptTokens : 0,
    fixedHeaders: FIXED_HEADERS,
  };
  const requestIdHeader = ['x-request-id', requestId];
  if (decision.kind === 'refused')
    return { ...facts, kind: 'refusal', failure: failureOf(decision, requestIdHeader) };
  const { model, promptTokens, pacing } = decision;
  const answer = buildAnswer(decision.request, controls, model.id, promptTokens, {
    seed: runtime.seed,
    sequence,
    createdSeconds: Math.floor(runtime.now() / 1000),
  });
  const { usage } = answer;
  const { includeUsage, includeObfuscation } = decision.request;
  const logprobs = decision.request.logprobs || controls.logprobs === true;
  if (decision.request.stream) {
    return {
      ...facts,
      kind: 'stream',
      headers: [
        ...requestIdHeader,
        ...['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'],
        ...[
          'openai-processing-ms',
          String(Math.round(pacing.firstTokenMs)),
          ...rateLimitHeaders(promptTokens),
        ],
      ],
      events: streamEvents(answer, { includeUsage, includeObfuscation, logprobs, controls }),
      usage,
      pacing,
      hiddenTokens: controls.reasoning === true ? 0 : usage.reasoningTokens,
      isBinary: false,
    };
  }
  const delayMs = plainDelayMs(decision, usage.completionTokens);
  return {
    ...facts,
    kind: 'plain',
    status: 200,
    headers: [
      ...requestIdHeader,
      ...['content-type', 'application/json', 'openai-processing-ms', String(Math.round(delayMs))],
      ...rateLimitHeaders(promptTokens),
    ],
    body: completionBody(answer, { logprobs, controls }),
    usage,
    hasUsage: controls['no-usage'] !== true,
    delayMs,
  };
}

/** `fail-times` refuses the first tries of the same nonce. */
function failOnPurpose(decision: Accepted | Refused, bodyText: string, runtime: Runtime): Accepted | Refused {
  const { controls } = decision;
  const times = controls['fail-times'];
  if (decision.kind === 'refused' || times === undefined) return decision;
  if (runtime.failures.next(controls.nonce ?? bodyText) > times) return decision;
  const error = errorForStatus(refusalStatusOf(controls) ?? 500, decision.model.id, controls.code);
  return refused(error, controls, decision.request.model, decision.request);
}

function failureOf({ error, controls }: Refused, requestIdHeader: readonly string[]): Failure {
  return {
    status: error.status,
    body: errorBody(error),
    contentType: 'application/json; charset=utf-8',
    headers: [...requestIdHeader, ...refusalHeaders(error.status, controls)],
  };
}
