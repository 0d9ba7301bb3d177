/** What the library refuses, in our words: whose fault it is, and for the log which check it was. */
import {
  type IDToken,
  INVALID_RESPONSE,
  OperationProcessingError,
  RESPONSE_IS_NOT_CONFORM,
  RESPONSE_IS_NOT_JSON,
  ResponseBodyError,
  UnsupportedOperationError,
} from 'oauth4webapi';
import { IdentityError } from '../identity-error.ts';
import { misconfigured } from './network.ts';

/** What our clock and the issuer's may differ by. */
export const CLOCK_TOLERANCE_S = 60;

/** @param check For the log: which one it failed. */
function untrusted(check: string): IdentityError {
  return new IdentityError(
    'sign_in_expired',
    `Cannot trust the answer of the provider (${check}); begin the sign-in anew`,
  );
}

/** What the library leaves open. @throws {IdentityError} `sign_in_expired`. */
export function assertStrictClaims({ azp, iat, sub }: IDToken, clientId: string, nowMs: number): void {
  // It looks at this only where there are several audiences.
  if (azp !== undefined && azp !== clientId) throw untrusted('azp');
  if (iat > nowMs / 1_000 + CLOCK_TOLERANCE_S) throw untrusted('iat');
  if (sub === '') throw untrusted('sub');
}

/** Without the library's `cause`, in which the token stands. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof IdentityError) return error;
  if (error instanceof ResponseBodyError) return explainTokenEndpoint(error);
  if (error instanceof UnsupportedOperationError) return untrusted(error.message);
  if (error instanceof OperationProcessingError) return explainProcessing(error);
  // Keys and signatures that cannot even be read.
  if (error instanceof DOMException || error instanceof TypeError) return untrusted(error.message);
  return error;
}

const CLIENT_FAULTS = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_request'];

function explainTokenEndpoint({ error, status }: ResponseBodyError): IdentityError {
  // A code that was used or is too old says nothing of the provider.
  if (error === 'invalid_grant') return untrusted('code');
  const said = CLIENT_FAULTS.find((code) => code === error) ?? String(status);
  return misconfigured(`its token endpoint refused the client (${said})`);
}

function explainProcessing({ code, message, cause }: OperationProcessingError): IdentityError {
  if (code === RESPONSE_IS_NOT_JSON || code === RESPONSE_IS_NOT_CONFORM) {
    return misconfigured(`${message} (${cause instanceof Response ? cause.status : 'none'})`);
  }
  // Of an answer as a whole; with what is wrong in a token come its claims.
  const { body } = (cause ?? {}) as { body?: unknown };
  return code === INVALID_RESPONSE && body !== undefined ? misconfigured(message) : untrusted(message);
}
