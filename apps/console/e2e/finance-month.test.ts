/**
 * Finance's month in one piece: told of a budget, usage reviewed, a line drilled to its request, the month closed over
 * its page, the PDF read, the money in, and what came too late on a note of its own.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import OpenAI from 'openai';
import { sellSimulator } from './support/operator.ts';
import { readPdfPages } from './support/read-pdf.ts';
import { moveClock, type System } from './support/system.ts';
import {
  CSRF,
  confirm,
  expect,
  type Person,
  readMailedLink,
  signInAt,
  signUpByApi,
  test,
  untilRecorded,
} from './support/test.ts';

const HOUR_MS = 3_600_000;
const BUDGET_USD = '1';
const CALLS = 3;
const TOKENS_PER_CALL = 20_000;

interface InvoiceRow {
  readonly id: string;
  readonly state: string;
  readonly livemode: boolean;
  readonly number: string | null;
  readonly subtotalUsd: string;
  readonly totalUsd: string;
  readonly periodStart: string;
  readonly periodEnd: string;
}

interface NoteRow {
  readonly id: string;
  readonly number: string | null;
  readonly totalUsd: string;
  readonly kind: string;
  readonly state: string;
  readonly subtotalUsd: string;
}

function toPicoUsd(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.replace('-', '').split('.');
  const amount = BigInt(whole) * 1_000_000_000_000n + BigInt(fraction.padEnd(12, '0'));
  return usd.startsWith('-') ? -amount : amount;
}

async function readApi<T>(page: Page, apiPath: string): Promise<T> {
  const answer = await page.request.get(`/api/v1${apiPath}`);
  expect(answer.status(), apiPath).toBe(200);
  return (await answer.json()) as T;
}

async function post<T>(page: Page, system: System, apiPath: string, data: object): Promise<T> {
  const headers = { ...CSRF, origin: system.consoleUrl };
  const answer = await page.request.post(`/api/v1${apiPath}`, { data, headers });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as T;
}

async function makeClient(page: Page, system: System): Promise<OpenAI> {
  const { secret } = await post<{ secret: string }>(page, system, '/keys', { name: 'production' });
  return new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: secret });
}

/** @returns The id of the request. */
async function use(client: OpenAI, tokens: number): Promise<string> {
  const messages = [
    { role: 'user' as const, content: `[[sim tokens=${tokens} interval=0 latency=0]] Write a lot.` },
  ];
  const { response } = await client.chat.completions.create({ model: 'sim-large', messages }).withResponse();
  return response.headers.get('x-tollgate-request-id') ?? '';
}

/** Gateways hear of a sale, and of its end, within seconds. */
async function untilUsageIs(kind: 'live' | 'test', page: Page, client: OpenAI): Promise<void> {
  await expect
    .poll(
      async () => {
        const id = await use(client, 1);
        await untilRecorded(page, id);
        return (await readApi<{ livemode: boolean }>(page, `/requests/${id}`)).livemode;
      },
      { message: `usage is of the ${kind} kind`, timeout: 60_000 },
    )
    .toBe(kind === 'live');
}

async function liveInvoices(page: Page): Promise<InvoiceRow[]> {
  return (await readApi<{ data: InvoiceRow[] }>(page, '/invoices?livemode=true')).data;
}

/** Where invoices go, and what pays them. */
async function fillBilling(page: Page, system: System, person: Person): Promise<void> {
  const headers = { ...CSRF, origin: system.consoleUrl };
  const changed = await page.request.patch('/api/v1/billing', { data: { email: person.email }, headers });
  expect(changed.status(), await changed.text()).toBe(200);
  await page.goto('/settings/billing');
  await page.getByRole('button', { name: 'Add payment method' }).click();
  await page.getByLabel(/4242/).check();
  await page.getByRole('button', { name: 'Save card' }).click();
  await expect(page.getByText('Visa •••• 4242')).toBeVisible({ timeout: 60_000 });
}

async function closeMonth(page: Page, month: string): Promise<void> {
  await page.goto(`/month-close?month=${month}`);
  const step = (name: string) => page.getByRole('listitem').filter({ hasText: name });
  await expect(step('All usage has arrived')).toContainText('Done', { timeout: 60_000 });
  // Whatever was found is looked at and said to be fine; the review of the draft comes last.
  for (const name of ['Late usage', 'Review the draft']) {
    const check = step(name).getByRole('button', { name: /^(Mark as checked|Check again)$/ });
    if (name === 'Review the draft' || (await check.isVisible())) {
      await check.click();
      await confirm(page, /^(Mark as checked|Check again)$/);
    }
  }
  await step('never changes again').getByRole('button', { name: 'Finalize' }).click();
  await confirm(page, 'Finalize');
  await expect(page.getByText(/Invoice TG-\d{4}-\d{6} is finalized/)).toBeVisible();
  await expect(step('Push to Stripe')).toContainText('Done', { timeout: 60_000 });
  await step('A mail with the PDF').getByRole('button', { name: 'Send' }).click();
  await confirm(page, 'Send');
  await expect(step('A mail with the PDF')).toContainText(/Done|Waiting/);
}

/** From the list of all notes to the request behind a line of this one. */
async function openLineOfNote(page: Page, number: string, requestId: string): Promise<void> {
  await page.goto('/invoices?kind=notes');
  await page.getByRole('button', { name: number }).click();
  await page
    .getByRole('dialog', { name: number })
    .getByRole('button', { name: /1 ledger entry/ })
    .first()
    .click();
  const line = page.getByRole('dialog', { name: /·/ });
  await expect(line.getByText(/^All 1 entries sum to/)).toBeVisible();
  await expect(line.getByTitle(requestId)).toBeVisible();
}

/** What the file of a note's sheet says: its total, and what its other rows sum to. */
async function downloadNote(page: Page, number: string): Promise<{ total: bigint; sum: bigint }> {
  await page.getByRole('button', { name: number }).click();
  await page.getByRole('dialog', { name: number }).getByRole('button', { name: 'Other formats' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Lines · JSON Lines' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`debit-note-${number}.jsonl`);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as { kind: string; amount_usd: string });
  const sumOf = (some: typeof rows) => some.reduce((sum, row) => sum + toPicoUsd(row.amount_usd), 0n);
  return {
    total: sumOf(rows.filter(({ kind }) => kind === 'total')),
    sum: sumOf(rows.filter(({ kind }) => kind !== 'total')),
  };
}

async function downloadPdf(page: Page): Promise<string[]> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'PDF' }).click();
  return readPdfPages(await readFile(await (await downloading).path()));
}

test('[M4, M5, M6] finance’s month: alert, review, draft, request, close, PDF, payment, and late usage on a note', async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(480_000);
  await sellSimulator(system, true);
  try {
    await fillBilling(page, system, person);
    const budget = await post<{ id: string }>(page, system, '/budgets', {
      name: 'The month',
      scope: { type: 'organization', id: '*' },
      limitUsd: BUDGET_USD,
      period: 'month',
      kind: 'soft',
      thresholds: [80],
    });
    const client = await makeClient(page, system);
    await untilUsageIs('live', page, client);
    const used: string[] = [];
    for (let call = 0; call < CALLS; call++) used.push(await use(client, TOKENS_PER_CALL));

    // The alert's mail leads to its budget.
    const link = await readMailedLink(system, person.email, '/budgets');
    expect(new URL(link).searchParams.get('open')).toBe(budget.id);
    await page.goto(link);
    await expect(page.getByRole('dialog', { name: /The month/ })).toContainText('$1.00');

    // The same sum on the draft, by the requests, and on the page of usage. The alert may come before the last of them.
    for (const id of used) await untilRecorded(page, id);
    await expect.poll(async () => (await liveInvoices(page)).length, { timeout: 60_000 }).toBe(1);
    const [draft] = await liveInvoices(page);
    expect(draft?.state).toBe('draft');
    const requests = await readApi<{ data: { chargeUsd: string; livemode: boolean }[] }>(
      page,
      '/requests?limit=100',
    );
    const chargedPicoUsd = requests.data
      .filter(({ livemode }) => livemode)
      .reduce((sum, { chargeUsd }) => sum + toPicoUsd(chargeUsd), 0n);
    const readDraft = () => readApi<InvoiceRow>(page, `/invoices/${draft!.id}`);
    await expect
      .poll(async () => toPicoUsd((await readDraft()).subtotalUsd), { timeout: 60_000 })
      .toBe(chargedPicoUsd);
    await page.goto('/usage');
    await expect(page.getByText('sim-large').first()).toBeVisible();

    // A line of the draft opens its requests, and one of them its page.
    await page.goto(`/invoices/${draft!.id}`);
    await expect(page.getByText('The lines above sum to this, digit for digit.')).toBeVisible();
    await page.getByRole('button', { name: 'output tokens' }).click();
    await expect(page.getByText(/exactly this line/)).toBeVisible();
    await page.getByRole('dialog').getByRole('link').first().click();
    await expect(page).toHaveURL(/\/requests\/req_/);
    await expect(page.getByText('sim-large').first()).toBeVisible();

    await signInAt(page, system, person, Date.parse(draft!.periodEnd) + HOUR_MS - Date.now());
    await closeMonth(page, draft!.periodStart.slice(0, 7));

    await page.goto(await readMailedLink(system, person.email, `/invoices/${draft!.id}`));
    const invoice = await readDraft();
    const pages = await downloadPdf(page);
    const words = pages.join('\n').split(/\s+/).join(' ');
    expect(pages).toHaveLength(1);
    expect(words).toContain(`Page 1 of ${pages.length}`);
    expect(words).toContain(`Invoice ${invoice.number}`);
    expect(words).toContain(`Total USD ${invoice.totalUsd}`);

    // The card on file is charged by itself.
    await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 60_000 });
    expect((await readDraft()).state).toBe('paid');

    // A request of the month that was recorded after its invoice: the invoice keeps its bytes, a note says the rest.
    await page.goto('about:blank');
    await moveClock(system, 0);
    const lateId = await use(client, 1_000);
    await moveClock(system, Date.parse(draft!.periodEnd) + 2 * HOUR_MS - Date.now());
    const listNotes = async () =>
      (await readApi<{ data: NoteRow[] }>(page, `/credit-notes?invoiceId=${draft!.id}`)).data;
    await expect.poll(async () => (await listNotes()).length, { timeout: 120_000 }).toBe(1);
    const late = await readApi<{ chargeUsd: string }>(page, `/requests/${lateId}`);
    const [note] = await listNotes();
    expect(toPicoUsd(note!.subtotalUsd)).toBe(toPicoUsd(late.chargeUsd));
    await page.goto(`/invoices/${draft!.id}`);
    await page.getByRole('button', { name: 'Issue' }).click();
    await confirm(page, 'Issue');
    await expect(page.getByText(/^Note \S+ is issued$/)).toBeVisible();
    expect(await readDraft()).toMatchObject({ number: invoice.number, totalUsd: invoice.totalUsd });
    expect((await downloadPdf(page)).join()).toBe(pages.join());
    const [issued] = await listNotes();
    await openLineOfNote(page, issued!.number!, lateId);
    await page.goto(`/invoices/${draft!.id}`);
    const file = await downloadNote(page, issued!.number!);
    expect(file).toEqual({ total: toPicoUsd(issued!.totalUsd), sum: toPicoUsd(issued!.totalUsd) });
  } finally {
    await moveClock(system, 0);
    await sellSimulator(system, false);
  }
  // The next test counts what it uses on a draft of the test kind.
  await page.goto('about:blank');
  await signUpByApi(page, system);
  await untilUsageIs('test', page, await makeClient(page, system));
});
