/** Errors, headers and access of the simulated Bedrock runtime. */
import { type Controls, NO_CONTROLS } from '../controls.ts';
import { isObject, parseJson } from '../wire/json.ts';
import { type Failure, WireRefusal } from '../wire/reply.ts';
import type { Call, Stage, WireErrors } from '../wire/speech.ts';
import { type AwsCredentials, findSignatureFault, type SignatureFault } from './signature-v4.ts';

/** What signs a request to the simulator. */
export const SIMULATED_AWS = {
  accessKeyId: 'AKIASIMULATOR0000001',
  secretAccessKey: 'simulator/secret/access/key',
  sessionToken: null,
  region: 'us-east-1',
} as const satisfies AwsCredentials & { region: string };

const EXCEPTION_OF_STATUS = new Map([
  [400, 'ValidationException'],
  [401, 'UnrecognizedClientException'],
  [403, 'AccessDeniedException'],
  [404, 'ResourceNotFoundException'],
  [408, 'ModelTimeoutException'],
  [424, 'ModelErrorException'],
  [429, 'ThrottlingException'],
  [500, 'InternalServerException'],
  [503, 'ServiceUnavailableException'],
]);
const MESSAGES = new Map([
  [403, "You don't have access to the model with the specified model ID."],
  [429, 'Too many requests, please wait before trying again.'],
  [500, 'The system encountered an unexpected error during processing. Try your request again.'],
  [503, 'Bedrock is unable to process your request.'],
]);
const FAULTS: Readonly<Record<SignatureFault, readonly [exception: string, message: string]>> = {
  missing: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  incomplete: [
    'IncompleteSignatureException',
    'Authorization header requires existence of signed host and x-amz-date headers.',
  ],
  unknown_key: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  wrong_scope: ['InvalidSignatureException', "Credential should be scoped to correct service: 'bedrock'."],
  expired: ['InvalidSignatureException', 'Signature expired'],
  mismatch: [
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
      'Key and signing method. Consult the service documentation for details.',
  ],
};

export function bedrockHeaders(requestId: string): string[] {
  return ['x-amzn-requestid', requestId.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')];
}

export function bedrockFailure(
  status: number,
  message: string,
  controls: Controls = NO_CONTROLS,
  exception?: string,
): Failure {
  const usual =
    EXCEPTION_OF_STATUS.get(status) ?? (status >= 500 ? 'InternalServerException' : 'ValidationException');
  const name = controls.code ?? exception ?? usual;
  const retryAfter = controls['retry-after'];
  return {
    status,
    body: JSON.stringify({ message }),
    contentType: 'application/json',
    headers: [
      ...['x-amzn-errortype', `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`],
      ...(retryAfter === undefined ? [] : ['retry-after', retryAfter]),
    ],
  };
}

export const BEDROCK_ERRORS: WireErrors = {
  forStatus: (status, model, controls) => {
    const message =
      status === 404
        ? `Could not resolve the foundation model from the model identifier: ${model}`
        : (MESSAGES.get(status) ?? 'The request was refused because the test asked for it.');
    return bedrockFailure(status, message, controls);
  },
  invalid: (message) => bedrockFailure(400, message),
  unknownModel: () => bedrockFailure(400, 'The provided model identifier is invalid.'),
};

/** Null when the request is signed rightly, or carries the key as a bearer token. */
export function checkAwsAccess({ message, bytes }: Call, { settings, runtime }: Stage): Failure | null {
  const { authorization } = message.headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) {
    if (authorization.slice(7) === settings.apiKey) return null;
    return bedrockFailure(403, 'Invalid API Key format: Must start with pre-defined prefix');
  }
  const fault = findSignatureFault(message, bytes, SIMULATED_AWS, runtime.now());
  if (fault === null) return null;
  const [exception, text] = FAULTS[fault];
  return bedrockFailure(403, text, NO_CONTROLS, exception);
}

/** Runs a reader of Anthropic's and says its refusals as Bedrock does. */
export function inBedrockWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WireRefusal)) throw error;
    const body = parseJson(error.failure.body);
    const inner = isObject(body) && isObject(body.error) ? body.error.message : null;
    if (typeof inner !== 'string') throw error;
    throw new WireRefusal(bedrockFailure(400, inner));
  }
}
