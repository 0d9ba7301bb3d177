/**
 * Weeks of requests, by the gateway, at the times when people make them: more on working days, more from month to
 * month, a few that fail. Every size comes from a count, none from chance: each run makes the same amounts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { moveClock, type System } from '../../support/system.ts';
import { expect } from '../../support/test.ts';
import type { KeyName, StaffKey } from './people.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of so many requests that an hour of another day has, one of the last day has one: it has all its hours. */
const LAST_DAY_THINNER = 3;
/** Of the day, in UTC. */
const HOURS = [9, 11, 14, 16] as const;
const MOST_TRIES = 20;
const TRY_AGAIN_MS = 500;
const TEXT = 'Summarize what the customer wrote, and say what is to be done next. ';

type Format = 'chat' | 'messages' | 'gemini' | 'embeddings';

interface Habit {
  readonly key: KeyName;
  readonly model: string;
  readonly format: Format;
  /** Tokens as the provider counts them, of the first request; later ones vary around. */
  readonly tokens: { readonly input: number; readonly cached: number; readonly output: number };
  /** Of so many hours one has a request of this kind. */
  readonly every: number;
  readonly endUser?: boolean;
  readonly stream?: boolean;
}

const HABITS: readonly Habit[] = [
  {
    key: 'agents',
    model: 'claude-opus-4-8',
    format: 'messages',
    tokens: { input: 92_000, cached: 61_000, output: 5_200 },
    every: 1,
    stream: true,
  },
  {
    key: 'checkout',
    model: 'gpt-5.2',
    format: 'chat',
    tokens: { input: 48_000, cached: 16_000, output: 3_900 },
    every: 1,
    endUser: true,
  },
  {
    key: 'nightly',
    model: 'gpt-5.2',
    format: 'chat',
    tokens: { input: 160_000, cached: 0, output: 9_000 },
    every: 3,
  },
  {
    key: 'support',
    model: 'claude-sonnet-4-6',
    format: 'messages',
    tokens: { input: 31_000, cached: 22_000, output: 2_400 },
    every: 1,
    endUser: true,
  },
  {
    key: 'support',
    model: 'claude-haiku-4-5',
    format: 'messages',
    tokens: { input: 12_000, cached: 8_000, output: 900 },
    every: 2,
    endUser: true,
    stream: true,
  },
  {
    key: 'search',
    model: 'gpt-5-mini',
    format: 'chat',
    tokens: { input: 64_000, cached: 30_000, output: 4_000 },
    every: 1,
  },
  {
    key: 'search',
    model: 'gemini-2.5-flash',
    format: 'gemini',
    tokens: { input: 88_000, cached: 0, output: 6_000 },
    every: 2,
  },
  {
    key: 'platform',
    model: 'gemini-2.5-pro',
    format: 'gemini',
    tokens: { input: 120_000, cached: 40_000, output: 7_000 },
    every: 3,
  },
  {
    key: 'platform',
    model: 'qwen3-32b',
    format: 'chat',
    tokens: { input: 9_000, cached: 0, output: 1_500 },
    every: 5,
  },
  {
    key: 'embeddings',
    model: 'text-embedding-3-small',
    format: 'embeddings',
    tokens: { input: 0, cached: 0, output: 0 },
    every: 2,
  },
];

interface Ask {
  readonly secret: string;
  readonly habit: Habit;
  readonly marker: string;
  readonly endUser: string | undefined;
}

/**
 * @param countRecorded How many requests the control plane knows of: none of a month may come after its end, or whether it
 *   counts as late usage would be chance.
 * @returns How many requests reached a provider, and the id of the last. The clock is left at `untilMs`.
 */
export async function makeTraffic(
  system: System,
  keys: Readonly<Record<KeyName, StaffKey>>,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
  countRecorded: () => Promise<number>,
): Promise<{ readonly dispatched: number; readonly lastId: string }> {
  let count = 0;
  let dispatched = 0;
  let lastMonth = new Date(fromMs).getUTCMonth();
  for (let dayMs = fromMs - (fromMs % DAY_MS); dayMs < untilMs; dayMs += DAY_MS) {
    const weekday = new Date(dayMs).getUTCDay();
    const isWorkday = weekday !== 0 && weekday !== 6;
    for (const hour of isWorkday ? HOURS : HOURS.slice(1, 2)) {
      const atMs = dayMs + hour * HOUR_MS;
      if (atMs <= fromMs || atMs >= untilMs - DAY_MS) continue;
      const month = new Date(atMs).getUTCMonth();
      if (month !== lastMonth) await untilRecorded(countRecorded, dispatched);
      lastMonth = month;
      await goTo(system, keys.checkout.secret, atMs);
      count += 1;
      dispatched += await makeHour(system, keys, count, (dayMs - fromMs) / DAY_MS);
    }
  }
  // The last day by the hour, each with less: that is what explorer and overview open with.
  for (let atMs = untilMs - DAY_MS + HOUR_MS; atMs < untilMs; atMs += HOUR_MS) {
    await goTo(system, keys.checkout.secret, atMs);
    count += 1;
    dispatched += await makeHour(system, keys, count, 40, LAST_DAY_THINNER);
  }
  await goTo(system, keys.checkout.secret, untilMs);
  return { dispatched: dispatched + 1, lastId: await askInAnotherFormat(system, keys.checkout.secret) };
}

async function untilRecorded(countRecorded: () => Promise<number>, dispatched: number): Promise<void> {
  await expect
    .poll(countRecorded, { message: 'the month is recorded before it ends', timeout: 120_000 })
    .toBe(dispatched);
}

export async function setClock(system: System, atMs: number): Promise<void> {
  await moveClock(system, atMs - Date.now());
}

/** For a gateway, hours without its control plane have passed: it serves again when it has heard from it. */
async function goTo(system: System, secret: string, atMs: number): Promise<void> {
  await setClock(system, atMs);
  await expect
    .poll(
      async () =>
        (await fetch(`${system.gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${secret}` } }))
          .status,
      { message: 'the gateway serves at the new time', timeout: 60_000 },
    )
    .toBe(200);
}

async function makeHour(
  system: System,
  keys: Readonly<Record<KeyName, StaffKey>>,
  count: number,
  day: number,
  thinner = 1,
): Promise<number> {
  let dispatched = 0;
  // Somewhat more each week, and no hour like the one before.
  const growth = 0.7 + day / 100;
  for (const [index, habit] of HABITS.entries()) {
    if ((count + index) % (habit.every * thinner) !== 0) continue;
    const size = (growth / Math.sqrt(thinner)) * (0.55 + ((count * 7 + index * 5) % 11) / 10);
    const scaled = (tokens: number) => Math.round(tokens * size);
    const { input, cached, output } = habit.tokens;
    const wait = thinner > 1 ? 40 + ((count * 13 + index * 29) % 240) : 0;
    const marker = `[[sim input-tokens=${scaled(input)} cached-tokens=${scaled(cached)} tokens=${scaled(output)} latency=${wait} interval=0]]`;
    const endUser = habit.endUser === true ? `customer-${100 + ((count * 3 + index) % 9)}` : undefined;
    const { status, reason } = await askUntilServed(system, {
      secret: keys[habit.key].secret,
      habit,
      marker,
      endUser,
    });
    expect(status, `${habit.key} asks ${habit.model}: ${reason}`).toBe(200);
    dispatched += 1;
  }
  return dispatched + (await fail(system, keys, count));
}

/** What goes wrong in every organization, now and then; staging runs into its own limits. */
async function fail(
  system: System,
  keys: Readonly<Record<KeyName, StaffKey>>,
  count: number,
): Promise<number> {
  const plain = '[[sim tokens=40 interval=0 latency=0]]';
  const planned: (readonly [every: number, KeyName, model: string, marker: string])[] = [
    [6, 'staging', 'gpt-5-mini', plain],
    [18, 'staging', 'gpt-5-mini', plain],
    [18, 'staging', 'gpt-5-mini', '[[sim tokens=9000 interval=0 latency=0]]'],
    [18, 'staging', 'gpt-5-mini', plain],
    [9, 'platform', 'gpt-6-preview', plain],
    [14, 'search', 'gpt-5-mini', '[[sim error=invalid]]'],
    [
      16,
      'search',
      'gpt-5-mini',
      `[[sim fail-times=1 status=503 nonce=n${count} tokens=900 interval=0 latency=0]]`,
    ],
  ];
  let dispatched = 0;
  for (const [every, key, model, marker] of planned) {
    if (count % every !== 0) continue;
    const habit: Habit = { key, model, format: 'chat', every, tokens: { input: 0, cached: 0, output: 0 } };
    const { dispatched: was } = await ask(system, {
      secret: keys[key].secret,
      habit,
      marker,
      endUser: undefined,
    });
    if (was) dispatched += 1;
  }
  return dispatched;
}

/** In the words of one provider to another, with something that the other cannot be told. */
async function askInAnotherFormat(system: System, secret: string): Promise<string> {
  const send = () =>
    fetch(`${system.gatewayUrl}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': secret,
        'anthropic-version': '2023-06-01',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        model: 'gpt-5.2',
        max_tokens: 2_000,
        top_k: 5,
        stream: true,
        metadata: { user_id: 'customer-104' },
        messages: [
          {
            role: 'user',
            content: `[[sim input-tokens=52000 cached-tokens=18000 tokens=1400 latency=180 interval=0]] ${TEXT}`,
          },
        ],
      }),
    });
  let answer = await send();
  for (let tries = 1; answer.status === 503 && tries < MOST_TRIES; tries++) {
    await sleep(TRY_AGAIN_MS);
    answer = await send();
  }
  await answer.text();
  expect(answer.status, 'a request in another format').toBe(200);
  return answer.headers.get('x-tollgate-request-id') ?? '';
}

interface Answered {
  readonly status: number;
  readonly dispatched: boolean;
  /** Why it was refused. */
  readonly reason: string;
}

/** On a machine that is busy, a limit may not be known in time, and the gateway asks to come again. */
async function askUntilServed(system: System, question: Ask): Promise<Answered> {
  for (let tries = 1; ; tries++) {
    const answer = await ask(system, question);
    if (answer.status !== 503 || tries === MOST_TRIES) return answer;
    await sleep(TRY_AGAIN_MS);
  }
}

async function ask(system: System, { secret, habit, marker, endUser }: Ask): Promise<Answered> {
  const { path, headers, body } = toCall(habit, `${marker} ${TEXT}`, endUser);
  const answer = await fetch(`${system.gatewayUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const dispatched = Number(answer.headers.get('x-tollgate-attempts') ?? 0) > 0;
  return { status: answer.status, dispatched, reason: answer.ok ? '' : text.slice(0, 500) };
}

function toCall({ model, format, stream }: Habit, content: string, endUser: string | undefined) {
  switch (format) {
    case 'chat':
      return {
        path: '/v1/chat/completions',
        headers: {},
        body: {
          model,
          ...(stream === true && { stream }),
          ...(endUser !== undefined && { user: endUser }),
          messages: [{ role: 'user', content }],
        },
      };
    case 'messages':
      return {
        path: '/v1/messages',
        headers: { 'anthropic-version': '2023-06-01' },
        body: {
          model,
          max_tokens: 32_000,
          ...(stream === true && { stream }),
          ...(endUser !== undefined && { metadata: { user_id: endUser } }),
          messages: [{ role: 'user', content }],
        },
      };
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:generateContent`,
        headers: {},
        body: { contents: [{ role: 'user', parts: [{ text: content }] }] },
      };
    case 'embeddings':
      return { path: '/v1/embeddings', headers: {}, body: { model, input: Array(40).fill(TEXT.repeat(20)) } };
  }
}
