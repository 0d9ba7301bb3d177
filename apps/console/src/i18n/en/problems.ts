/** Refusals of the admin API by their code, where a translated sentence says it better than the API's own. */
/** Written as the reader writes numbers. */
type Counts = Readonly<Record<string, string>>;

export const problems = {
  unexpected: 'Something went wrong. Please try again.',
  codes: {
    network_error: 'The server could not be reached. Check your connection and try again.',
    invalid_answer: 'The server sent a broken answer. Please try again.',
    invalid_credentials: 'The address or the password is wrong.',
    unauthenticated: 'Your session has ended. Sign in again.',
    organization_closed: 'This organization is closed: nothing can be changed any more.',
    sign_in_expired: 'This sign-in took too long. Begin anew.',
    reauthentication_required: 'Sign in again to do this.',
    second_factor_required: 'This organization wants a second factor.',
    single_sign_on_required: 'This organization lets you in only by its identity provider.',
    person_changed: 'Somebody else has signed in in this browser meanwhile. Load this page anew.',
    second_factor_exists: 'There is one already.',
    passkey_refused: 'The passkey was not accepted. Try again.',
    permission_denied: 'Your role does not allow this.',
    email_not_verified: 'Verify your e-mail address first.',
    sign_up_closed: 'Sign-up is closed here. You need an invitation.',
    too_many_codes:
      'Too many wrong codes. No code is taken for up to 24 hours; a passkey still works. Was it not you? Change your password.',
    reauthentication_not_shown:
      'The provider did not say that it has just asked who you are. Sign out and in again instead.',
    member_of_others:
      'This person belongs to other organizations, too, whose protection it is as well. Ask whoever runs this installation.',
    invitation_outgrown:
      'Whoever invited you may not give this role or team any longer. Ask for a new invitation.',
    too_many_requests: 'Too many attempts. Wait a moment and try again.',
    version_conflict: 'Somebody changed this meanwhile. Reload and try again.',
    name_taken: 'This name is taken.',
    service_unavailable: 'A service behind the console does not answer. Try again in a moment.',
    not_found: 'This does not exist here any longer.',
    exceeds_own_permissions: 'Nobody gives away more than they have.',
    last_owner: 'An organization has at least one owner.',
    not_enforced:
      'The gateways of this installation do not hold requests to limits yet, so none can be made.',
    email_taken: 'This address has an account already.',
    already_member: 'This person is a member already.',
    in_use: 'It is still in use.',
    request_too_large: 'This is too large to send.',
    request_timeout: 'Sending took too long. Try again.',
    link_for_other_account: 'This link is for another account.',
    invalid_request: 'Something in this is not valid.',
    invalid_json: 'The request came broken. Reload and try again.',
    organization_required: 'Choose an organization first: you are in several, or in none.',
    method_not_allowed: 'This is not possible here.',
    csrf_refused: 'This did not come from the console itself. Reload and try again.',
    conflict: 'This does not go with how things stand. Reload to see what has changed.',
    idempotency_in_progress: 'The same change is still under way. Wait a moment.',
    idempotency_key_reused: 'This was sent before with something else in it. Reload and try again.',
    unsupported_media_type: 'This kind of file is not taken.',
    internal_error: 'Something went wrong on our side. It was recorded.',
  },
  /** Why exactly, where a code stands for several reasons. Counts come along where there are some. */
  reasons: {
    room: ({ limit }: Counts) => `There are as many as there may be: ${limit}. Remove one first.`,
    budgets_per_key: ({ limit }: Counts) =>
      `A key has at most ${limit} budgets. Change or archive one of them first.`,
    dunning_limit: () =>
      'This limit holds because an invoice is overdue. It goes by itself once the invoice is paid, or settled by whoever runs this installation.',
    set_by_operator: () =>
      'Whoever runs this installation has set this budget, for the models that they provide. Ask them for more, or connect a provider of your own.',
    routes_too_large: ({ limit }: Counts) =>
      `All routes of an organization together have at most ${limit} bytes. Shorten one first.`,
    key_revoked: () => 'The key is revoked: it cannot be changed any more.',
    role_built_in: () => 'This role is built in. Make one of your own like it.',
    operators_account: () =>
      'This person operates the installation. Only another operator can act on their account.',
    team_keys: () =>
      'There are keys that you may not manage, and this would give power over them. It takes the permission for every key, or to be in that team.',
    exists: () => 'This exists already.',
    referred_to: () => 'Something else still refers to this, or it refers to something that is gone.',
    too_many_passkeys: () => 'There are as many passkeys as there may be. Remove one first.',
    came_with_organization: () => 'This came with the organization. Switch it off instead.',
    team_in_use: ({ keys, teams }: Counts) =>
      `The team cannot go yet: ${[
        keys !== '0' && (keys === '1' ? '1 key in use' : `${keys} keys in use`),
        teams !== '0' && (teams === '1' ? '1 team below it' : `${teams} teams below it`),
      ]
        .filter(Boolean)
        .join(' and ')}.`,
    role_in_use: ({ members, invitations, channels }: Counts) =>
      `Members with this role: ${members}; open invitations: ${invitations}; alert channels: ${channels}. Choose what they get instead.`,
    price_in_force: () =>
      'The price is in force or about to be. Only one that is yet to come can be removed.',
    markup_in_force: () =>
      'The markup is in force or about to be. Only one that is yet to come can be removed.',
    closed_by_owner: () => 'The organization was closed by its owner, for good.',
    suspended_already: () => 'The organization is suspended already.',
    not_suspended: () => 'The organization is not suspended.',
    rerating_open: () => 'Another re-rating is not over. Apply or cancel it first.',
    rerating_state: () => 'The re-rating is not shown in full yet, or is over already.',
    close_steps_open: () => 'Some steps before this one are not done yet.',
    line_decided: () => 'This was decided about already.',
    invoice_not_finalized: () => 'Finalize the invoice first.',
    no_recipient: () => 'Name a recipient, or give the billing details an e-mail address.',
    bill_booked: () => 'Differences of this bill are booked: it cannot be changed.',
    drops_decisions: ({ decisions }: Counts) =>
      decisions === '1'
        ? '1 decision is about a difference that has changed: it would be lost.'
        : `${decisions} decisions are about differences that have changed: they would be lost.`,
    imported_otherwise: ({ provider, timeZone }: Counts) =>
      `This file is there already, as a bill of ${provider} in the days of ${timeZone}. Delete that bill, then import the file again.`,
    compared_since: () => 'The bill was compared again meanwhile. Look at its differences once more.',
    too_few_seats: () => 'There must be a seat for each member.',
    unknown_plan: () => 'This plan is not offered.',
    invalid_amount: () => 'This amount is not possible.',
    not_configured: () => 'This installation takes no payments: it has no payment provider.',
    payment_provider_failed: () => 'The payment provider does not answer. Try again in a moment.',
    period_running: () => 'The period has not ended yet.',
    wrong_state: () => 'Its state does not allow this any more. Reload to see what has changed.',
    usage_arriving: () => 'Usage of the period is still being added. Try again in a few seconds.',
    disagrees_with_ledger: () =>
      'The lines do not add up to the ledger, so nothing is numbered. Ask whoever runs this installation.',
    series_taken: () => 'Another issuer numbers in this series. Choose another.',
    place_taken: () => 'Another destination has this bucket and prefix.',
    secret_needed: () => 'Give the secret again, because the place changes.',
    domain_record_missing: ({ record }: Counts) =>
      `There is no TXT record at ${record} yet. Add it, then check again; some name servers take an hour to show it.`,
    domain_record_differs: ({ record, found }: Counts) =>
      `The TXT record at ${record} says something else: ${found}. Correct it, or add the one above beside it, then check again.`,
    domain_lookup_failed: ({ record }: Counts) =>
      `The name servers did not answer for ${record}. Nothing is wrong with the record by that: check again in a few minutes.`,
    domain_taken: () =>
      'Another organization has verified this domain, and its record is still there. Remove that one first, or ask whoever runs this installation.',
    address_managed: () =>
      'Your organization manages your address: it changes at your identity provider, not here.',
    sso_no_domain: () => 'Verify a domain first: without one it is about nobody.',
    sso_never_used: () => 'Sign in with the identity provider once first: then it is known to work.',
    sso_locks_out: () => 'You would lock yourself out. Sign in with the identity provider first.',
    sso_domain_enforced: ({ members }: Counts) =>
      `Members with addresses of this domain who have to sign in with the identity provider: ${members}. Stop requiring it first.`,
    empty_range: () => 'The range must end after it begins.',
    too_many_exports: () => 'Too many exports are waiting. Try again when some are done.',
    too_many_destinations: () => 'There are as many destinations as there may be. Remove one first.',
    export_not_kept: () => 'This export is not ready, or is kept no longer.',
    export_elsewhere: () => 'The file lies on another machine of this installation. Ask whoever runs it.',
    invoice_not_draft: () => 'The invoice is a draft no longer.',
    note_not_draft: () => 'The note is a draft no longer.',
    invoice_void: () => 'The invoice is void: nothing is owed on it that could be given back.',
    nothing_to_confirm: () => 'There is nothing to confirm here yet.',
    month_over: () => 'The month is over: its costs stay divided as they are.',
    shares_not_whole: () => 'The shares of different places must add up to 100 %.',
    empty_file: () => 'The file is empty.',
  },
  /** Why nothing came of a call to somebody else's host. */
  faults: {
    unknown_provider: 'This provider is not known.',
    credential_refused: 'The provider refused the credential, or it cannot be read.',
    no_model_list: 'There is no list of models at this base URL.',
    rate_limited: 'The provider limits this credential right now.',
    redirects: 'It redirects elsewhere, which is not followed.',
    other_status: 'It answered with an error.',
    not_models: 'The answer is not a list of models.',
    private_address: 'The address is private, and the operator has not allowed it.',
    https_needed: 'The address must begin with https://.',
    unknown_host: 'The host name does not exist.',
    lookup_failed: 'The host name could not be looked up.',
    connection_refused: 'The host refused the connection.',
    connection_ended: 'The host ended the connection.',
    timeout: 'The host did not answer in time.',
    too_large: 'The answer is too large.',
    connection_failed: 'The connection failed.',
    no_recipients: 'There is nobody among the recipients.',
  },
  /** What is wrong with one field. The bound that was passed comes along, where there is one. */
  fields: {
    required: () => 'Please fill this in.',
    invalid: () => 'This is not valid.',
    wrong_type: () => 'This has the wrong form.',
    wrong_format: () => 'This has the wrong form.',
    not_allowed: () => 'This choice is not offered here.',
    unknown_field: () => 'This field does not belong here.',
    too_short: (limit: string) => `At least ${limit} characters.`,
    too_long: (limit: string) => `At most ${limit} characters.`,
    too_small: (limit: string) => `At least ${limit}.`,
    too_large: (limit: string) => `At most ${limit}.`,
    too_few: (limit: string) => `At least ${limit}.`,
    too_many: (limit: string) => `At most ${limit} of them.`,
    control_characters: () => 'Control characters, such as line breaks, do not belong here.',
    amount: () => 'Write an amount in US dollars, such as 25 or 12.50.',
    address_range: () => 'Write an IP address or a range such as 192.0.2.0/24.',
    taken: () => 'This name is taken.',
    time_zone: () => 'Choose a time zone such as Europe/Berlin.',
    tag_form: () => 'Write name=value; name=* is one per value.',
    not_future: () => 'Choose a time in the future.',
    too_late: () => 'The rules of your organization or team allow no later date.',
    unknown_reference: () => 'There is no such thing in this organization.',
    wrong_password: () => 'This is not your password.',
    wrong_code: () => 'This code is wrong, used already or too old. Enter the one that is shown now.',
    weak_password: () => 'Choose a longer password that nobody would guess.',
    unchanged: () => 'This is your address already.',
    address_taken: () => 'This address has an account already.',
    invalid_email: () => 'Write an e-mail address such as name@example.com.',
    invalid_token: () => 'This link was used, replaced or has expired.',
    secret_needed: () => 'Give the secret again, because the address changes.',
    private_address: () => 'This address is private, and the operator has not allowed it.',
    https_needed: () => 'Write an address that begins with https://.',
    shared_issuer: () =>
      'Anybody has an account at this issuer. Write the one of your own directory, with its tenant id.',
    range_too_long: () => 'This time range is too long.',
    incomplete: () =>
      'Something that belongs to it is missing: who may change a thing must be able to see it.',
    above_limit: () => 'This must be at most the amount that it rises to.',
    country_needed: () => 'You are billed, so a country is needed: choose another one instead of none.',
    tax_id: (expected: string) => `Tax ids of this country look like ${expected}.`,
    too_precise: () => 'Use fewer decimals: at most 6 per million tokens.',
  },
};
