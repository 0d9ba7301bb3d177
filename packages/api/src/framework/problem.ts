/**
 * Errors of the admin API: RFC 9457. The table of codes is problem-codes.ts.
 *
 * Whatever is thrown becomes a problem here; what is not known becomes a 500 that tells nothing.
 */
import { Prisma } from '@tollgate/db';
import { IdentityError, type IdentityErrorCode } from '@tollgate/identity';
import { InvalidMailError } from '@tollgate/mail';
import type { FieldCode } from './field-errors.ts';
import {
  PROBLEM,
  type ProblemCode,
  type ProblemCounts,
  type ProblemNames,
  type ProblemReason,
} from './problem-codes.ts';

export { PROBLEM, type ProblemCode } from './problem-codes.ts';

export interface FieldError {
  /** Where in the input: `body.tags.team`, `query.limit`, `path.id`. */
  readonly path: string;
  readonly message: string;
  /** What is wrong, for programs that say it in words of their own. */
  readonly code: FieldCode;
  /** The bound that was passed, where there is one. */
  readonly limit?: number;
  /** Something that would do, where there is one to show. */
  readonly expected?: string;
}

export interface ProblemExtras {
  /** Why, where the code stands for several reasons. */
  readonly reason?: ProblemReason | undefined;
  /** How many of what, for the reason. */
  readonly counts?: ProblemCounts;
  /** What the reason is about. */
  readonly names?: ProblemNames;
  readonly errors?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** These stand for so many sentences that nobody can translate them: each goes with its reason. */
type VagueCode = 'conflict' | 'in_use';

type ReasonedExtras = ProblemExtras & { readonly reason: ProblemReason | undefined };

/** An outcome that the client is told. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reason: ProblemReason | undefined;
  readonly counts: ProblemCounts | undefined;
  readonly names: ProblemNames | undefined;

  constructor(code: Exclude<ProblemCode, VagueCode>, detail: string, extras?: ProblemExtras);
  constructor(code: ProblemCode, detail: string, extras: ReasonedExtras);
  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.errors = extras.errors;
    this.retryAfterMs = extras.retryAfterMs;
    this.reason = extras.reason;
    this.counts = extras.counts;
    this.names = extras.names;
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
  linked_otherwise: 'permission_denied',
  account_disabled: 'permission_denied',
  invalid_credentials: 'invalid_credentials',
  wrong_password: 'invalid_request',
  wrong_code: 'invalid_request',
  passkey_refused: 'passkey_refused',
  passkey_known: 'second_factor_exists',
  too_many_passkeys: 'conflict',
  second_factor_exists: 'second_factor_exists',
  sign_in_expired: 'sign_in_expired',
  session_ended: 'unauthenticated',
  reauthentication_required: 'reauthentication_required',
  reauthentication_not_shown: 'reauthentication_not_shown',
  sign_up_closed: 'sign_up_closed',
  too_many_attempts: 'too_many_requests',
  too_many_codes: 'too_many_codes',
  email_not_verified: 'email_not_verified',
  exceeds_own_permissions: 'exceeds_own_permissions',
  operators_account: 'exceeds_own_permissions',
  last_owner: 'last_owner',
  already_member: 'already_member',
  member_of_others: 'member_of_others',
  invitation_outgrown: 'invitation_outgrown',
  slug_taken: 'name_taken',
  name_taken: 'name_taken',
  team_in_use: 'in_use',
  team_keys: 'exceeds_own_permissions',
  single_sign_on_required: 'single_sign_on_required',
  address_managed: 'conflict',
  domain_invalid: 'invalid_request',
  domain_record_missing: 'conflict',
  domain_record_differs: 'conflict',
  domain_lookup_failed: 'conflict',
  domain_taken: 'conflict',
  sso_no_domain: 'conflict',
  sso_never_used: 'conflict',
  sso_locks_out: 'conflict',
  sso_domain_enforced: 'conflict',
  secret_needed: 'invalid_request',
  removed_from_organization: 'permission_denied',
  not_a_member: 'permission_denied',
  email_not_of_domain: 'permission_denied',
  provider_unreachable: 'service_unavailable',
  provider_misconfigured: 'service_unavailable',
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
  secret_needed: 'secret_needed',
};

/** Of every code of identity that becomes a vague one, or one that says less. */
const REASON_OF_IDENTITY = {
  role_in_use: 'role_in_use',
  team_in_use: 'team_in_use',
  team_keys: 'team_keys',
  too_many_passkeys: 'too_many_passkeys',
  operators_account: 'operators_account',
  address_managed: 'address_managed',
  domain_record_missing: 'domain_record_missing',
  domain_record_differs: 'domain_record_differs',
  domain_lookup_failed: 'domain_lookup_failed',
  domain_taken: 'domain_taken',
  sso_no_domain: 'sso_no_domain',
  sso_never_used: 'sso_never_used',
  sso_locks_out: 'sso_locks_out',
  sso_domain_enforced: 'sso_domain_enforced',
} as const satisfies Partial<Record<IdentityErrorCode, ProblemReason>>;

/** Connection refused, pool exhausted, time-outs, a deadlock: nobody did anything wrong, and the next try may go through. */
const UNAVAILABLE_PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034']);
const UNAVAILABLE_SQL_CODES =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|DatabaseNotReachable|ConnectionClosed|SocketTimeout|57P0[123]|53300|40P01|40001|deadlock detected|connection terminated|timeout exceeded when trying to connect/i;

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
  const reasons: Readonly<Partial<Record<IdentityErrorCode, ProblemReason>>> = REASON_OF_IDENTITY;
  return new ApiProblem(CODE_OF_IDENTITY[error.code], error.message, {
    reason: reasons[error.code],
    ...(error.counts === undefined ? {} : { counts: error.counts }),
    ...(error.names === undefined ? {} : { names: error.names }),
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
  if (error.code === 'P2002')
    return new ApiProblem('conflict', 'It exists already', { reason: 'exists', cause: error });
  if (error.code === 'P2025') return new ApiProblem('not_found', 'It does not exist here', { cause: error });
  if (error.code === 'P2003') {
    return new ApiProblem('conflict', 'It refers to something that does not exist, or is still referred to', {
      reason: 'referred_to',
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
  readonly reason?: ProblemReason;
  readonly counts?: ProblemCounts;
  readonly names?: ProblemNames;
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
    ...(problem.reason === undefined ? {} : { reason: problem.reason }),
    ...(problem.counts === undefined ? {} : { counts: problem.counts }),
    ...(problem.names === undefined ? {} : { names: problem.names }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (problem.retryAfterMs !== undefined) {
    headers.set('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterMs / 1_000))));
  }
  if (problem.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer realm="tollgate"');
  return new Response(JSON.stringify(body), { status, headers });
}
