/**
 * [G1, G2] What the gateways stand on is taken away for minutes, one by one and then all at once, while clients go on:
 * Postgres, Redis and the workers (no console runs here at all). Nobody may be told that a key or a budget is the
 * reason; keys in use go on; a hard budget spends what was granted to it before, and nothing else.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@tollgate/testing';
import { attempt, closeBooks } from './books.ts';
import { watchBudgets } from './budget-watch.ts';
import { diagnose, probe } from './diagnosis.ts';
import { type Call, runLoad } from './load.ts';
import { createRandom } from './random.ts';
import { MIXED_KINDS } from './requests.ts';
import type { System } from './system.ts';
import type { ExtraKey } from './tenant.ts';
import type { LedgerRow, Verdict } from './verify.ts';

export interface OutageOptions {
  readonly seed: number;
  /** Of all at once; each alone takes a third of it. */
  readonly outageMs: number;
  readonly callsPerSecond?: number;
  /** Before the first, and after each. */
  readonly calmMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface Phase {
  readonly name: string;
  readonly holdMs: number;
  /** From the return until every gateway answered for all keys, one of them never used before. */
  readonly recoveryMs: number;
  /** Of the calls that began while it was away, by outcome. */
  readonly calls: Readonly<Record<string, number>>;
  /** Under a tight hard budget, likewise. */
  readonly budgetedCalls: Readonly<Record<string, number>>;
}

export interface OutageReport {
  readonly seed: number;
  readonly phases: readonly Phase[];
  /** Of a hard budget, all being away: settled and granted before, and spent until the end of it. */
  readonly coveredPicoUsd: bigint;
  readonly spentPicoUsd: bigint;
  readonly verdict: Verdict;
  readonly shippedMs: number;
  /** Everything that breaks a promise; empty when all hold. */
  readonly problems: readonly string[];
}

/** The first under a hard budget of a cent, some 1,300 calls; the others are used once, after an outage each. */
export const OUTAGE_KEYS: readonly ExtraKey[] = [{ limitPicoUsd: 10_000_000_000n }, {}, {}, {}, {}];

type Gone = 'postgres' | 'redis' | 'workers';
const ALL: readonly Gone[] = ['postgres', 'redis', 'workers'];

const CALLS_PER_SECOND = 20;
const BUDGETED_PAUSE_MS = 500;
const CALM_MS = 4_000;
const PROBE_INTERVAL_MS = 2_000;
const RECOVERY_LIMIT_MS = 10_000;
const GIVE_UP_MS = 40_000;
const SHIP_TIMEOUT_MS = 120_000;
/** The rest is connections that break as something goes away. */
const SERVED_SHARE = 0.98;
/** A machine that is busy otherwise has a gateway shed a call now and then; more is the gateway's fault. */
const SHED_SHARE = 0.5;
const SHOWN = 4;

interface Span {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly recoveryMs: number;
  readonly coveredPicoUsd: bigint;
}

interface Answer {
  readonly atMs: number;
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

interface Outage {
  readonly system: System;
  readonly options: OutageOptions;
  readonly problems: string[];
  readonly budgeted: Answer[];
  isOver: boolean;
}

/** @param system Through proxies, with `OUTAGE_KEYS` and without other budgets. */
export async function runOutage(system: System, options: OutageOptions): Promise<OutageReport> {
  const watch = watchBudgets(system.database, system.tenant.organizationId);
  const random = createRandom(options.seed);
  const outage: Outage = { system, options, problems: [], budgeted: [], isOver: false };
  const { problems } = outage;
  const load = runLoad({
    pickUrl: () => system.pickUrl(random),
    secret: system.tenant.secret,
    random,
    callCount: Number.MAX_SAFE_INTEGER,
    concurrency: 60,
    abortShare: 0.2,
    kinds: MIXED_KINDS,
    intervalMs: 1_000 / (options.callsPerSecond ?? CALLS_PER_SECOND),
    isOver: () => outage.isOver,
  });
  const budgeted = askUnderBudget(outage);
  // Told below.
  for (const running of [load, budgeted]) running.catch(() => undefined);
  const spans: Span[] = [];
  try {
    // Keys in use: at every gateway, however late one of them came.
    await whenAllServe(system, [system.tenant.secret, budgetedKeyOf(system).secret]);
    await delay(options.calmMs ?? CALM_MS);
    for (const gone of ALL) spans.push(await takeAway(outage, [gone], options.outageMs / 3, spans.length));
    spans.push(await takeAway(outage, ALL, options.outageMs, spans.length));
  } finally {
    outage.isOver = true;
  }
  const [calls] = await Promise.all([load, budgeted]);
  const { rows, verdict, shippedMs } = await closeBooks(system, {
    watch,
    problems,
    timeoutMs: SHIP_TIMEOUT_MS,
  });
  const phases = spans.map((span) => phaseOf(span, calls, outage));
  problems.push(...wronglyTold(calls, outage.budgeted));
  const last = spans.at(-1);
  const coveredPicoUsd = last?.coveredPicoUsd ?? 0n;
  const spentPicoUsd = spentUntil(rows, budgetedKeyOf(system).keyId, last?.toMs ?? 0);
  if (spentPicoUsd > coveredPicoUsd) {
    problems.push(`${spentPicoUsd} pico-USD were spent, ${coveredPicoUsd} were settled and granted before`);
  }
  return { seed: options.seed, phases, coveredPicoUsd, spentPicoUsd, verdict, shippedMs, problems };
}

async function takeAway(outage: Outage, gone: readonly Gone[], holdMs: number, index: number): Promise<Span> {
  const { system, problems, options } = outage;
  const name = gone.length > 1 ? 'all' : String(gone[0]);
  const fromMs = Date.now();
  await Promise.all(gone.map((each) => remove(system, each)));
  const coveredPicoUsd = await readCovered(system);
  const fresh = system.tenant.extraKeys[1 + index]?.secret ?? '';
  const endMs = performance.now() + holdMs;
  while (performance.now() < endMs) {
    if (gone.includes('postgres') && index === ALL.length)
      problems.push(...(await askUnknown(system, fresh)));
    await delay(Math.max(0, Math.min(PROBE_INTERVAL_MS, endMs - performance.now())));
  }
  const toMs = Date.now();
  await Promise.all(gone.map((each) => bringBack(system, each)));
  const backMs = performance.now();
  const secrets = [system.tenant.secret, budgetedKeyOf(system).secret, fresh];
  await attempt(problems, () => whenAllServe(system, secrets));
  const recoveryMs = Math.round(performance.now() - backMs);
  if (recoveryMs > RECOVERY_LIMIT_MS) problems.push(`recovery from ${name} took ${recoveryMs} ms`);
  options.onProgress?.(`${name} away for ${Math.round(holdMs / 1_000)} s, recovered in ${recoveryMs} ms`);
  await delay(options.calmMs ?? CALM_MS);
  return { name, fromMs, toMs, recoveryMs, coveredPicoUsd };
}

async function remove({ proxies, workers }: System, gone: Gone): Promise<void> {
  if (gone === 'workers') await Promise.all(workers.map((worker) => worker.kill()));
  else proxies?.[gone].setMode({ kind: 'reset' });
}

async function bringBack({ proxies, workers }: System, gone: Gone): Promise<void> {
  if (gone === 'workers') await Promise.all(workers.map((worker) => worker.start()));
  else proxies?.[gone].setMode({ kind: 'pass' });
}

async function askUnderBudget(outage: Outage): Promise<void> {
  const { system, budgeted } = outage;
  const { secret } = budgetedKeyOf(system);
  for (let number = 0; !outage.isOver; number += 1) {
    const { plan } = system.gateways[number % system.gateways.length] ?? {};
    const atMs = Date.now();
    const answer = await probe(new URL(plan?.healthUrl ?? '').origin, secret, 30_000).catch(
      (error: unknown) => ({ status: 0, text: String(error), retryAfter: null }),
    );
    budgeted.push({ atMs, ...answer });
    await delay(BUDGETED_PAUSE_MS);
  }
}

/** A good key that no gateway has met cannot be known: that is nobody's fault, and told so. */
async function askUnknown(system: System, secret: string): Promise<string[]> {
  const answers = await Promise.all(
    system.gateways.map(({ plan }) => probe(new URL(plan.healthUrl).origin, secret)),
  );
  return answers
    .filter(({ status, retryAfter }) => status !== 503 || retryAfter === null)
    .map(({ status, text }) => `a new key was answered with ${status} without Postgres: ${text}`);
}

async function whenAllServe(system: System, secrets: readonly string[]): Promise<void> {
  await Promise.all(
    system.gateways.map(async ({ plan }, index) => {
      const origin = new URL(plan.healthUrl).origin;
      for (const secret of secrets) {
        const serves = async (): Promise<boolean> => {
          const { status, text } = await probe(origin, secret);
          if (status !== 200) throw new Error(`${status} ${text}`);
          return true;
        };
        try {
          await waitFor(serves, {
            timeoutMs: GIVE_UP_MS,
            intervalMs: 100,
            description: `an answer of ${plan.name}`,
          });
        } catch (cause) {
          throw new Error(`${String(cause)}\n    ${await diagnose(system, index)}`, { cause });
        }
      }
    }),
  );
}

function phaseOf({ name, fromMs, toMs, recoveryMs }: Span, calls: readonly Call[], outage: Outage): Phase {
  const inside = calls.filter(({ startedAtMs }) => startedAtMs >= fromMs && startedAtMs < toMs);
  const whole = inside.filter(({ outcome }) => outcome !== 'aborted');
  const asked = whole.filter((call) => !isShed(call));
  const served = asked.filter(({ outcome }) => outcome === 'finished');
  const shedCount = whole.length - asked.length;
  if (shedCount > whole.length * SHED_SHARE) {
    outage.problems.push(`without ${name}, ${shedCount} of ${whole.length} calls were shed`);
  }
  if (served.length < asked.length * SERVED_SHARE) {
    const others = asked.filter(({ outcome }) => outcome !== 'finished').slice(0, SHOWN);
    outage.problems.push(
      `without ${name}, ${served.length} of ${asked.length} calls of a key in use were served: ${others.map(({ kind, outcome, status, text }) => `${kind} ${outcome} ${status} ${text}`).join('; ')}`,
    );
  }
  const budgeted = outage.budgeted.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  return {
    name,
    holdMs: toMs - fromMs,
    recoveryMs,
    calls: countBy(inside, ({ outcome, status }) => (outcome === 'refused' ? `refused ${status}` : outcome)),
    budgetedCalls: countBy(budgeted, ({ status }) => String(status)),
  };
}

/** By its words: in one of the dialects the type of every 503 has "overloaded" in it. */
function isShed({ status, retryAfter, text = '' }: Call): boolean {
  return status === 503 && retryAfter !== undefined && text.includes('the gateway is overloaded');
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(items, nameOf)].map(([name, group]) => [name, group.length]));
}

/** Keys are good and budgets have room all the time: no 4xx, and a 503 says when to come again. */
function wronglyTold(calls: readonly Call[], budgeted: readonly Answer[]): string[] {
  const answers = [
    ...calls.map(({ status, text, retryAfter }) => ({
      status,
      text: text ?? '',
      retryAfter: retryAfter ?? null,
    })),
    ...budgeted,
  ];
  const wrong = answers.filter(
    ({ status, retryAfter }) => (status >= 400 && status < 500) || (status === 503 && retryAfter === null),
  );
  return [...Map.groupBy(wrong, ({ status }) => status)].map(
    ([status, group]) => `${group.length} calls were answered with ${status}, such as ${group[0]?.text}`,
  );
}

function budgetedKeyOf({ tenant }: System): { readonly keyId: string; readonly secret: string } {
  const [key] = tenant.extraKeys;
  if (key === undefined)
    throw new Error('Cannot take things away: the system must have the keys for it, got none');
  return key;
}

/** Of the tight budget: what is settled, and what gateways may spend. Past the proxy. */
async function readCovered({ database, tenant }: System): Promise<bigint> {
  const [row] = await database.tenant(
    tenant.organizationId,
    (tx) => tx.$queryRaw<{ covered: string }[]>`
      SELECT COALESCE(sum(p.settled_pico_usd + p.granted_pico_usd + p.unreconciled_pico_usd), 0)::text AS covered
      FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
        AND b.archived_at IS NULL`,
  );
  return BigInt(row?.covered ?? '0');
}

function spentUntil(rows: readonly LedgerRow[], keyId: string, untilMs: number): bigint {
  return rows
    .filter((row) => row.keyId === keyId && row.startedAt.getTime() < untilMs)
    .reduce((sum, { chargePicoUsd }) => sum + chargePicoUsd, 0n);
}
