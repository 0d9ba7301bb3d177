/** Every code of the admin API with its status, and every reason behind those that stand for several. Words only: clients read this. */

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
  single_sign_on_required: { status: 403, title: 'The organization wants a sign-in at its provider' },
  csrf_refused: { status: 403, title: 'The request did not come from the console' },
  sign_up_closed: { status: 403, title: 'Sign-up needs an invitation' },
  email_not_verified: { status: 403, title: 'The e-mail address must be verified first' },
  link_for_other_account: { status: 403, title: 'The link is for another account' },
  organization_closed: { status: 403, title: 'The organization is closed' },
  exceeds_own_permissions: { status: 403, title: 'Nobody gives away more than they have' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The body did not arrive in time' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  email_taken: { status: 409, title: 'The address has an account' },
  name_taken: { status: 409, title: 'The name is taken' },
  last_owner: { status: 409, title: 'An organization has at least one owner' },
  already_member: { status: 409, title: 'Already a member' },
  member_of_others: { status: 409, title: 'The person belongs to other organizations, too' },
  invitation_outgrown: { status: 409, title: 'Whoever invited may not give this role or team any longer' },
  in_use: { status: 409, title: 'It is in use' },
  person_changed: { status: 409, title: 'Somebody else is signed in by now' },
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

/**
 * Why the API says no where its code alone does not tell: one word for each sentence that people may read, so that
 * clients say it in words of their own. Counts that belong to it come along as `counts`.
 */
export const PROBLEM_REASONS = [
  /** Counts: limit. */
  'room',
  /** Counts: limit. */
  'budgets_per_key',
  'dunning_limit',
  'set_by_operator',
  /** Counts: limit, in bytes. */
  'routes_too_large',
  'key_revoked',
  'role_built_in',
  'operators_account',
  'team_keys',
  'exists',
  'referred_to',
  'too_many_passkeys',
  'came_with_organization',
  /** Counts: keys, teams. */
  'team_in_use',
  /** Counts: members, invitations, channels. */
  'role_in_use',
  'price_in_force',
  'markup_in_force',
  'closed_by_owner',
  'suspended_already',
  'not_suspended',
  'rerating_open',
  'rerating_state',
  'close_steps_open',
  'line_decided',
  'invoice_not_finalized',
  'no_recipient',
  'bill_booked',
  /** Counts: decisions. */
  'drops_decisions',
  'compared_since',
  /** Names: bill, provider, timeZone. */
  'imported_otherwise',
  'too_few_seats',
  'unknown_plan',
  'invalid_amount',
  'not_configured',
  'payment_provider_failed',
  'period_running',
  'wrong_state',
  'usage_arriving',
  'disagrees_with_ledger',
  'series_taken',
  'place_taken',
  'secret_needed',
  'empty_range',
  'too_many_exports',
  'too_many_destinations',
  'export_not_kept',
  'export_elsewhere',
  'invoice_not_draft',
  'note_not_draft',
  'invoice_void',
  'nothing_to_confirm',
  'month_over',
  'shares_not_whole',
  'empty_file',
  /** Names: record, expected. */
  'domain_record_missing',
  /** Names: record, expected, found. */
  'domain_record_differs',
  /** Names: record. */
  'domain_lookup_failed',
  'domain_taken',
  'sso_no_domain',
  'sso_never_used',
  'sso_locks_out',
  /** Counts: members. */
  'sso_domain_enforced',
  'address_managed',
] as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[number];

/** By name: `{ keys: 3, teams: 2 }`. */
export type ProblemCounts = Readonly<Record<string, number>>;
/** Ids and names of what the reason is about: `{ bill: 'bill_1' }`. */
export type ProblemNames = Readonly<Record<string, string>>;
