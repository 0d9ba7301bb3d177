export const usage = {
  title: 'Usage',
  description: 'Spend, tokens and requests, by any dimension and any range.',
  emptyTitle: 'No usage in this range',
  emptyText: 'Usage is counted from the first request on. Choose a longer range or send a request.',
  none: 'No value',
};
