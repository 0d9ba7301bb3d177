export const models = {
  title: 'Models',
  description: 'What your organization can reach, with prices and abilities.',
  emptyTitle: 'No models within reach',
  emptyText: 'Models appear as soon as a provider is connected.',
};
