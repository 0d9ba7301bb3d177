export const rateLimits = {
  title: 'Rate limits',
  description:
    'How many requests, tokens or open requests a scope may use in a window. All that match must hold.',
  emptyTitle: 'No rate limits yet',
  emptyText:
    'A limit keeps one key, team or end user from taking what others need. A good first one: 600 requests a minute for each key.',
  create: 'Create rate limit',
  search: 'Search rate limits',
  columns: { scope: 'Applies to', limit: 'Limit', model: 'Model', changed: 'Changed', use: 'Used now' },
  eachCounted: 'counted for each value',
  anyModel: 'any',
  allMetrics: 'All metrics',
  dunning: {
    badge: 'Invoice overdue',
    title: 'This limit holds because an invoice is overdue',
    text: 'Nobody of the organization can change or delete it. It goes by itself once the invoice is paid, or settled by whoever runs this installation.',
    invoices: 'See the invoices',
  },
  form: {
    title: 'Create a rate limit',
    description: 'Holds on every gateway within a second, and across all of them together.',
    editTitle: (name: string) => `Change the limit of ${name}`,
    editText: 'Holds on every gateway within a second.',
    metric: 'Counts',
    metricText: {
      requests: 'Each request is one.',
      tokens: 'Input and output; estimated before, corrected after.',
      concurrency: 'Requests that run at the same time.',
    },
    limit: 'At most',
    window: 'Window',
    windowHint:
      'Sliding: what was used in this window, and of the one before as much as still overlaps, as if it had been spread evenly.',
    seconds: 'Seconds',
    secondsWrong: 'Write whole seconds, from 1 to 2,678,400 (31 days).',
    model: 'Only for one model',
    modelHint: 'Empty: for every model.',
    submit: 'Create rate limit',
    save: 'Save',
    created: (rule: string) => `The limit holds now: ${rule}`,
  },
  sheet: {
    now: 'Used now',
    refused: (count: string) =>
      count === '1'
        ? 'In the last 24 hours a rate limit refused one request of this scope'
        : `In the last 24 hours rate limits refused ${count} requests of this scope`,
    refusedAtLeast: (count: string) =>
      `In the last 24 hours rate limits refused at least ${count} requests of this scope`,
    nothingRefused: 'No rate limit refused a request of this scope in the last 24 hours.',
    caller: 'What a caller sees when refused',
    callerText:
      'Up to 30 seconds the official SDKs wait by themselves and try again; longer waits they hand to your application. Every refusal names this rule.',
    rule: 'Rule',
    id: 'Id',
    notFound: 'There is no such rate limit',
    notFoundText: 'It may have been deleted. Its history is in the audit log.',
    history: 'History',
  },
  actions: {
    edit: 'Change',
    delete: 'Delete',
    deleteTitle: 'Delete this rate limit?',
    deleteText: (rule: string, scope: string) =>
      `${rule}, for ${scope}, holds no longer, on any gateway, within a second. Other limits stay.`,
    deleted: 'The rate limit is deleted',
    deleteMany: (count: number) => (count === 1 ? 'Delete one rate limit?' : `Delete ${count} rate limits?`),
    deleteManyText: 'From now on they hold nobody back. Their history stays in the audit log.',
  },
  applied: {
    title: 'Rate limits',
    text: 'Every limit that its requests count against. All must have room.',
    none: 'No rate limit.',
    add: 'Add a rate limit',
    left: (left: string, limit: string) => `${left} of ${limit} left`,
    used: (used: string, limit: string) => `${used} of ${limit} used`,
    meter: (rule: string) => `Used of ${rule}`,
    decides: 'Decides',
    decidesHint: 'Of all of its kind, it is reached first.',
  },
};
