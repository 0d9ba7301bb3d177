/**
 * Errors of the admin API: RFC 9457, one table of codes.
 *
 * Whatever is thrown becomes a problem here; what is not known becomes a 500 that tells nothing.
 */
import { Prisma } from '@tollgate/db';
import { IdentityError, type IdentityErrorCode } from '@tollgate/identity';
import { InvalidMailError } from '@tollgate/mail';
import type { FieldCode } from './field-errors.ts';

interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
}

export const PROBLEM = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  passkey_refused: { status: 400, title: 'The passkey was not accepted' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  organization_required: { status: 400, title: 'The request must name an organization' },
  unauthenticated: { status: 401, title: 'Authentication is needed' },
  invalid_credentials: { status: 401, title: 'The address or the password is wrong' },
  sign_in_expired: { status: 401, title: 'The sign-in must begin anew' },
  permission_denied: { status: 403, title: 'A permission is missing' },
  reauthentication_required: { status: 403, title: 'A recent sign-in is needed' },
  reauthentication_not_shown: { status: 403, title: 'The provider did not ask who you are' },
  second_factor_required: { status: 403, title: 'The organization wants a second factor' },
  csrf_refused: { status: 403, title: 'The request did not come from the console' },
  sign_up_closed: { status: 403, title: 'Sign-up needs an invitation' },
  email_not_verified: { status: 403, title: 'The e-mail address must be verified first' },
  link_for_other_account: { status: 403, title: 'The link is for another account' },
  organization_closed: { status: 403, title: 'The organization is closed' },
  exceeds_own_permissions: { status: 403, title: 'Nobody gives away more than they have' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  email_taken: { status: 409, title: 'The address has an account' },
  name_taken: { status: 409, title: 'The name is taken' },
  last_owner: { status: 409, title: 'An organization has at least one owner' },
  already_member: { status: 409, title: 'Already a member' },
  member_of_others: { status: 409, title: 'The person belongs to other organizations, too' },
  invitation_outgrown: { status: 409, title: 'Whoever invited may not give this role any longer' },
  in_use: { status: 409, title: 'It is in use' },
  second_factor_exists: { status: 409, title: 'There is one already' },
  idempotency_in_progress: { status: 409, title: 'The same request is still running' },
  version_conflict: { status: 412, title: 'It was changed meanwhile' },
  request_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key belongs to another request' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  too_many_codes: { status: 429, title: 'Too many wrong codes in a day' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: { status: 503, title: 'A service that is needed does not answer' },
  not_enforced: { status: 501, title: 'This installation cannot keep that promise yet' },
} as const satisfies Record<string, ProblemDefinition>;

export type ProblemCode = keyof typeof PROBLEM;

export interface FieldError {
  /** Where in the input: `body.tags.team`, `query.limit`, `path.id`. */
  readonly path: string;
  readonly message: string;
  /** What is wrong, for programs that say it in words of their own. */
  readonly code: FieldCode;
  /** The bound that was passed, where there is one. */
  readonly limit?: number;
}

export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An outcome that the client is told. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.errors = extras.errors;
    this.retryAfterMs = extras.retryAfterMs;
  }

  get status(): number {
    return PROBLEM[this.code].status;
  }
}

/** A field of the body that the schema cannot judge. */
export function invalidField(path: string, message: string, code: FieldCode = 'invalid'): ApiProblem {
  return new ApiProblem('invalid_request', message, { errors: [{ path, message, code }] });
}

export function notFound(what: string): ApiProblem {
  return new ApiProblem('not_found', `Cannot find the ${what}: it does not exist here`);
}

const CODE_OF_IDENTITY: Readonly<Record<IdentityErrorCode, ProblemCode>> = {
  invalid_email: 'invalid_request',
  weak_password: 'invalid_request',
  invalid_token: 'invalid_request',
  unknown_role: 'invalid_request',
  incomplete_role: 'invalid_request',
  role_in_use: 'in_use',
  unknown_team: 'invalid_request',
  team_cycle: 'invalid_request',
  invitation_for_other_address: 'permission_denied',
  link_for_other_account: 'link_for_other_account',
  email_taken: 'email_taken',
  email_unchanged: 'invalid_request',
  account_not_linked: 'email_taken',
  account_disabled: 'permission_denied',
  invalid_credentials: 'invalid_credentials',
  wrong_password: 'invalid_request',
  wrong_code: 'invalid_request',
  passkey_refused: 'passkey_refused',
  passkey_known: 'second_factor_exists',
  too_many_passkeys: 'conflict',
  second_factor_exists: 'second_factor_exists',
  sign_in_expired: 'sign_in_expired',
  reauthentication_required: 'reauthentication_required',
  reauthentication_not_shown: 'reauthentication_not_shown',
  sign_up_closed: 'sign_up_closed',
  too_many_attempts: 'too_many_requests',
  too_many_codes: 'too_many_codes',
  email_not_verified: 'email_not_verified',
  exceeds_own_permissions: 'exceeds_own_permissions',
  last_owner: 'last_owner',
  already_member: 'already_member',
  member_of_others: 'member_of_others',
  invitation_outgrown: 'invitation_outgrown',
  slug_taken: 'name_taken',
  name_taken: 'name_taken',
  team_in_use: 'in_use',
  not_found: 'not_found',
};

const FIELD_CODE_OF_IDENTITY: Readonly<Partial<Record<IdentityErrorCode, FieldCode>>> = {
  invalid_email: 'invalid_email',
  email_unchanged: 'unchanged',
  email_taken: 'address_taken',
  weak_password: 'weak_password',
  invalid_token: 'invalid_token',
  wrong_password: 'wrong_password',
  wrong_code: 'wrong_code',
  unknown_role: 'unknown_reference',
  incomplete_role: 'incomplete',
  role_in_use: 'required',
  unknown_team: 'unknown_reference',
};

/** Connection refused, pool exhausted, time-outs: the database is away, nobody did anything wrong. */
const UNAVAILABLE_PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const UNAVAILABLE_SQL_CODES =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|DatabaseNotReachable|ConnectionClosed|SocketTimeout|57P0[123]|53300|connection terminated|timeout exceeded when trying to connect/i;

/** @returns The problem to answer with. An `internal_error` keeps what was thrown as its cause, for the log. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof IdentityError) return fromIdentity(error);
  if (error instanceof InvalidMailError) return new ApiProblem('invalid_request', error.message);
  if (isUnavailable(error)) {
    return new ApiProblem('service_unavailable', 'The database does not answer; try again soon', {
      retryAfterMs: 2_000,
      cause: error,
    });
  }
  const known = fromPrisma(error);
  return (
    known ?? new ApiProblem('internal_error', 'The request failed; its id is in the log', { cause: error })
  );
}

function fromIdentity(error: IdentityError): ApiProblem {
  return new ApiProblem(CODE_OF_IDENTITY[error.code], error.message, {
    ...(error.field === undefined
      ? {}
      : {
          errors: [
            {
              path: error.field.startsWith('query.') ? error.field : `body.${error.field}`,
              message: error.message,
              code: FIELD_CODE_OF_IDENTITY[error.code] ?? 'invalid',
            },
          ],
        }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

function fromPrisma(error: unknown): ApiProblem | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  if (error.code === 'P2002') return new ApiProblem('conflict', 'It exists already', { cause: error });
  if (error.code === 'P2025') return new ApiProblem('not_found', 'It does not exist here', { cause: error });
  if (error.code === 'P2003') {
    return new ApiProblem('conflict', 'It refers to something that does not exist, or is still referred to', {
      cause: error,
    });
  }
  return undefined;
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (UNAVAILABLE_PRISMA_CODES.has(error.code)) return true;
  }
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return UNAVAILABLE_SQL_CODES.test(`${String(code ?? '')} ${error.name} ${error.message.slice(0, 300)}`);
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

export function toProblemResponse(problem: ApiProblem, requestId: string): Response {
  const { title, status } = PROBLEM[problem.code];
  const body: ProblemBody = {
    type: `urn:tollgate:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    detail: problem.message,
    requestId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (problem.retryAfterMs !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1_000))));
  }
  if (problem.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer realm="tollgate"');
  return new Response(JSON.stringify(body), { status, headers });
}
