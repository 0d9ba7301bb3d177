/**
 * An organization as it is after six weeks: people, teams, keys, limits, usage by hour and day, a month that was closed
 * and paid, a bill to compare with, and what an installation has beside it. By the front door, at the times when it would
 * have happened.
 */
import type { BrowserContext } from '@playwright/test';
import type { System } from '../../support/system.ts';
import { expect } from '../../support/test.ts';
import { type Caller, signUp } from './caller.ts';
import { hire, type KeyName, mintKeys, type Staff, type StaffKey } from './people.ts';
import { connectOwnProviders, readProviders, resellProviders } from './providers.ts';
import { addRuleOfTeam, furnish, layDownLimits, layDownRoutes, save, watchBudgets } from './rules.ts';
import { makeTraffic, setClock } from './traffic.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HALF_HOUR_MS = HOUR_MS / 2;
const WEEKS_MS = 42 * DAY_MS;
export const OWNER_EMAIL = 'grace@northwind.example';
const NEIGHBOURS = ['Contoso Retail', 'Fabrikam Robotics', 'Tailspin Travel'] as const;

/** Signs its owner in, in `context`. Takes minutes; the clock is left at `nowMs`. */
export async function makeBelievableOrganization(
  context: BrowserContext,
  system: System,
  nowMs: number,
): Promise<void> {
  const startMs = nowMs - WEEKS_MS - HOUR_MS;
  await setClock(system, startMs);
  const caller = await signUp(system, {
    name: 'Grace Hopper',
    email: OWNER_EMAIL,
    organizationName: 'Northwind Labs',
  });
  const providers = await readProviders();
  await resellProviders(system, providers);
  for (const credentialId of ['cred_openai', 'cred_anthropic'])
    await caller.post('/operator/markup-rules', { credentialId, basisPoints: 800 });
  await connectOwnProviders(caller, providers);
  await fillBilling(caller);
  const staff = await hire(caller, system);
  const keys = await mintKeys(caller, staff, nowMs + 5 * DAY_MS);
  await layDownLimits(caller, staff, keys);
  await layDownRoutes(caller, staff);
  await watchBudgets(caller, false);
  const usageToken = await furnish(caller, staff, nowMs);
  await save(caller, staff);
  for (const [index, organizationName] of NEIGHBOURS.entries())
    await signUp(system, {
      name: `Neighbour ${index + 1}`,
      email: `admin${index}@example.com`,
      organizationName,
    });
  await untilModelsAreThere(keys.checkout.secret, system);
  // What follows takes minutes of the clock, and none of it lies in the future of the pictures.
  const traffic = await makeTraffic(
    system,
    keys,
    { fromMs: startMs + HOUR_MS, untilMs: nowMs - HALF_HOUR_MS },
    () => countRequests(system, usageToken, nowMs),
  );
  await caller.signInAgain();
  await doLately(caller, staff, keys, nowMs);
  await untilCounted(caller, traffic, nowMs);
  await watchBudgets(caller, true);
  await addRuleOfTeam(caller, staff);
  await caller.giveCookiesTo(context);
}

/** Where invoices go, what pays them, and the plan. */
async function fillBilling(caller: Caller): Promise<void> {
  await caller.patch('/billing', {
    legalName: 'Northwind Labs GmbH',
    addressLines: ['Lindenstraße 12', '10969 Berlin'],
    country: 'DE',
    taxId: 'DE123456789',
    email: 'invoices@northwind.example',
    purchaseOrder: 'PO-2026-117',
  });
  const plans = await caller.get<{ data: { id: string; name: string }[] }>('/billing/plans');
  const plan = plans.data.find(({ name }) => name === 'Team');
  await caller.post('/operator/tax-rates', TAX_RATE);
  const { url } = await caller.post<{ url: string }>('/billing/checkout', {});
  const paid = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'card=works&action=pay',
  });
  expect(paid.status, 'the card is saved').toBe(303);
  await expect
    .poll(async () => JSON.stringify(await caller.get('/billing')), { timeout: 60_000 })
    .toContain('4242');
  await caller.post('/billing/subscription', { planId: plan?.id, seats: 10 });
}

const TAX_RATE = {
  country: 'DE',
  name: 'MwSt.',
  rateBasisPoints: 1_900,
  validFrom: '2026-01-01T00:00:00Z',
};

/** Gateways hear of credentials within seconds. */
async function untilModelsAreThere(secret: string, system: System): Promise<void> {
  await expect
    .poll(
      async () => {
        const answer = await fetch(`${system.gatewayUrl}/v1/models`, {
          headers: { authorization: `Bearer ${secret}` },
        });
        return answer.text();
      },
      { message: 'the gateway serves what was connected', timeout: 60_000 },
    )
    .toMatch(/claude-opus-4-8[\s\S]*qwen3-32b|qwen3-32b[\s\S]*claude-opus-4-8/);
}

/** What happened on the last days. */
async function doLately(
  caller: Caller,
  staff: Staff,
  keys: Readonly<Record<KeyName, StaffKey>>,
  nowMs: number,
): Promise<void> {
  await caller.post('/invitations', { email: 'barbara@northwind.example', role: 'viewer' });
  await caller.post('/invitations', { email: 'margaret@northwind.example', role: 'developer' });
  await caller.post(`/keys/${keys.prototype.id}/revoke`, {});
  await caller.post('/cost-splits', {
    keyId: keys.nightly.id,
    at: new Date(nowMs).toISOString(),
    shares: [
      { teamId: staff.teamIds.Checkout, costCenter: 'CC-4100', shareBasisPoints: 6_500 },
      { teamId: staff.teamIds['Data platform'], costCenter: 'CC-4400', shareBasisPoints: 3_500 },
    ],
  });
  await caller.post('/prices', {
    provider: 'openai-compatible',
    model: 'qwen3-32b',
    validFrom: new Date(nowMs + 14 * DAY_MS).toISOString(),
    components: { input: { usdPerMillion: '0.1' }, output: { usdPerMillion: '0.4' } },
    source: 'Power and depreciation, by finance',
  });
  for (const [name, text] of [
    ['Answer a complaint', 'A customer writes that the parcel came late. Answer kindly, in three sentences.'],
    ['Summarize a ticket', 'Summarize this ticket for somebody who takes over: …'],
  ] as const)
    await caller.post('/playground/prompts', { name, content: { text }, shared: true });
  await bringBill(caller, nowMs);
  const day = Math.floor(nowMs / DAY_MS) * DAY_MS;
  for (const format of ['focus-csv', 'csv'] as const)
    await caller.post('/exports', {
      format,
      from: new Date(day - 7 * DAY_MS).toISOString(),
      to: new Date(day).toISOString(),
    });
  await caller.post('/export-schedules', { name: 'For the data warehouse', format: 'parquet' });
}

/** What a provider asks for, and what another gateway counted. */
async function bringBill(caller: Caller, nowMs: number): Promise<void> {
  const day = Math.floor(nowMs / DAY_MS) * DAY_MS - 4 * DAY_MS;
  const lines = [0, 1, 2].flatMap((back) => {
    const [from, to] = [(day - back * DAY_MS) / 1_000, (day - (back - 1) * DAY_MS) / 1_000];
    return [
      `${from},${to},${4.1 + back},usd,"gpt-5.2, input",proj_1`,
      `${from},${to},${2.6 + back},usd,"gpt-5.2, output",proj_1`,
      `${from},${to},0.42,usd,"gpt-5-mini, input",proj_1`,
    ];
  });
  const head = 'start_time,end_time,amount_value,amount_currency,line_item,project_id';
  await caller.post(
    '/reconciliations?provider=openai&fileName=openai-november.csv',
    [
      head,
      ...lines,
      `${(day - DAY_MS) / 1_000},${day / 1_000},1.75,usd,"o4-mini-deep-research, output",proj_2`,
    ].join('\n'),
  );
  const spend =
    'request_id,call_type,startTime,endTime,model,spend,total_tokens,prompt_tokens,completion_tokens';
  const rows = Array.from({ length: 12 }, (_, index) => {
    const at = new Date(day - index * 11 * HOUR_MS).toISOString();
    return `req-${index},acompletion,${at},${at},${index % 3 === 0 ? 'gpt-5.2' : 'gpt-5-mini'},${(0.08 * (index + 1)).toFixed(4)},${5_000 + index * 100},${4_000 + index * 80},${1_000 + index * 20}`;
  });
  await caller.post(
    '/usage-imports?source=litellm&fileName=litellm-november.csv',
    [spend, ...rows].join('\n'),
  );
}

async function countRequests(system: System, token: string, nowMs: number): Promise<number> {
  const answer = await fetch(`${system.consoleUrl}/api/v1/usage?${wholeRange(nowMs)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return sumRequests(JSON.parse(text) as UsageAnswer);
}

interface UsageAnswer {
  readonly data: readonly { readonly requests: number }[];
}

const sumRequests = ({ data }: UsageAnswer) => data.reduce((sum, { requests }) => sum + requests, 0);

function wholeRange(nowMs: number): string {
  const [from, to] = [nowMs - 60 * DAY_MS, nowMs + HOUR_MS].map((atMs) => new Date(atMs).toISOString());
  return `from=${from}&to=${to}&interval=month&timeZone=UTC`;
}

/** Usage is in the figures, the month before is closed and paid. */
async function untilCounted(
  caller: Caller,
  { dispatched, lastId }: { readonly dispatched: number; readonly lastId: string },
  nowMs: number,
): Promise<void> {
  await expect
    .poll(async () => sumRequests(await caller.get<UsageAnswer>(`/usage?${wholeRange(nowMs)}`)), {
      message: 'all usage is counted',
      timeout: 120_000,
    })
    .toBe(dispatched);
  await caller.get(`/requests/${lastId}`);
  await expect
    .poll(
      async () => {
        const { data } = await caller.get<{ data: { state: string }[] }>('/invoices?livemode=true');
        return data.map(({ state }) => state);
      },
      { message: 'the month before is paid', timeout: 180_000 },
    )
    .toEqual(['draft', 'paid']);
}
