export const routes = {
  title: 'Routes',
  description:
    'A name that applications ask for, and the models that answer it: by weight, by condition, and one after the other where a provider fails.',
  emptyTitle: 'No routes yet',
  emptyText:
    'A route is a name that applications send as their model. Behind it you decide who answers: two models by weight, a cheaper one for some requests, another provider where the first fails. Applications change nothing.',
  create: 'Create route',
  learn: 'How do I fall back to another provider?',
  search: 'Search routes',
  states: { all: 'All states', enabled: 'Enabled', disabled: 'Disabled' },
  columns: {
    name: 'Route',
    targets: 'Targets',
    rules: 'Rules',
    fallbacks: 'Fall-backs',
    updated: 'Changed',
  },
  rules: (count: number) => (count === 1 ? '1 rule' : `${count} rules`),
  conditions: (count: number) =>
    count === 0 ? 'no conditions' : count === 1 ? '1 condition' : `${count} conditions`,
  shares: (list: string) => `Shares: ${list}`,
  noFallbacks: 'none',
  moreTargets: (count: number) => `and ${count} more`,
  hasProblems: (count: number) =>
    count === 1 ? '1 target cannot be used' : `${count} targets cannot be used`,
  unreadable: 'Cannot be read',
  unreadableText:
    'What is stored of this route cannot be read: its requests are refused, on every gateway. Give it new rules, or delete it.',
  actions: {
    open: 'Open',
    duplicate: 'Duplicate',
    disable: 'Disable',
    enable: 'Enable',
    delete: 'Delete',
    disableTitle: (name: string) => `Disable “${name}”?`,
    deleteTitle: (name: string) => `Delete “${name}”?`,
    toModel: (name: string) =>
      `Requests for “${name}” go to the model of that name from now on, on every gateway within seconds.`,
    toNothing: (name: string) =>
      `Requests for “${name}” are refused with model_not_found from now on, on every gateway within seconds.`,
    looking: 'Looking at the last 7 days…',
    unused: 'No request of the last 7 days went by it.',
    used: (requests: string) =>
      `${requests} ${requests === '1' ? 'request' : 'requests'} of the last 7 days went by it.`,
    usedAtLeast: (requests: string) =>
      `At least ${requests} ${requests === '1' ? 'request' : 'requests'} of the last 7 days went by it.`,
    requests: 'Its requests',
    keepsHistory: 'What it answered so far stays in requests and usage.',
    disabled: (name: string) => `“${name}” is disabled`,
    enabled: (name: string) => `“${name}” answers again`,
    deleted: (name: string) => `“${name}” is deleted`,
  },
  notFound: 'There is no such route',
  notFoundText: 'It may have been deleted. Its history stays in the audit log.',
  newTitle: 'New route',
  copyOf: (name: string) => `${name}-copy`,
};
