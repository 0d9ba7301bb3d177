export const requests = {
  title: 'Requests',
  description: 'Every request, with its attempts, tokens and cost.',
  emptyTitle: 'No requests yet',
  emptyText: 'Point an SDK at the gateway with one of your keys. Requests show up here as they finish.',
};
