export const auth = {
  signIn: { title: 'Sign in' },
  signUp: { title: 'Create your account' },
  verifyEmail: { title: 'Check your e-mail' },
  forgotPassword: { title: 'Forgot your password?' },
  resetPassword: { title: 'Choose a new password' },
  invitation: { title: 'You are invited' },
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
