export const overview = {
  title: 'Overview',
  description: 'What your keys did, what it cost, and what needs attention.',
  emptyTitle: 'Nothing has happened yet',
  emptyText:
    'Create a virtual key, send a request through the gateway, and spend, traffic and errors appear here.',
};
