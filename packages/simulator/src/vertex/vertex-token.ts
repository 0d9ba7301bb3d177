/**
 * A stand-in for Google's token endpoint: a service account's signed assertion becomes a bearer token.
 *
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { geminiFailure } from '../gemini/gemini-error.ts';
import { hexId } from '../random.ts';
import { isObject, parseJson } from '../wire/json.ts';
import type { Failure, Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { readOnly } from '../wire/task.ts';

export interface ServiceAccount {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
  readonly universe_domain: string;
}

const TOKEN_LIFE_SECONDS = 3_600;
const PROJECT = 'simulator-project';
const EMAIL = `simulator@${PROJECT}.iam.gserviceaccount.com`;
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let pair: { readonly publicKey: KeyObject; readonly privateKey: string } | null = null;

/** One key for the process, made when it is first needed: it takes a tenth of a second. */
function keyPair() {
  if (pair !== null) return pair;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  pair = { publicKey: createPublicKey(publicKey), privateKey };
  return pair;
}

/** The key file that an operator would upload, with this simulator's token endpoint in it. */
export function serviceAccountOf(url: string): ServiceAccount {
  return {
    type: 'service_account',
    project_id: PROJECT,
    private_key_id: '0123456789abcdef0123456789abcdef01234567',
    private_key: keyPair().privateKey,
    client_email: EMAIL,
    client_id: '100000000000000000001',
    token_uri: `${url}/token`,
    universe_domain: 'googleapis.com',
  };
}

export function answerToken(call: Call, stage: Stage): Reply {
  const form = new URLSearchParams(call.bodyText);
  const nowMs = stage.runtime.now();
  const fault =
    form.get('grant_type') === GRANT
      ? assertionFault(form.get('assertion') ?? '', nowMs)
      : 'Invalid grant type.';
  if (fault !== null)
    return tell(400, {
      error: form.get('grant_type') === GRANT ? 'invalid_grant' : 'unsupported_grant_type',
      error_description: fault,
    });
  const access_token = `ya29.${hexId(stage.runtime.seed, call.sequence, 7_000, 64)}`;
  stage.memory.tokens.set(access_token, nowMs + TOKEN_LIFE_SECONDS * 1_000);
  return tell(200, { access_token, expires_in: TOKEN_LIFE_SECONDS - 1, token_type: 'Bearer' });
}

function tell(status: number, body: object): Reply {
  return {
    kind: 'plain',
    format: 'google-token',
    controls: {},
    model: null,
    isStream: false,
    metadata: null,
    user: null,
    inputTokens: 0,
    fixedHeaders: ['cache-control', 'no-cache, no-store, max-age=0, must-revalidate'],
    status,
    headers: ['content-type', 'application/json; charset=UTF-8'],
    body: JSON.stringify(body),
    usage: readOnly(0),
    hasUsage: false,
    delayMs: 0,
  };
}

/** Null when the assertion is signed by our account and not expired. */
function assertionFault(assertion: string, nowMs: number): string | null {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const data = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', data, keyPair().publicKey, Buffer.from(signature, 'base64url')))
    return 'Invalid JWT Signature.';
  const claim = parseJson(Buffer.from(claims, 'base64url').toString());
  if (!isObject(claim) || claim.iss !== EMAIL) return 'Invalid grant: account not found';
  const isTimely = typeof claim.exp === 'number' && claim.exp * 1_000 > nowMs;
  return isTimely
    ? null
    : 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
}

/** Null when the bearer token was handed out here and lives, or is the simulator's key. */
export function checkToken({ message }: Call, { settings, memory, runtime }: Stage): Failure | null {
  const { authorization = '' } = message.headers;
  const token = /^bearer /i.test(authorization) ? authorization.slice(7) : '';
  if (token === settings.apiKey || (memory.tokens.get(token) ?? 0) > runtime.now()) return null;
  return geminiFailure(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
      'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED',
        domain: 'googleapis.com',
        metadata: { service: 'aiplatform.googleapis.com' },
      },
    ],
  );
}
