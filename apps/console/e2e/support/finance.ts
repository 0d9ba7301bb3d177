/** An organization with something on every page of finance, made by the admin API and by calls of the gateway. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { APIResponse, Page } from '@playwright/test';
import type { System } from './system.ts';
import { CSRF, expect } from './test.ts';

export interface FinanceData {
  readonly billId: string;
  readonly endpointId: string;
  readonly alertId: string;
  /** The running one, as `2026-11`. */
  readonly month: string;
}

const DAY_MS = 86_400_000;
const OPENAI_BILL = 'start_time,end_time,amount_value,amount_currency,line_item,project_id';
const LITELLM_SPEND =
  'request_id,call_type,startTime,endTime,model,spend,total_tokens,prompt_tokens,completion_tokens';

/** Takes as long as an alert does: seconds. */
export async function makeFinanceData(
  page: Page,
  system: System,
  nowMs: number = Date.now(),
): Promise<FinanceData> {
  const headers = { ...CSRF, origin: system.consoleUrl };
  const api = async <T>(apiPath: string, sent: { data: object } | { data: string }): Promise<T> => {
    const binary = typeof sent.data === 'string' && { 'content-type': 'application/octet-stream' };
    const answer = await page.request.post(`/api/v1${apiPath}`, {
      ...sent,
      headers: { ...headers, ...binary },
    });
    return read<T>(answer, apiPath);
  };
  const post = <T>(apiPath: string, data: object) => api<T>(apiPath, { data });
  await post('/budgets', {
    name: 'Research and a rather long name of a budget',
    scope: { type: 'organization', id: '*' },
    limitUsd: '0.0001',
    period: 'month',
    kind: 'soft',
    thresholds: [80],
  });
  const team = await post<{ id: string }>('/teams', { name: 'Search', costCenter: 'cc-100' });
  const { secret } = await post<{ secret: string }>('/keys', { name: 'finance', teamId: team.id });
  // A provider of their own whose models have no price.
  const secrets = JSON.parse(await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8')) as {
    TOLLGATE_SIMULATOR_API_KEY: string;
  };
  await post('/provider-credentials', {
    provider: 'openai-compatible',
    name: 'In the house',
    apiKey: secrets.TOLLGATE_SIMULATOR_API_KEY,
    baseUrl: `${system.simulatorUrl}/v1`,
    models: ['sim-large'],
  });
  for (const model of ['sim-small', 'sim-large']) await use(system, secret, model);
  const { endpoint } = await post<{ endpoint: { id: string } }>('/webhook-endpoints', {
    url: 'https://hooks.example.com/tollgate',
    events: ['*'],
    name: 'Ledger of the parent company',
  });
  await post('/notification-channels', {
    kind: 'email',
    name: 'Finance of the group',
    recipients: { addresses: ['finance@example.com'] },
  });
  await post('/prices', {
    provider: 'openai-compatible',
    model: 'sim-small',
    validFrom: new Date(nowMs + 30 * DAY_MS).toISOString(),
    components: { input: { usdPerMillion: '0.5' }, output: { usdPerMillion: '1.5' } },
    source: 'Contract of 2026',
  });
  const day = Math.floor(nowMs / DAY_MS) * DAY_MS - 3 * DAY_MS;
  const bill = [
    OPENAI_BILL,
    ...['gpt-5, input', 'gpt-5, output', 'a model that nobody here has heard of, input'].map(
      (line, index) => `${day / 1_000},${(day + DAY_MS) / 1_000},${index + 1}.25,usd,"${line}",proj_1`,
    ),
  ].join('\n');
  const imported = await api<{ id: string }>(
    '/reconciliations?provider=openai&fileName=openai-november.csv',
    {
      data: bill,
    },
  );
  const startedAt = new Date(day).toISOString();
  const spend = `${LITELLM_SPEND}\nreq-1,acompletion,${startedAt},${startedAt},gpt-5,0.0125,1500,1000,500`;
  await api('/usage-imports?source=litellm&fileName=spend.csv', { data: spend });
  await post('/exports', {
    format: 'focus-csv',
    from: new Date(day).toISOString(),
    to: new Date(day + 4 * DAY_MS).toISOString(),
  });
  await post('/export-schedules', { name: 'For the data warehouse', format: 'parquet' });
  return {
    billId: imported.id,
    endpointId: endpoint.id,
    alertId: await waitForAlert(page),
    month: new Date(nowMs).toISOString().slice(0, 7),
  };
}

async function read<T>(answer: APIResponse, apiPath: string): Promise<T> {
  expect(answer.status(), `${apiPath}: ${await answer.text()}`).toBeLessThan(300);
  return (await answer.json()) as T;
}

async function use(system: System, secret: string, model: string): Promise<void> {
  const ask = async (): Promise<number> => {
    const answer = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        max_tokens: 400,
        messages: [{ role: 'user', content: 'A story. '.repeat(40) }],
      }),
    });
    await answer.text();
    return answer.status;
  };
  // On a machine that is busy, a limit may not be known in time, and the gateway asks to come again.
  await expect.poll(ask, { message: `${model} answers`, timeout: 30_000 }).toBe(200);
}

async function waitForAlert(page: Page): Promise<string> {
  let id = '';
  await expect
    .poll(
      async () => {
        const answer = await page.request.get('/api/v1/alerts?state=open');
        const { data } = (await answer.json()) as { data: { id: string }[] };
        id = data[0]?.id ?? '';
        return id;
      },
      { message: 'an alert fires', timeout: 60_000 },
    )
    .not.toBe('');
  return id;
}
