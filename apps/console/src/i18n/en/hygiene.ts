export const hygiene = {
  title: 'Key hygiene',
  description: 'Keys that could go wrong unnoticed, and what to do about them.',
  back: 'All keys',
  tabs: { findings: 'Findings', rules: 'Rules' },
  findings: {
    noBudget: 'No budget',
    noRateLimit: 'No rate limit',
    neverExpires: 'Never expires',
    idle: 'Idle',
    ownerLeft: 'Owner left',
    notRotated: 'Not rotated',
  },
  hints: {
    noBudget: 'no hard budget stops it',
    noRateLimit: 'nothing slows it down',
    neverExpires: 'works until revoked',
    idle: (days: number) => `unused for ${days} days`,
    ownerLeft: 'nobody answers for it',
    notRotated: (days: number) => `same secret for ${days} days`,
  },
  what: {
    noBudget:
      'No hard budget of its own, its team, its owner or the organization holds these keys. A leaked one can spend without end.',
    noRateLimit:
      'No rate limit of its own, its team, its owner or the organization holds all requests of these keys. One that runs wild takes what the others need. Limits of single models do not count.',
    neverExpires:
      'These keys work until somebody revokes them. Give them a date, or a rule for all new ones.',
    idle: 'Nobody used these keys for so long. Revoke what nothing needs.',
    ownerLeft:
      'Their owner’s account is disabled, or their service account is. Revoke them, or give them another owner.',
    notRotated:
      'Their secret is old. Rotate with an overlap: the old secret works on while the new one is rolled out.',
  },
  atLeast: (count: string) => `${count}+`,
  lookedAt: (count: string) => `Of the newest ${count} keys.`,
  days: 'Days',
  fineTitle: 'Nothing to do here',
  fineText: 'No key of yours has this problem.',
  rotated: 'Rotated',
  bulk: {
    expire: 'Set expiry',
    budget: 'Add budget',
    rotate: 'Rotate',
    owner: 'Change owner',
    team: 'Move to team',
    revoke: 'Revoke',
    tooMany: (max: number) => `At most ${max} keys at once.`,
    expireTitle: (count: number) => `Set an expiry for ${keyCount(count)}`,
    expireText: 'After that instant every gateway refuses them. A later date makes them work again.',
    budgetTitle: (count: number) => `Give ${keyCount(count)} a budget`,
    budgetText: 'Each gets one of its own.',
    rotateTitle: (count: number) => `Rotate ${keyCount(count)}`,
    rotateText: 'Each gets a new secret. Names, scopes, budgets and history stay.',
    ownerTitle: (count: number) => `Give ${keyCount(count)} another owner`,
    ownerText: 'Who owns a key answers for it. Secrets, scopes, budgets and history stay.',
    ownerMissing: 'Choose who owns them from now on.',
    teamTitle: (count: number) => `Move ${keyCount(count)} to a team`,
    teamText: 'From now on their spend, limits and budget count there; what they spent stays where it was.',
    teamMissing: 'Choose a team.',
    teamRules:
      'Keys that may live longer than the rules of that team allow are not moved, and you are told which. Give them a date first.',
    revokeTitle: (count: number) => `Revoke ${keyCount(count)}?`,
    revokeText:
      'Every gateway refuses them within a second and cuts their open streams. This cannot be undone.',
    asRules: 'as the rules of each team say',
    withoutRule: 'Where no rule names a time, the old secret stops at once.',
    confirmWord: 'revoke',
    perMinute: (rate: string, count: number) =>
      `${rate} requests/min use ${count === 1 ? 'one of these keys' : `${count} of these keys`}.`,
    unused: (minutes: number) => `Nothing used these keys in the last ${minutes} minutes.`,
    looking: 'Looking at what uses them…',
    failed: (count: number) => `${keyCount(count)} could not be changed`,
    done: (count: number) => `${keyCount(count)} changed`,
    resultTitle: 'New secrets',
    resultText: 'They are shown now and never again. Copy each before you close.',
    results: 'What became of it',
    submit: 'Apply',
  },
};

function keyCount(count: number): string {
  return count === 1 ? 'one key' : `${count} keys`;
}
