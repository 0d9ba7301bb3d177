/**
 * `npm run scale`: an organization of a size that few have, in a database of its own, and what it takes to work
 * with it: ingest into roll-ups, dashboards, lists, explorer, invoice, disk, and how they grow [S6, S7].
 *
 * Arguments: `--entries 1000000,10000000` (each in a database of its own), `--keys N`, `--teams N`, `--log-days N` (how much
 * of the request log is kept; all unless told), `--write-minutes N` (fewer entries where there is no time for more),
 * `--rounds N` (questions of each kind), `--seed N`. `--keep FILE` writes down how to reach the last size and holds it
 * until Ctrl-C; meanwhile `--use FILE` asks it everything again, or rates all of it again with `--rerate`. Ends with 1 if a document differs from the ledger.
 */
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startTestServices, type TestServices } from '@tollgate/testing';
import { fillOrganization, type KeptOrganization, openKept } from './filled-organization.ts';
import { askEverything, type Measurements, measureOrganization } from './measure-organization.ts';
import { measureRerating } from './measure-rerating.ts';
import { formatReport } from './report.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000,1000000' },
    keys: { type: 'string', default: '500000' },
    teams: { type: 'string', default: '2000' },
    'log-days': { type: 'string', default: '400' },
    'write-minutes': { type: 'string', default: '1440' },
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '20261121' },
    keep: { type: 'string' },
    use: { type: 'string' },
    rerate: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Cannot measure: --${name} must be a whole number above 0, got ${text}`);
}

const sizes = values.entries.split(',').map((text) => wholeNumber('entries', text));
const fromMs = Date.UTC(2026, 7, 24);
const nowMs = Date.UTC(2026, 10, 21, 12);
const log = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** What each takes on two cores that have little else to do, as measured on 2026-11-21. */
const KEYS_PER_SECOND = 2_500;
const ENTRIES_WRITTEN_PER_SECOND = 20_000;
const ENTRIES_MADE_PER_SECOND = 8_000;
const QUESTIONS_S = 240;

function estimateMinutes(entryCounts: readonly number[]): number {
  const keysS = wholeNumber('keys', values.keys) / KEYS_PER_SECOND;
  const seconds = entryCounts.map(
    (count) => keysS + count / ENTRIES_WRITTEN_PER_SECOND + count / ENTRIES_MADE_PER_SECOND + QUESTIONS_S,
  );
  return Math.ceil(seconds.reduce((sum, one) => sum + one, 0) / 60);
}

async function measureSize(
  services: TestServices,
  entryCount: number,
  isLast: boolean,
): Promise<Measurements> {
  log(`filling ${values.teams} teams and ${values.keys} keys, seed ${values.seed}`);
  const filled = await fillOrganization({
    seed: wholeNumber('seed', values.seed),
    teamCount: wholeNumber('teams', values.teams),
    keyCount: wholeNumber('keys', values.keys),
    usedKeyCount: Math.min(5_000, wholeNumber('keys', values.keys)),
    usedTeamCount: Math.min(50, wholeNumber('teams', values.teams)),
    fromMs,
    toMs: nowMs,
    nowMs,
    logDays: wholeNumber('log-days', values['log-days']),
    services,
  });
  try {
    const roundCount = wholeNumber('rounds', values.rounds);
    const writeMinutes = wholeNumber('write-minutes', values['write-minutes']);
    const options = { entryCount, writeMinutes, fromMs, nowMs, roundCount, onProgress: log };
    const measurements = await measureOrganization(filled, options);
    console.log(`\n${formatReport([measurements])}\n`);
    if (isLast && values.keep !== undefined) await keep(values.keep, { ...filled.kept, entryCount });
    return measurements;
  } finally {
    await filled.close();
  }
}

/** Until Ctrl-C. */
async function keep(path: string, organization: KeptOrganization): Promise<void> {
  await writeFile(path, JSON.stringify(organization), { mode: 0o600 });
  log(`kept until Ctrl-C; npm run scale -- --use ${path} asks it again`);
  const timer = setInterval(() => undefined, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(timer);
  await rm(path, { force: true });
}

async function askAgain(path: string): Promise<void> {
  const kept = JSON.parse(await readFile(path, 'utf8')) as KeptOrganization;
  const filled = openKept(kept, nowMs);
  const roundCount = wholeNumber('rounds', values.rounds);
  try {
    if (values.rerate) await measureRerating(filled, { fromMs, nowMs, onProgress: log });
    else await askEverything(filled, { entryCount: kept.entryCount, nowMs, roundCount, onProgress: log });
  } finally {
    await filled.close();
  }
}

async function measureAll(): Promise<void> {
  const services = await startTestServices();
  try {
    const measured: Measurements[] = [];
    for (const [place, entryCount] of sizes.entries()) {
      log(`about ${estimateMinutes(sizes.slice(place))} minutes to go`);
      measured.push(await measureSize(services, entryCount, place === sizes.length - 1));
    }
    if (measured.length > 1) console.log(`\n${formatReport(measured)}\n`);
    if (measured.some(({ exactness }) => exactness.differences.length > 0)) process.exitCode = 1;
  } finally {
    await services.stop();
  }
}

await (values.use === undefined ? measureAll() : askAgain(values.use));
