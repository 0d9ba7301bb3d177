/**
 * Chat completions as Azure OpenAI serves them: a deployment in the path, an `api-key` header, content filters.
 *
 * `/openai/deployments/{deployment}/chat/completions?api-version=…`; the deployment's name is the model's.
 */
import { chatReply } from '../chat-reply.ts';
import { decideChat } from '../decide-chat.ts';
import { factsOf, refusalOf } from '../openai/openai-wire.ts';
import type { StreamEvent } from '../stream-events.ts';
import { isObject, parseJson } from '../wire/json.ts';
import type { Failure, Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';

const LEVELS = ['hate', 'self_harm', 'sexual', 'violence'] as const;

function filterResults(isBlocked: boolean): object {
  const results = LEVELS.map((name): [string, object] => {
    const isHit = isBlocked && name === 'violence';
    return [name, { filtered: isHit, severity: isHit ? 'high' : 'safe' }];
  });
  return Object.fromEntries([...results, ['jailbreak', { filtered: false, detected: false }]]);
}

function failure(status: number, error: object): Failure {
  return { status, body: JSON.stringify({ error }), contentType: 'application/json', headers: [] };
}

const WRONG_KEY = failure(401, {
  code: '401',
  message:
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an ' +
    'active subscription and use a correct regional API endpoint for your resource.',
});
const NO_RESOURCE = failure(404, { code: '404', message: 'Resource not found' });
const NO_DEPLOYMENT = failure(404, {
  code: 'DeploymentNotFound',
  message:
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, ' +
    'please wait a moment and try again.',
});
const BLOCKED_PROMPT = failure(400, {
  message:
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify " +
    'your prompt and retry. To learn more about our content filtering policies please read our documentation: ' +
    'https://go.microsoft.com/fwlink/?linkid=2198766',
  type: null,
  param: 'prompt',
  code: 'content_filter',
  status: 400,
  innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: filterResults(true) },
});

/** Null when the call names an API version and carries the key, or a token that is the key. */
export function azureFailure({ message, query, captured }: Call, { settings }: Stage): Failure | null {
  const { authorization = '' } = message.headers;
  const bearer = /^bearer /i.test(authorization) ? authorization.slice(7) : undefined;
  if ((message.headers['api-key'] ?? bearer) !== settings.apiKey) return WRONG_KEY;
  if (query.get('api-version') === null) return NO_RESOURCE;
  return settings.models.has((captured[0] ?? '').replace(/[:?].*$/, '')) ? null : NO_DEPLOYMENT;
}

export function answerAzureChat(call: Call, stage: Stage): Reply {
  const denied = azureFailure(call, stage);
  if (denied !== null) return refusalOf(azureFacts(call), denied);
  const body = parseJson(call.bodyText);
  const text = isObject(body) ? JSON.stringify({ ...body, model: call.captured[0] }) : call.bodyText;
  const { settings, runtime } = stage;
  const decision = decideChat(`Bearer ${settings.apiKey}`, call.message.rawHeaders, text, settings);
  const reply = {
    ...chatReply(decision, text, call, runtime),
    format: 'azure-chat',
    fixedHeaders: headersOf(call),
  };
  const block = reply.controls['safety-block'];
  if (reply.kind === 'refusal') return reply;
  if (block === 'prompt') {
    const { format, controls, model, isStream, metadata, user, fixedHeaders } = reply;
    const facts = { format, controls, model, isStream, metadata, user, fixedHeaders, inputTokens: 0 };
    return { ...facts, kind: 'refusal', failure: BLOCKED_PROMPT };
  }
  if (reply.kind === 'stream') return { ...reply, events: annotated(reply.events, reply.model ?? '') };
  return { ...reply, body: filteredBody(String(reply.body), block === 'answer') };
}

function azureFacts(call: Call) {
  return { ...factsOf(call, 'azure-chat', call.captured[0] ?? null), fixedHeaders: headersOf(call) };
}

function headersOf(call: Call): string[] {
  return [
    ...[
      'apim-request-id',
      call.requestId,
      'x-ms-region',
      'East US',
      'x-ms-client-request-id',
      call.requestId,
    ],
    ...['x-content-type-options', 'nosniff', 'azureml-model-session', 'simulator', 'x-accel-buffering', 'no'],
  ];
}

function filteredBody(text: string, isBlocked: boolean): string {
  const body = parseJson(text);
  if (!isObject(body) || !Array.isArray(body.choices)) return text;
  const content_filter_results = filterResults(isBlocked);
  return JSON.stringify({
    ...body,
    choices: body.choices.map((choice: object) => ({ ...choice, content_filter_results })),
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: filterResults(false) }],
  });
}

/** Azure's streams begin with an event that has no choices but the judgement of the prompt. */
function* annotated(events: Iterator<StreamEvent>, model: string): Generator<StreamEvent> {
  const results = [{ prompt_index: 0, content_filter_results: filterResults(false) }];
  const first = { choices: [], created: 0, id: '', model, object: '', prompt_filter_results: results };
  yield { text: `data: ${JSON.stringify(first)}\n\n`, tokens: 0, isUsage: false };
  for (let next = events.next(); next.done !== true; next = events.next()) yield next.value;
}
