export const keys = {
  title: 'Keys',
  description: 'Virtual keys give an application its own limits, budget and bill.',
  emptyTitle: 'No keys yet',
  emptyText:
    'A key belongs to a team, reaches only the models you choose, and stops at its budget. The first one takes ten seconds.',
};
