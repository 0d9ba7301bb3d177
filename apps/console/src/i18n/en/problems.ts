/** Refusals of the admin API by their code, where a translated sentence says it better than the API's own. */
export const problems = {
  unexpected: 'Something went wrong. Please try again.',
  codes: {
    network_error: 'The server could not be reached. Check your connection and try again.',
    invalid_answer: 'The server sent a broken answer. Please try again.',
    invalid_credentials: 'The address or the password is wrong.',
    unauthenticated: 'Your session has ended. Sign in again.',
    permission_denied: 'Your role does not allow this.',
    email_not_verified: 'Verify your e-mail address first.',
    sign_up_closed: 'Sign-up is closed here. You need an invitation.',
    too_many_requests: 'Too many attempts. Wait a moment and try again.',
    version_conflict: 'Somebody changed this meanwhile. Reload and try again.',
    name_taken: 'This name is taken.',
    service_unavailable: 'A service behind the console does not answer. Try again in a moment.',
    internal_error: 'Something went wrong on our side. It was recorded.',
  },
};
