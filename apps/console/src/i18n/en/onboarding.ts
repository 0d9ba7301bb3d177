export const onboarding = {
  title: 'Set up your organization',
  description: 'Three short steps, each can be skipped.',
  emptyTitle: 'The wizard comes here',
  emptyText: 'Name, provider, first key.',
};
