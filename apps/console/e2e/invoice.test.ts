/**
 * The whole line in one piece: from sign-up over calls of the official SDK to the finalized invoice's PDF, with
 * every sum made a second time from the simulator's own books.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { readTruth } from '@tollgate/simulator';
import OpenAI from 'openai';
import { moveClock, passingMinutes, type System } from './support/system.ts';
import { CSRF, expect, signInAt, test } from './support/test.ts';

const PICO_PER_USD = 1_000_000_000_000n;
// The price book's entries for the simulator, written out: pico-USD for one token.
const UNIT_PRICE: Readonly<Record<string, { input: bigint; output: bigint }>> = {
  'sim-small': { input: 250_000n, output: 2_000_000n },
  'sim-large': { input: 2_500_000n, output: 20_000_000n },
};
const MARKUP_PERCENT = 10n;
const LARGE_CALLS = 12;
const LARGE_CALL_TOKENS = 20_000;

function toPicoUsd(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(12, '0'));
}

async function readApi<T>(page: Page, system: System, apiPath: string): Promise<T> {
  const answer = await page.request.get(`${system.consoleUrl}/api/v1${apiPath}`);
  expect(answer.status(), apiPath).toBe(200);
  return (await answer.json()) as T;
}

async function readAll<T>(page: Page, system: System, apiPath: string): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `${apiPath.includes('?') ? '&' : '?'}limit=100${cursor === null ? '' : `&cursor=${cursor}`}`;
    const answer: { data: T[]; nextCursor: string | null } = await readApi(
      page,
      system,
      `${apiPath}${query}`,
    );
    rows.push(...answer.data);
    cursor = answer.nextCursor;
  } while (cursor !== null);
  return rows;
}

async function createKey(page: Page, system: System): Promise<string> {
  const answer = await page.request.post(`${system.consoleUrl}/api/v1/keys`, {
    data: { name: 'invoice line' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return ((await answer.json()) as { secret: string }).secret;
}

/** Twelve expensive calls and some small ones, half of them streams. @returns The ids of the requests. */
async function useOverFiveUsd(system: System, secret: string): Promise<Set<string>> {
  const client = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: secret });
  const requestIds = new Set<string>();
  const call = async (model: string, tokens: number, stream: boolean): Promise<void> => {
    const messages = [
      { role: 'user' as const, content: `[[sim tokens=${tokens} interval=0 latency=0]] Write a lot.` },
    ];
    if (stream) {
      const { data, response } = await client.chat.completions
        .create({ model, messages, stream })
        .withResponse();
      requestIds.add(response.headers.get('x-tollgate-request-id') ?? '');
      let text = '';
      for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
      expect(text).not.toBe('');
    } else {
      const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
      requestIds.add(response.headers.get('x-tollgate-request-id') ?? '');
      expect(data.usage?.completion_tokens).toBe(tokens);
    }
  };
  for (let index = 0; index < LARGE_CALLS; index++)
    await call('sim-large', LARGE_CALL_TOKENS, index % 2 === 0);
  for (let index = 0; index < 6; index++) await call('sim-small', 100 + index, index % 2 === 0);
  return requestIds;
}

/** What the simulator's books say these requests cost, with the operator's markup, priced here and nowhere else. */
async function priceTruth(system: System, requestIds: ReadonlySet<string>): Promise<bigint> {
  const truth = await readTruth(path.join(system.stateDirectory, 'simulator-truth.jsonl'));
  const ours = truth.filter(({ headers }) => {
    const attemptName = headers['x-client-request-id'] ?? '';
    return requestIds.has(attemptName.slice(0, attemptName.lastIndexOf('-')));
  });
  expect(ours).toHaveLength(requestIds.size);
  return ours.reduce((sum, { model, billed }) => {
    const price = UNIT_PRICE[model ?? ''];
    if (price === undefined) throw new Error(`Cannot price ${model}: it has no price in this test`);
    expect([billed.cachedTokens, billed.reasoningTokens]).toEqual([0, 0]);
    const costs = [BigInt(billed.promptTokens) * price.input, BigInt(billed.completionTokens) * price.output];
    return costs.reduce((total, cost) => total + cost + (cost * MARKUP_PERCENT) / 100n, sum);
  }, 0n);
}

interface InvoiceRow {
  readonly id: string;
  readonly state: string;
  readonly number: string | null;
  readonly subtotalUsd: string;
  readonly totalUsd: string;
  readonly periodEnd: string;
}

test('[M5, M6] over 5 USD of calls become a draft that sums exactly, down to the request, and an invoice with a PDF', async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(480_000);
  const secret = await createKey(page, system);
  const requestIds = await useOverFiveUsd(system, secret);
  const expectedPicoUsd = await priceTruth(system, requestIds);
  expect(expectedPicoUsd).toBeGreaterThan(5n * PICO_PER_USD);

  await expect
    .poll(
      async () => {
        const [draft] = await readAll<InvoiceRow>(page, system, '/invoices');
        return draft === undefined ? 0n : toPicoUsd(draft.subtotalUsd);
      },
      { message: 'the draft follows the ledger', timeout: 60_000 },
    )
    .toBe(expectedPicoUsd);
  const requests = await readAll<{ id: string; chargeUsd: string }>(page, system, '/requests');
  expect(new Set(requests.map(({ id }) => id))).toEqual(requestIds);
  expect(requests.reduce((sum, { chargeUsd }) => sum + toPicoUsd(chargeUsd), 0n)).toBe(expectedPicoUsd);

  await page.goto('/invoices');
  await expect(page.getByText('TEST').first()).toBeVisible();
  await page
    .getByRole('link', { name: /Upcoming/ })
    .first()
    .click();
  await expect(page.getByText('The lines above sum to this, digit for digit.')).toBeVisible();
  await page.getByText('output tokens').first().click();
  await expect(page.getByText(/exactly this line/)).toBeVisible();

  const [draft] = await readAll<InvoiceRow>(page, system, '/invoices');
  const afterGraceMs = Date.parse(draft!.periodEnd) + 5 * 86_400_000;
  try {
    const offsetMs = afterGraceMs - Date.now();
    await signInAt(page, system, person, offsetMs);
    const passMinute = passingMinutes(system, offsetMs);
    await expect
      .poll(
        async () => {
          const { state } = await readApi<InvoiceRow>(page, system, `/invoices/${draft!.id}`);
          if (state === 'draft') await passMinute();
          return state;
        },
        { message: 'the month closes by itself', timeout: 180_000, intervals: [3_000] },
      )
      .toBe('open');
    await page.goto(`/invoices/${draft!.id}`);
    await expect(page.getByText(/TEST-TG-\d{4}-\d{6}/).first()).toBeVisible();
    const downloading = page.waitForEvent('download');
    await page
      .getByRole('link', { name: 'PDF' })
      .or(page.getByRole('button', { name: 'PDF' }))
      .first()
      .click();
    const pdf = await readFile(await (await downloading).path());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(5_000);
    const open = await readApi<InvoiceRow>(page, system, `/invoices/${draft!.id}`);
    expect(toPicoUsd(open.subtotalUsd)).toBe(expectedPicoUsd);
  } finally {
    await moveClock(system, 0);
  }
});
