/** Every reason for which identity says no. The API gives each a status; nobody reads the text. */
export type IdentityErrorCode =
  | 'invalid_email'
  | 'email_taken'
  | 'email_unchanged'
  | 'account_not_linked'
  | 'linked_otherwise'
  | 'account_disabled'
  | 'weak_password'
  | 'invalid_credentials'
  | 'wrong_password'
  | 'wrong_code'
  | 'passkey_refused'
  | 'passkey_known'
  | 'too_many_passkeys'
  | 'second_factor_exists'
  | 'sign_in_expired'
  | 'session_ended'
  | 'reauthentication_required'
  | 'reauthentication_not_shown'
  | 'sign_up_closed'
  | 'invalid_token'
  | 'link_for_other_account'
  | 'too_many_attempts'
  | 'too_many_codes'
  | 'email_not_verified'
  | 'exceeds_own_permissions'
  | 'operators_account'
  | 'last_owner'
  | 'member_of_others'
  | 'already_member'
  | 'invitation_for_other_address'
  | 'invitation_outgrown'
  | 'slug_taken'
  | 'name_taken'
  | 'unknown_role'
  | 'incomplete_role'
  | 'role_in_use'
  | 'unknown_team'
  | 'team_cycle'
  | 'team_in_use'
  | 'team_keys'
  | 'single_sign_on_required'
  | 'address_managed'
  | 'domain_invalid'
  | 'domain_record_missing'
  | 'domain_record_differs'
  | 'domain_lookup_failed'
  | 'domain_taken'
  | 'sso_no_domain'
  | 'sso_never_used'
  | 'sso_locks_out'
  | 'sso_domain_enforced'
  | 'secret_needed'
  | 'removed_from_organization'
  | 'not_a_member'
  | 'email_not_of_domain'
  | 'provider_unreachable'
  | 'provider_misconfigured'
  | 'not_found';

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;
  /** The input field at fault, where there is one. */
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** How many of what stand in the way: `{ keys: 3, teams: 2 }`. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  /** What it is about: `{ record: '_tollgate.acme.example' }`. */
  readonly names: Readonly<Record<string, string>> | undefined;

  constructor(
    code: IdentityErrorCode,
    message: string,
    details: {
      readonly field?: string;
      readonly retryAfterMs?: number;
      readonly counts?: Readonly<Record<string, number>>;
      readonly names?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'IdentityError';
    this.code = code;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    this.counts = details.counts;
    this.names = details.names;
  }
}
