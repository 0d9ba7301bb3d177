/** Finance's way to the money: a plan with a card, the month's invoice paid by Stripe's stand-in, a refund that shows. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { moveClock, passingMinutes, type System } from './support/system.ts';
import { expect, signInAt, test } from './support/test.ts';

interface InvoiceRow {
  readonly id: string;
  readonly state: string;
  readonly livemode: boolean;
  readonly periodEnd: string;
}

async function readApi<T>(page: Page, system: System, apiPath: string): Promise<T> {
  const answer = await page.request.get(`${system.consoleUrl}/api/v1${apiPath}`);
  expect(answer.status(), apiPath).toBe(200);
  return (await answer.json()) as T;
}

async function liveInvoice(page: Page, system: System): Promise<InvoiceRow | undefined> {
  return (await readApi<{ data: InvoiceRow[] }>(page, system, '/invoices?livemode=true')).data.at(-1);
}

/** As finance would in Stripe's own pages. */
async function refundThere(system: System, stripeInvoiceId: string, cents: number): Promise<void> {
  const secrets = JSON.parse(await readFile(path.join(system.stateDirectory, 'secrets.json'), 'utf8')) as {
    TOLLGATE_STRIPE_STAND_IN_KEY: string;
  };
  const headers = { authorization: `Bearer ${secrets.TOLLGATE_STRIPE_STAND_IN_KEY}` };
  const payments = await fetch(`${system.stripeUrl}/v1/invoice_payments?invoice=${stripeInvoiceId}`, {
    headers,
  });
  const { data } = (await payments.json()) as { data: { payment: { payment_intent: string } }[] };
  const body = new URLSearchParams({
    payment_intent: data[0]!.payment.payment_intent,
    amount: String(cents),
  });
  const idempotent = { ...headers, 'idempotency-key': randomUUID() };
  const refund = await fetch(`${system.stripeUrl}/v1/refunds`, { method: 'POST', headers: idempotent, body });
  expect(refund.status).toBe(200);
}

test('a plan is taken with a card; the month’s invoice is declined, paid on its page, and refunded in part', async ({
  page,
  system,
  person,
}) => {
  test.setTimeout(480_000);
  await page.goto('/settings/billing');
  await expect(page.getByText('Payments go to a stand-in')).toBeVisible();
  await page.getByRole('button', { name: 'Change plan' }).click();
  await page.getByRole('radio', { name: 'Team' }).click();
  await page.getByLabel('Seats').fill('6');
  await page.getByRole('button', { name: 'Continue to payment method' }).click();
  // The card is taken, and refused later: the invoice has to be paid by a person.
  await page.getByLabel(/0341/).check();
  await page.getByRole('button', { name: 'Save card' }).click();
  await expect(page).toHaveURL(/settings\/billing/);
  await expect(page.getByText('Visa •••• 0341')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('1 of 6 in use')).toBeVisible({ timeout: 30_000 });

  const passFirstMinute = passingMinutes(system, 0);
  await expect
    .poll(
      async () => {
        const found = await liveInvoice(page, system);
        if (found === undefined) await passFirstMinute();
        return found?.state;
      },
      { message: 'a draft for the plan', timeout: 180_000, intervals: [3_000] },
    )
    .toBe('draft');
  const draft = (await liveInvoice(page, system))!;
  try {
    const offsetMs = Date.parse(draft.periodEnd) + 5 * 86_400_000 - Date.now();
    await signInAt(page, system, person, offsetMs);
    const passMinute = passingMinutes(system, offsetMs);
    await expect
      .poll(
        async () => {
          const { state } = await readApi<InvoiceRow>(page, system, `/invoices/${draft.id}`);
          if (state === 'draft') await passMinute();
          return state;
        },
        { message: 'the month closes by itself', timeout: 180_000, intervals: [3_000] },
      )
      .toBe('open');
    await page.goto(`/invoices/${draft.id}`);
    await expect(page.getByText('generic_decline')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Pay now' }).click();
    await page.getByRole('button', { name: /^Pay \$/ }).click();
    await expect(page.getByText('Invoice paid')).toBeVisible();

    await page.goto(`/invoices/${draft.id}`);
    await expect(page.getByText('Succeeded')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText('Paid', { exact: true }).first()).toBeVisible();
    const { stripeInvoiceId } = await readApi<{ stripeInvoiceId: string }>(
      page,
      system,
      `/invoices/${draft.id}/payments`,
    );
    await refundThere(system, stripeInvoiceId, 1_000);
    // What Stripe tells arrives in its own time, and a page that was read before does not have it.
    await expect(async () => {
      await page.reload();
      await expect(page.getByText('Refund', { exact: true })).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 60_000 });
    await expect(page.getByText('-$10.00').or(page.getByText('−$10.00'))).toBeVisible();
  } finally {
    await moveClock(system, 0);
  }
});
