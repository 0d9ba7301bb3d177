import type { Page } from '@playwright/test';
import { countRequests } from './support/page-requests.ts';
import type { System } from './support/system.ts';
import { CSRF, confirm, expect, type Person, test, untilRecorded } from './support/test.ts';

const KEEP = 'Keep what requests say';

async function chooseDays(page: Page, days: string): Promise<void> {
  await page.getByRole('combobox', { name: KEEP }).click();
  await page.getByRole('option', { name: days, exact: true }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}

async function keepFor(page: Page, system: System, { organizationId }: Person, days: number): Promise<void> {
  const answer = await page.request.patch(`/api/v1/organizations/${organizationId}`, {
    data: { payloadRetentionDays: days },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  expect(answer.status(), await answer.text()).toBe(200);
}

async function makeKey(page: Page, system: System): Promise<string> {
  const created = await page.request.post('/api/v1/keys', {
    data: { name: 'support bot' },
    headers: { ...CSRF, origin: system.consoleUrl },
  });
  return ((await created.json()) as { secret: string }).secret;
}

interface Call {
  readonly secret: string;
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns The request's id, once its page can be opened. */
async function ask(page: Page, system: System, { secret, path, body, headers }: Call): Promise<string> {
  const answer = await fetch(system.gatewayUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answered = await answer.text();
  expect(answer.status, answered).toBe(200);
  const requestId = answer.headers.get('x-tollgate-request-id') ?? '';
  await untilRecorded(page, requestId);
  return requestId;
}

/** Gateways hear of a setting a moment after it was saved: asks until what is said is kept. */
async function askKept(page: Page, system: System, call: Call): Promise<string> {
  let requestId = '';
  await expect
    .poll(
      async () => {
        requestId = await ask(page, system, call);
        // Payloads come a second behind the requests.
        await expect
          .poll(() => isKept(page, requestId), { timeout: 4_000 })
          .toBe(true)
          .catch(() => undefined);
        return isKept(page, requestId);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  return requestId;
}

async function isKept(page: Page, requestId: string): Promise<boolean> {
  const answer = await page.request.get(`/api/v1/requests/${requestId}`);
  return ((await answer.json()) as { payloadKeptUntil: string | null }).payloadKeptUntil !== null;
}

const MARKUP = '<img src="x" onerror="document.title=1">';
const CHAT = {
  model: 'sim-small',
  temperature: 0.3,
  max_tokens: 64,
  messages: [
    { role: 'system', content: 'Answer like a toll keeper.' },
    { role: 'user', content: 'Who goes there?' },
    { role: 'assistant', content: 'A traveller.' },
    { role: 'user', content: `May I pass? ${MARKUP}` },
  ],
  stream: true,
};

test('an owner switches keeping on; a request shows what it said and was answered, and is replayed in the playground', async ({
  page,
  system,
  person: _,
}) => {
  await page.goto('/settings/organization');
  await expect(page.getByRole('combobox', { name: KEEP })).toHaveText('Off');
  await chooseDays(page, '14 days');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  const secret = await makeKey(page, system);
  const requestId = await askKept(page, system, { secret, path: '/v1/chat/completions', body: CHAT });
  const counted = countRequests(page);
  await page.goto(`/requests/${requestId}`);
  await expect(page.getByRole('button', { name: 'Show payload' })).toBeVisible();
  expect(counted.asked.length, counted.asked.join('\n')).toBeLessThanOrEqual(8);
  expect(counted.asked.join('\n'), 'what was said is not asked for before somebody wants it').not.toContain(
    '/payload',
  );

  await page.getByRole('button', { name: 'Show payload' }).press('Enter');
  const said = page.getByRole('region', { name: 'Request', exact: true });
  await expect(said.getByRole('tabpanel')).toContainText('"content": "Answer like a toll keeper."');
  await expect(said).toContainText('application/json');
  // Whatever stands in it stays text.
  await expect(said.getByRole('tabpanel')).toContainText('onerror=');
  await expect(page.locator('img[src=x]')).toHaveCount(0);
  const answered = page.getByRole('region', { name: 'Response', exact: true });
  await expect(answered).toContainText('text/event-stream');
  await expect(answered.getByRole('tabpanel')).not.toBeEmpty();
  await answered.getByRole('tab', { name: 'Events' }).click();
  await expect(answered.getByRole('tabpanel')).toContainText('data: [DONE]');

  await said.getByRole('link', { name: 'Replay in playground' }).click();
  const message = page.getByRole('textbox', { name: 'Message' });
  await expect(message).toHaveValue(`May I pass? ${MARKUP}`);
  await expect(page.getByText('Filled in from a request.')).toBeVisible();
  await expect(page.getByLabel('System prompt')).toHaveValue('Answer like a toll keeper.');
  await expect(page.getByLabel('Temperature')).toHaveValue('0.3');
  await expect(page.getByLabel('Max output tokens')).toHaveValue('64');
  await expect(page.getByRole('combobox', { name: 'Model 1' })).toHaveText('sim-small');
  await expect(page.getByText('A traveller.')).toBeVisible();
  expect(counted.asked.join('\n'), 'nothing is sent by itself').not.toContain('/playground/calls');
  const call = page.waitForRequest('**/playground/calls');
  await page.getByRole('button', { name: 'Run' }).click();
  const sent = (await call).postDataJSON() as { body: unknown };
  expect(sent.body).toEqual({ ...CHAT, stream_options: { include_usage: true } });
  await expect(page.locator('[data-state=done] [data-answer]')).not.toBeEmpty();

  const events = await page.request.get('/api/v1/audit-events?action=payload-read');
  const { data } = (await events.json()) as { data: { target: { id: string } }[] };
  expect(
    data.map(({ target }) => target.id),
    'read once, and by whom is known',
  ).toEqual([requestId]);
});

test('what no chat can say is replayed as its body; what is not there is told in words', async ({
  page,
  system,
  person,
}) => {
  await keepFor(page, system, person, 7);
  const secret = await makeKey(page, system);
  const body = {
    model: 'sim-small',
    max_tokens: 32,
    messages: [{ role: 'user', content: 'What is a virtual key?' }],
  };
  const requestId = await askKept(page, system, { secret, path: '/v1/messages', body });
  await page.goto(`/playground?request=${requestId}`);
  await expect(page.getByRole('tab', { name: 'Other endpoints' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('combobox', { name: 'Endpoint' })).toHaveText('Messages (Anthropic)');
  await expect(page.getByLabel('Body as JSON')).toHaveValue(JSON.stringify(body, null, 2));
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText('"stop_reason"').first()).toBeVisible();

  const omitted = await ask(page, system, {
    secret,
    path: '/v1/messages',
    body,
    headers: { 'x-tollgate-payload': 'omit' },
  });
  await page.goto(`/requests?open=${omitted}`);
  await expect(page.getByRole('dialog').getByText('No payload is kept of this request')).toBeVisible();
  await page.goto(`/playground?request=${omitted}`);
  await expect(page.getByText('What it said is not kept, or not yours to read')).toBeVisible();
});

test('keeping payloads for fewer days asks first, and what is older is gone at once', async ({
  page,
  system,
  person,
}) => {
  await keepFor(page, system, person, 14);
  const secret = await makeKey(page, system);
  const body = { model: 'sim-small', messages: [{ role: 'user', content: 'How many keys has a piano?' }] };
  const requestId = await askKept(page, system, { secret, path: '/v1/chat/completions', body });
  await page.goto('/settings/organization');
  await chooseDays(page, '1 day');
  await expect(page.getByRole('alertdialog')).toContainText('Keep what requests say for 1 day only?');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  const stored = await page.request.get(`/api/v1/organizations/${person.organizationId}`);
  expect(await stored.json()).toMatchObject({ payloadRetentionDays: 14 });

  await chooseDays(page, 'Off');
  await confirm(page, 'Stop and delete');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.goto(`/requests/${requestId}`);
  await expect(page.getByText('Your organization keeps no payloads')).toBeVisible();
  await page.getByRole('link', { name: 'Change that in the settings' }).click();
  await expect(page.getByRole('combobox', { name: KEEP })).toHaveText('Off');
});
