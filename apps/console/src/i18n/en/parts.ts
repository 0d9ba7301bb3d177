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
  roles: {
    owner: 'Owner',
    admin: 'Administrator',
    developer: 'Developer',
    finance: 'Finance',
    viewer: 'Viewer',
  },
};
