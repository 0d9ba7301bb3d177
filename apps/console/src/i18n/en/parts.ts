/** What several screens of the organization share. */
export const parts = {
  forbiddenTitle: 'Your role does not show this',
  forbiddenText: (permission: string) =>
    `It needs the permission ${permission}. Ask an owner or administrator of your organization.`,
  search: 'Search',
  noMatchTitle: 'Nothing matches',
  noMatchText: 'No entry fits the search and filters.',
  more: 'More actions',
  actions: 'Actions',
  team: 'Team',
  noTeam: 'No team',
  allTeams: 'All teams',
  role: 'Role',
  permissions: 'Permissions',
  thisMonth: 'this month',
  required: 'Please fill this in.',
  csvDone: (count: number) => (count === 1 ? '1 row saved' : `${count} rows saved`),
  csvPart: (count: number) => `The first ${count} rows are in the file; there are more. Filter the list.`,
  idLabel: 'Id',
  bulk: {
    some: (label: string, count: number) => `${label} (${count})`,
    tooMany: (max: number) => `At most ${max} at once.`,
    more: (count: number) => `and ${count} more`,
    changed: (count: number) => (count === 1 ? '1 changed' : `${count} changed`),
    archived: (count: number) => (count === 1 ? '1 archived' : `${count} archived`),
    removed: (count: number) => (count === 1 ? '1 removed' : `${count} removed`),
    stopped: (done: string, left: number) =>
      `Stopped: ${done}, ${left} left as ${left === 1 ? 'it is' : 'they are'}`,
    failed: (count: number) => (count === 1 ? '1 could not be changed' : `${count} could not be changed`),
    results: 'What became of it',
  },
  chooseCountry: 'Choose a country',
  unsaved: {
    title: 'Leave without saving?',
    text: 'What you changed on this page is lost.',
    leave: 'Leave',
  },
  changedMeanwhile: {
    title: 'Somebody else changed this meanwhile',
    untouched:
      'The fields show the newer state, and what you typed is still there. Save again if it is right.',
    contested: 'What you typed is still there. Saving again replaces what they wrote:',
    now: (name: string, value: string) => `${name}: ${value === '' ? 'now empty' : `now ${value}`}`,
    take: 'Take the newer state',
  },
  roles: {
    owner: 'Owner',
    admin: 'Administrator',
    developer: 'Developer',
    finance: 'Finance',
    viewer: 'Viewer',
  },
};
