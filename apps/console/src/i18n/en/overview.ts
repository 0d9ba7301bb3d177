export const overview = {
  title: 'Overview',
  description: 'What your keys did, what it cost, and what needs attention.',
  emptyTitle: 'Nothing has happened yet',
  emptyText:
    'Create a virtual key, send a request through the gateway, and spend, traffic and errors appear here.',
  start: 'Send the first request',
  useKey: 'See your keys',
  createKey: 'Create a key',
  spend: 'Spend this month',
  spendHint: 'UTC, test traffic included',
  requestsToday: 'Attempts today',
  requestsHint: 'UTC, a retry counts',
  activeKeys: 'Active keys',
  toKeys: 'All active keys',
  lastRequests: 'Last requests',
  allRequests: 'All requests',
};
