export const auth = {
  name: 'Your name',
  email: 'E-mail address',
  password: 'Password',
  newPassword: 'New password',
  organizationName: 'Organization',
  organizationHint: 'Your company or project. You can change it any time.',
  strength: {
    empty: 'At least 10 characters. A few words make a good one.',
    short: 'At least 10 characters.',
    weak: 'Easy to guess. Make it longer.',
    good: 'Good.',
    strong: 'Strong.',
  },
  errors: {
    email: 'Enter an e-mail address, such as ada@example.com.',
    passwordShort: 'At least 10 characters.',
    passwordMissing: 'Enter your password.',
  },
  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    forgot: 'Forgot it?',
    noAccount: 'New here?',
    toSignUp: 'Create an account',
    ended: 'You are signed out.',
    passwordChanged: 'Your password is changed. Sign in with the new one.',
  },
  signUp: {
    title: 'Create your account',
    intro: 'A key that answers in under a minute.',
    submit: 'Create account',
    haveAccount: 'Have an account?',
    toSignIn: 'Sign in',
    taken: 'This address has an account.',
  },
  oauth: {
    continueWith: (provider: string) => `Continue with ${provider}`,
    or: 'or with e-mail',
    problems: {
      failed: 'This sign-in did not succeed. It may have been started in another window: try again.',
      cancelled: 'You cancelled the sign-in.',
      account_not_linked:
        'This address has an account. Sign in to it first, then come this way again in the same browser. If you do not know its password, have a link to reset it sent to the address: that verifies the address as well. Where no mail is sent, ask whoever runs this installation.',
      linked_otherwise:
        'You came by another account of your identity provider before. If that one was replaced, ask an owner of your organization to remove you from it and to invite you again, then come this way once more.',
      account_disabled: 'This account is disabled. Ask whoever runs this installation.',
      invalid_email: 'The provider told no e-mail address that can be used. Sign up with an address instead.',
      sign_up_closed: 'New accounts need an invitation here, or an address of an admitted domain.',
      invitation_for_other_address: 'The invitation is for another address than the one of this account.',
      invalid_token: 'This invitation does not work any more. Ask for a new one.',
      invitation_outgrown:
        'Whoever invited you may not give this role or team any longer. Ask for a new invitation.',
      too_many_attempts: 'Too many attempts. Wait a while and try again.',
      email_taken: 'This address has an account. Sign in with its password.',
      operators_account:
        'You operate this installation, and no organization signs operators in. Sign in with your password or a passkey.',
      removed_from_organization:
        'You were removed from this organization. Ask one of its owners or administrators for an invitation, then sign in again.',
      not_a_member:
        'Your identity provider knows you, but you are no member here. Ask an owner or administrator of your organization for an invitation, then sign in again.',
      email_not_of_domain:
        'Your identity provider told an e-mail address that is not of a domain of your organization, or that it has not verified. Ask who runs it to correct your address there.',
      provider_unreachable:
        'Your identity provider does not answer. Try again in a few minutes. Owners can sign in with a password meanwhile.',
      provider_misconfigured:
        'Your identity provider and Tollgate do not understand each other. Tell an owner of your organization: under Settings, Single sign-on, the provider can be tested.',
    },
  },
  singleSignOn: {
    found: (provider: string) => `Your organization signs in with ${provider}.`,
    usePassword: 'Use a password instead',
    wantedTitle: 'Single sign-on is required',
    wantedIntro: (organization: string) =>
      `${organization} lets you in only by its own identity provider, and you are signed in another way.`,
    wantedAfter: 'You come back to the page that you asked for.',
    wantedNoWay: 'No way to the identity provider is known. Ask an owner of the organization.',
  },
  signOut: {
    title: 'Sign out?',
    text: 'This ends your session in this browser. Others stay open.',
    submit: 'Sign out',
    stay: 'Stay signed in',
  },
  verifyEmail: {
    title: 'Check your e-mail',
    checking: 'Verifying your address…',
    done: 'Your address is verified',
    doneText: 'Invitations and live credentials are open to you now.',
    failed: 'This link does not work',
    failedText: 'It was used already, or it is older than a day. Send yourself a new one.',
    waiting: 'We sent you a link. Open it to verify your address.',
    resend: 'Send a new link',
    resent: 'A new link is on its way.',
    signInToResend: 'Sign in to send it again',
    signInFirst: 'Sign in to verify',
    signInFirstText:
      'The link verifies the address for the account that it was sent for, in that account’s own session. Sign in, and it is done.',
    signIn: 'Sign in',
    notMine: 'You did not make this account?',
    notMineText:
      'Somebody may have typed your address. Setting a new password makes the account yours and ends every session of theirs; or do nothing, and the address stays unverified.',
    takeOver: 'Set a new password',
    otherAccount: 'This link is for another account',
    otherAccountText:
      'You are signed in with a different address. Sign out, and sign in with the one that got the mail.',
    signOut: 'Sign out',
    toConsole: 'Go to the console',
  },
  confirmEmail: {
    title: 'Change your e-mail address',
    checking: 'Confirming your new address…',
    done: 'Your address is changed',
    doneText: (email: string) =>
      `From now on you sign in with ${email}. Every other session has ended, and your old address was told.`,
    failed: 'This link does not work',
    failedText:
      'It was used, replaced or dropped, it is older than a day, or you are signed in with another account. Your address stays as it is.',
    taken: 'The address has an account meanwhile',
    takenText: 'Somebody signed up with it, or may still take it back. Your address stays as it is.',
    signInFirst: 'Sign in to confirm',
    signInFirstText:
      'The link works in a session of your own account. Sign in with your address so far, and it is done.',
    signIn: 'Sign in',
    toProfile: 'Go to your profile',
  },
  undoEmail: {
    title: 'Take the change back?',
    intro:
      'The address of your account was changed. If that was not you, take it back: this address becomes yours again.',
    consequences: [
      'Every session of the account ends, everywhere.',
      'Your password counts no longer; we send you a link for a new one.',
      'Passkeys, authenticator apps and linked accounts that were added since are removed.',
    ],
    submit: 'Take it back',
    done: 'Your address is back',
    doneText: (email: string) => `A link for a new password is on its way to ${email}.`,
    failed: 'This link does not work',
    failedText: 'It was used already, or it is older than seven days. Ask whoever runs this installation.',
    toSignIn: 'Go to sign-in',
  },
  banner: {
    text: (email: string) => `Verify ${email}: invitations and live credentials wait for it.`,
    resend: 'Send the link again',
    resent: 'Sent. Look into your mail.',
  },
  forgotPassword: {
    title: 'Forgot your password?',
    intro: 'We send you a link to choose a new one.',
    submit: 'Send the link',
    sentTitle: 'Check your e-mail',
    sent: (email: string) =>
      `If ${email} has an account, a link is on its way. It works for an hour and once only.`,
    again: 'Try another address',
    toSignIn: 'Back to sign-in',
  },
  resetPassword: {
    title: 'Choose a new password',
    intro: 'All your sessions end, everywhere.',
    submit: 'Set the password',
    noToken: 'This link does not work',
    noTokenText: 'It was used already, or it is too old. Ask for a new one.',
    askAgain: 'Ask for a new link',
  },
  invitation: {
    title: 'You are invited',
    titleFor: (organization: string) => `Join ${organization}`,
    loading: 'Reading your invitation…',
    intro: (email: string, role: string) => `The invitation is for ${email}, as ${role}.`,
    failed: 'This invitation does not work',
    toSignIn: 'Go to sign-in',
    toConsole: 'Go to the console',
    failedText: 'It was used, revoked or replaced, or it is too old. Ask for a new one.',
    accept: 'Accept',
    acceptAs: (email: string) => `You are signed in as ${email}.`,
    otherAccount: (email: string) =>
      `You are signed in as ${email}, but the invitation is for another address. Sign out and open the link again.`,
    signOut: 'Sign out',
    newHere: 'New here',
    haveAccount: 'I have an account',
    signUp: 'Create account and join',
    signIn: 'Sign in and join',
    roles: {
      owner: 'owner',
      admin: 'administrator',
      developer: 'developer',
      finance: 'finance',
      viewer: 'viewer',
    },
  },
  newOrganization: {
    title: 'New organization',
    text: 'Its keys, budgets and invoices are its own. You become its owner.',
    submit: 'Create organization',
  },
  panel: {
    headline: 'The control plane for AI traffic',
    tagline: 'Exact to the last digit.',
    points: {
      metering: 'Every request priced from the provider’s own usage, to a trillionth of a dollar.',
      budgets: 'Budgets that hold before the call, not after the bill.',
      keys: 'One key per application, revoked everywhere in seconds.',
    },
  },
};
