/** What the organization lays down: limits, alerts, where they go, roles, tokens, what is saved. */
import type { Caller } from './caller.ts';
import type { KeyName, Staff, StaffKey } from './people.ts';

const DAY_MS = 86_400_000;

type Keys = Readonly<Record<KeyName, StaffKey>>;

export async function layDownLimits(caller: Caller, { teamIds }: Staff, keys: Keys): Promise<void> {
  const budgets = [
    { name: 'Everything', scope: { type: 'organization', id: '*' }, limitUsd: '400', kind: 'soft' },
    { name: 'Checkout', scope: { type: 'team', id: teamIds.Checkout }, limitUsd: '160', kind: 'soft' },
    { name: 'Search', scope: { type: 'team', id: teamIds.Search }, limitUsd: '60', kind: 'soft' },
    {
      name: 'Data platform',
      scope: { type: 'team', id: teamIds['Data platform'] },
      limitUsd: '90',
      kind: 'soft',
    },
    { name: 'Staging', scope: { type: 'key', id: keys.staging.id }, limitUsd: '0.02', kind: 'hard' },
    { name: 'Each customer of the shop', scope: { type: 'endUser', id: '*' }, limitUsd: '25', kind: 'soft' },
  ];
  for (const budget of budgets) await caller.post('/budgets', { ...budget, period: 'month' });
  const organization = { type: 'organization', id: '*' };
  const limits = [
    { scope: organization, metric: 'requests', limit: 6_000, windowSeconds: 60 },
    { scope: organization, metric: 'concurrency', limit: 200 },
    { scope: { type: 'team', id: teamIds.Search }, metric: 'tokens', limit: 60_000_000, windowSeconds: 60 },
    { scope: { type: 'key', id: keys.platform.id }, metric: 'requests', limit: 600, windowSeconds: 60 },
    { scope: { type: 'key', id: keys.staging.id }, metric: 'requests', limit: 2, windowSeconds: 3_600 },
  ];
  for (const limit of limits) await caller.post('/rate-limits', limit);
}

/** The one whose page is shown comes last: pages show the newest. */
export async function layDownRoutes(caller: Caller, { teamIds }: Staff): Promise<void> {
  await caller.post('/routes', {
    name: 'nightly-summaries',
    description: 'Batches of the night, by whoever is cheapest',
    isEnabled: false,
    rules: [
      {
        targets: [
          { model: 'gemini-2.5-flash', weight: 60 },
          { model: 'gpt-5-mini', weight: 40 },
        ],
      },
    ],
  });
  await caller.post('/routes', {
    name: 'assistant',
    description: 'What the shop and the support desk talk to',
    rules: [
      {
        when: [
          { field: 'tag:tier', operator: 'is', values: ['free', 'trial'] },
          { field: 'inputTokens', operator: 'atMost', values: ['8000'] },
        ],
        targets: [
          { model: 'gpt-5-mini', weight: 80 },
          { model: 'claude-haiku-4-5', weight: 20 },
        ],
      },
      {
        when: [{ field: 'team', operator: 'is', values: [teamIds['Support assistant']] }],
        targets: [{ model: 'claude-sonnet-4-6', weight: 1 }],
      },
      {
        targets: [
          { model: 'gpt-5.2', weight: 65 },
          { model: 'claude-opus-4-8', weight: 30 },
          { model: 'qwen3-32b', weight: 5 },
        ],
      },
    ],
    fallbacks: [{ model: 'gemini-2.5-pro' }, { model: 'gpt-5-mini' }],
    stickyBy: 'session',
    allowResold: true,
  });
}

/** Some need a sign-in of just now. @returns A token that reads usage: it outlives the sessions of moved clocks. */
export async function furnish(caller: Caller, { memberIds, teamIds }: Staff, nowMs: number): Promise<string> {
  await caller.post('/roles', {
    name: 'Auditor',
    description: 'Reads everything that was changed, and changes nothing',
    permissions: ['audit:read', 'usage:read', 'invoices:read', 'keys:read', 'members:read', 'teams:read'],
  });
  await caller.post('/admin-tokens', {
    name: 'Terraform',
    permissions: ['keys:read', 'teams:read', 'budgets:read'],
    expiresAt: new Date(nowMs + 90 * DAY_MS).toISOString(),
  });
  const { secret } = await caller.post<{ secret: string }>('/admin-tokens', {
    name: 'Data warehouse',
    permissions: ['usage:read', 'requests:read'],
  });
  for (const [name, teamId] of [
    ['deploy-pipeline', teamIds.Checkout],
    ['nightly-evaluation', teamIds['Data platform']],
    ['search-indexer', teamIds.Search],
  ] as const)
    await caller.post('/service-accounts', { name, teamId });
  for (const endpoint of [
    { url: 'https://hooks.northwind.example/tollgate', name: 'Ledger of the parent company', events: ['*'] },
    {
      url: 'https://siem.northwind.example/ingest',
      name: 'Security monitoring',
      events: ['key.created', 'key.revoked'],
    },
  ])
    await caller.post('/webhook-endpoints', endpoint);
  await caller.post('/notification-channels', {
    kind: 'email',
    name: 'Finance of the group',
    recipients: { addresses: ['finance@northwind.example'], memberIds: [memberIds[2] ?? ''] },
    digest: 'daily',
    digestMinute: 480,
  });
  return secret;
}

/** What is noticed depends on when somebody looks: weeks go by in a minute here, so nobody looks until they are over. */
const NOTICED_IN_TIME = new Set(['budget-threshold', 'budget-forecast', 'budget-overrun', 'spend-anomaly']);

export async function watchBudgets(caller: Caller, enabled: boolean): Promise<void> {
  const rules = await caller.get<{ data: { id: string; kind: string }[] }>('/alert-rules');
  for (const { id, kind } of rules.data) {
    if (NOTICED_IN_TIME.has(kind)) await caller.patch(`/alert-rules/${id}`, { enabled });
  }
}

export async function addRuleOfTeam(caller: Caller, { teamIds }: Staff): Promise<void> {
  const channels = await caller.get<{ data: { id: string }[] }>('/notification-channels');
  await caller.post('/alert-rules', {
    kind: 'budget-threshold',
    name: 'Search is short of money',
    teamId: teamIds.Search,
    settings: { thresholds: [60, 90] },
    channelIds: channels.data.map(({ id }) => id),
  });
}

export async function save(caller: Caller, { memberIds }: Staff): Promise<void> {
  const views = [
    { name: 'Failures', question: { q: 'status:>=400' }, shared: true },
    { name: 'Dear requests of this week', question: { q: 'cost:>0.5', range: 'week' } },
  ];
  for (const view of views) await caller.post('/saved-views', view);
  const reports = [
    { name: 'Month by cost centre', question: { range: 'lastMonth', groupBy: ['costCenter'] }, shared: true },
    { name: 'Tokens by model', question: { metric: 'tokens' }, shared: true, mailTo: [memberIds[2] ?? ''] },
  ];
  for (const report of reports) await caller.post('/saved-reports', report);
}
