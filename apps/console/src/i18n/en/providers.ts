export const providers = {
  title: 'Providers',
  description: 'Credentials of the providers that requests are sent to.',
  emptyTitle: 'No provider connected',
  emptyText:
    'Paste a provider key and it is tested at once, or start with the simulator, which costs nothing.',
};
