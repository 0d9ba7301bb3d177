export const settings = {
  profile: {
    title: 'Profile',
    description: 'Your name, language and password.',
    emptyTitle: 'Nothing to set yet',
    emptyText: 'Name, language and password will be set here.',
  },
  sessions: {
    title: 'Sessions',
    description: 'Where you are signed in. End what you do not recognize.',
    emptyTitle: 'No other sessions',
    emptyText: 'Browsers that sign in with your account are listed here.',
  },
  organization: {
    title: 'Organization',
    description: 'Name and defaults that hold for everyone in it.',
    emptyTitle: 'Nothing to set yet',
    emptyText: 'Name, region and defaults for new keys will be set here.',
  },
};
