/**
 * [G3] Keys in use at every gateway are revoked through the admin API, under load: how long each gateway goes on serving
 * them, whether one ever serves them again, and when their open streams end. Then the same by polling alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@tollgate/testing';
import { Agent, request } from 'undici';
import { type Admin, type AdminKey, startAdmin } from './admin.ts';
import { countOutcomes, wrongRefusals } from './diagnosis.ts';
import { runLoad } from './load.ts';
import { createRandom } from './random.ts';
import type { System } from './system.ts';

export interface RevocationsOptions {
  readonly seed: number;
  readonly revocationCount: number;
  /** Of these, how many more without Redis. */
  readonly pollingCount: number;
  readonly callsPerSecond?: number;
  readonly onProgress?: (line: string) => void;
}

/** Milliseconds from the commit. */
export interface Times {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface RevocationsReport {
  readonly seed: number;
  /** To the end of the first answer that refused, for each key at each gateway; the asker's own delays are in it. */
  readonly refused: Times;
  /** To the start of the last request that was still served: what is promised. */
  readonly lastServed: Times;
  /** To the end of the open stream. */
  readonly cut: Times;
  readonly refusedByPolling: Times;
  readonly cutByPolling: Times;
  readonly calls: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

const WAVE = 40;
const AT_ONCE = 3;
const PROBE_PAUSE_MS = 20;
const AFTER_COUNT = 5;
const AFTER_PAUSE_MS = 50;
const PUSH_LIMIT_MS = 1_000;
const CUT_LIMIT_MS = 2_000;
const POLL_LIMIT_MS = 30_000;
const GIVE_UP_MS = 40_000;
const CALLS_PER_SECOND = 20;
const STREAM_TOKENS = 20_000;
const STREAM_INTERVAL_MS = 100;

interface Seen {
  readonly refusedMs: number[];
  readonly lastServedMs: number[];
  readonly cutMs: number[];
}

export async function runRevocations(
  system: System,
  options: RevocationsOptions,
): Promise<RevocationsReport> {
  const admin = await startAdmin(system);
  const problems: string[] = [];
  const random = createRandom(options.seed);
  let isOver = false;
  const load = runLoad({
    pickUrl: () => system.pickUrl(random),
    secret: system.tenant.secret,
    random,
    callCount: Number.MAX_SAFE_INTEGER,
    concurrency: 10,
    abortShare: 0.3,
    intervalMs: 1_000 / (options.callsPerSecond ?? CALLS_PER_SECOND),
    isOver: () => isOver,
  });
  // Told below; a load that fails early must not go unheard of because a wave fails too.
  load.catch(() => undefined);
  const agent = new Agent({ connections: 400, pipelining: 1 });
  const round = { system, admin, agent, problems };
  try {
    const pushed = await revokeAll(round, options.revocationCount, options.onProgress);
    system.proxies?.redis.setMode({ kind: 'reset' });
    const polled = await revokeAll(round, options.pollingCount, options.onProgress);
    system.proxies?.redis.setMode({ kind: 'pass' });
    isOver = true;
    const calls = await load;
    problems.push(...wrongRefusals(calls));
    const report = {
      seed: options.seed,
      refused: timesOf(pushed.refusedMs),
      lastServed: timesOf(pushed.lastServedMs),
      cut: timesOf(pushed.cutMs),
      refusedByPolling: timesOf(polled.refusedMs),
      cutByPolling: timesOf(polled.cutMs),
      calls: countOutcomes(calls),
      problems,
    };
    const limits = [
      ['was still served', report.lastServed.p99Ms, PUSH_LIMIT_MS],
      ['had an open stream', report.cut.maxMs, CUT_LIMIT_MS],
      ['was refused by polling', report.refusedByPolling.maxMs, POLL_LIMIT_MS],
      ['had an open stream, by polling,', report.cutByPolling.maxMs, POLL_LIMIT_MS],
    ] as const;
    for (const [what, ms, limitMs] of limits) {
      if (ms > limitMs) problems.push(`a revoked key ${what} after ${ms} ms, promised are ${limitMs}`);
    }
    return report;
  } finally {
    isOver = true;
    await agent.destroy();
    await admin.close();
  }
}

interface Round {
  readonly system: System;
  readonly admin: Admin;
  readonly agent: Agent;
  readonly problems: string[];
}

async function revokeAll(
  round: Round,
  count: number,
  onProgress: ((line: string) => void) | undefined,
): Promise<Seen> {
  const seen: Seen = { refusedMs: [], lastServedMs: [], cutMs: [] };
  for (let done = 0; done < count; ) {
    const keys = await round.admin.makeKeys(Math.min(WAVE, count - done));
    await revokeWave(round, keys, seen);
    done += keys.length;
    onProgress?.(`${done} of ${count} keys, slowest refusal ${Math.max(...seen.refusedMs)} ms`);
  }
  return seen;
}

/** Each key is in the memory of every gateway, and has an open stream at one of them. */
async function revokeWave(round: Round, keys: readonly AdminKey[], seen: Seen): Promise<void> {
  const origins = round.system.gateways.map(({ plan }) => new URL(plan.healthUrl).origin);
  const streams: { readonly endedAtMs: Promise<number> }[] = [];
  for (const [index, { secret }] of keys.entries()) {
    for (const origin of origins) {
      const status = await verdictOn(round.agent, origin, secret);
      if (status !== 200) round.problems.push(`a good key was answered with ${status}`);
    }
    streams.push(await openStream(round, origins[index % origins.length] ?? '', secret));
  }
  // A few at a time: what is measured is the gateways, not how many questions one client can ask.
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < keys.length; index = next++) {
      const { keyId, secret } = keys[index] as AdminKey;
      const committed = round.admin.revoke(keyId);
      await Promise.all([
        ...origins.map((origin) => watchRefusal(round, origin, secret, committed, seen)),
        watchCut(streams[index]?.endedAtMs, committed, seen),
      ]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Asks this gateway until it refuses, and a few times more. */
async function watchRefusal(
  { agent, problems }: Round,
  origin: string,
  secret: string,
  committed: Promise<number>,
  seen: Seen,
): Promise<void> {
  let lastServedAtMs = 0;
  const beginMs = Date.now();
  for (;;) {
    const startedAtMs = Date.now();
    const status = await ask(agent, origin, secret);
    if (status === 401) break;
    if (status === 200) lastServedAtMs = startedAtMs;
    if (startedAtMs - beginMs > GIVE_UP_MS) {
      problems.push(`a revoked key is still answered with ${status} after ${GIVE_UP_MS} ms`);
      return;
    }
    await delay(PROBE_PAUSE_MS);
  }
  const refusedAtMs = Date.now();
  const committedAtMs = await committed;
  seen.refusedMs.push(Math.max(0, refusedAtMs - committedAtMs));
  seen.lastServedMs.push(Math.max(0, lastServedAtMs - committedAtMs));
  for (let count = 0; count < AFTER_COUNT; count += 1) {
    await delay(AFTER_PAUSE_MS);
    const status = await verdictOn(agent, origin, secret);
    if (status !== 401) problems.push(`a revoked key that had been refused was answered with ${status}`);
  }
}

async function watchCut(
  endedAtMs: Promise<number> | undefined,
  committed: Promise<number>,
  seen: Seen,
): Promise<void> {
  const [ended, committedAtMs] = await Promise.all([endedAtMs, committed]);
  if (ended !== undefined) seen.cutMs.push(Math.max(0, ended - committedAtMs));
}

/** Free, and authenticated like everything else. @returns 0: the connection broke, which says nothing of the key. */
async function ask(agent: Agent, origin: string, secret: string): Promise<number> {
  try {
    const response = await request(`${origin}/v1/models`, {
      dispatcher: agent,
      headers: { authorization: `Bearer ${secret}` },
    });
    await response.body.dump();
    return response.statusCode;
  } catch (error) {
    if (error instanceof Error) return 0;
    throw error;
  }
}

/** Asks until the answer is about the key: a gateway that is busy for a moment says when to come again. */
function verdictOn(agent: Agent, origin: string, secret: string): Promise<number> {
  return waitFor(
    async () => {
      const status = await ask(agent, origin, secret);
      return status !== 0 && status !== 503 && status;
    },
    { timeoutMs: GIVE_UP_MS, intervalMs: PROBE_PAUSE_MS, description: 'an answer about a key' },
  );
}

/** Resolves when its first bytes have arrived. */
async function openStream(
  { agent, problems }: Round,
  origin: string,
  secret: string,
): Promise<{ readonly endedAtMs: Promise<number> }> {
  const content = `[[sim tokens=${STREAM_TOKENS} latency=0 interval=${STREAM_INTERVAL_MS} ref=revoked]] On and on.`;
  const response = await waitFor(
    async () => {
      const begun = await request(`${origin}/v1/chat/completions`, {
        dispatcher: agent,
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sim-small', stream: true, messages: [{ role: 'user', content }] }),
      });
      if (begun.statusCode !== 503) return begun;
      await begun.body.dump();
      return undefined;
    },
    { timeoutMs: GIVE_UP_MS, intervalMs: PROBE_PAUSE_MS, description: 'a stream' },
  );
  const first = Promise.withResolvers<void>();
  const endedAtMs = (async () => {
    let text = '';
    try {
      for await (const chunk of response.body) {
        text = (text + String(chunk)).slice(-2_000);
        first.resolve();
      }
    } catch {
      text += ' (its connection broke)';
    }
    first.resolve();
    if (!text.includes('"key_revoked"')) {
      problems.push(`a stream of a revoked key ended without saying so: ${text.slice(-300)}`);
    }
    return Date.now();
  })();
  await first.promise;
  return { endedAtMs };
}

function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}
