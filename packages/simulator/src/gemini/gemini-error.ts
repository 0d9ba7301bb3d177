/** Errors and headers of the simulated Gemini API, also as Vertex AI words them. */
import type { Controls } from '../controls.ts';
import { NO_CONTROLS } from '../controls.ts';
import { type Failure, WireRefusal } from '../wire/reply.ts';
import type { Call, Stage, WireErrors } from '../wire/speech.ts';

const STATUS_NAMES = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [402, 'FAILED_PRECONDITION'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
]);
const MESSAGES = new Map([
  [403, 'Your project has been denied access. Please contact support.'],
  [
    429,
    'You exceeded your current quota, please check your plan and billing details. For more information on this ' +
      'error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
  ],
  [
    500,
    'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  ],
  [503, 'The model is overloaded. Please try again later.'],
  [504, 'The request timed out. Please try again.'],
]);

export const GEMINI_HEADERS: readonly string[] = [
  ...['vary', 'Origin', 'vary', 'X-Origin', 'vary', 'Referer', 'server', 'scaffolding on HTTPServer2'],
  ...['x-xss-protection', '0', 'x-frame-options', 'SAMEORIGIN', 'x-content-type-options', 'nosniff'],
  ...['server-timing', 'gfet4t7; dur=42', 'alt-svc', 'h3=":443"; ma=2592000'],
];
export const GEMINI_JSON = ['content-type', 'application/json; charset=UTF-8'];

export function geminiFailure(
  status: number,
  message: string,
  details: readonly object[] = [],
  controls: Controls = NO_CONTROLS,
): Failure {
  const name = controls.code ?? STATUS_NAMES.get(status) ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  const error = { code: status, message, status: name, ...(details.length === 0 ? {} : { details }) };
  return {
    status,
    body: `${JSON.stringify({ error }, null, 2)}\n`,
    contentType: 'application/json; charset=UTF-8',
    headers: controls['retry-after'] === undefined ? [] : ['retry-after', controls['retry-after']],
  };
}

const TYPE = 'type.googleapis.com/google.rpc.';

function invalidKey(): Failure {
  const message = 'API key not valid. Please pass a valid API key.';
  const metadata = { service: 'generativelanguage.googleapis.com' };
  return geminiFailure(400, message, [
    { '@type': `${TYPE}ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com', metadata },
    { '@type': `${TYPE}LocalizedMessage`, locale: 'en-US', message },
  ]);
}

function missingKey(): Failure {
  return geminiFailure(
    403,
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other " +
      'form of API consumer identity to call this API.',
  );
}

/** Null when the key is the right one: in its header, or in the query as older clients send it. */
export function checkGeminiKey({ message, query }: Call, { settings }: Stage): Failure | null {
  const key = message.headers['x-goog-api-key'] ?? query.get('key');
  if (key === null || key === undefined) return missingKey();
  return key === settings.apiKey ? null : invalidKey();
}

export function quotaDetails(seconds: string): object[] {
  return [
    {
      '@type': `${TYPE}QuotaFailure`,
      violations: [
        { quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests', quotaValue: '3' },
      ],
    },
    { '@type': `${TYPE}RetryInfo`, retryDelay: `${seconds}s` },
  ];
}

export function geminiErrors(method: string): WireErrors {
  const unknownModel = (model: string) =>
    geminiFailure(
      404,
      `models/${model.slice(0, 200)} is not found for API version v1beta, or is not supported for ${method}. Call ` +
        'ModelService.ListModels to see the list of available models and their supported methods.',
    );
  return {
    forStatus: (status, model, controls) => {
      if (status === 404) return unknownModel(model);
      if (status === 401) return invalidKey();
      const details = status === 429 ? quotaDetails(controls['retry-after'] ?? '20') : [];
      const message = MESSAGES.get(status) ?? 'The request was refused because the test asked for it.';
      return geminiFailure(status, message, details, controls);
    },
    invalid: (message) => geminiFailure(400, message),
    unknownModel,
  };
}

export function refuse(message: string, field?: string): never {
  const violations = field === undefined ? [] : [{ field, description: message }];
  const details =
    violations.length === 0 ? [] : [{ '@type': `${TYPE}BadRequest`, fieldViolations: violations }];
  throw new WireRefusal(geminiFailure(400, message, details));
}
