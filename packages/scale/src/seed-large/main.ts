/**
 * `npm run seed:large`: an organization with 500,000 keys and 2,000 teams, and how long each list and query of the
 * admin API takes as its requests grow [S7]. What money costs at that size is `npm run scale`.
 *
 * Arguments: `--requests 1000000,10000000` (each size is measured on the way to the next), `--keys N`, `--teams N`,
 * `--rounds N` (questions of each kind), `--seed N`. `--use FILE,FILE` asks organizations that `npm run scale -- --keep FILE`
 * holds, the smaller first, instead of filling one.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { rollUp } from '@tollgate/billing';
import { startTestServices } from '@tollgate/testing';
import {
  type FilledOrganization,
  fillOrganization,
  type KeptOrganization,
  openKept,
} from '../filled-organization.ts';
import { makeInSets } from '../make-in-sets.ts';
import { timeQuestions } from '../measure.ts';
import { listingQuestions, listQuestions, requestQuestions, usageQuestions } from '../questions.ts';
import { SeededRandom } from '../random.ts';
import { formatTiming } from '../report.ts';
import { findListEndpoints } from './endpoints.ts';
import { formatGrowth, type SizeTimings } from './growth.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000,1000000' },
    keys: { type: 'string', default: '500000' },
    teams: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '20261121' },
    use: { type: 'string' },
  },
});
const NOW_MS = Date.UTC(2026, 10, 21, 12);
const FROM_MS = Date.UTC(2026, 7, 24);
const FIRST_ENTRIES = 5_000;
const USED_KEYS = 5_000;
const USED_TEAMS = 50;
const PROGRESS_EVERY = 100_000;

const log = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Cannot seed: --${name} must be a whole number above 0, got ${text}`);
}

async function measureSize(filled: FilledOrganization, added: number, size: number): Promise<SizeTimings> {
  const first = size === added ? Math.min(added, FIRST_ENTRIES) : 0;
  // Rolled up as in use, so that each month has its documents; what comes after is made in sets.
  if (first > 0) await filled.addEntries(first);
  while ((await rollUp(filled.worker, { organizationId: filled.organizationId, nowMs: NOW_MS })) > 0);
  if (added > first) {
    await filled.addEntries(added - first, (written) => {
      if (written % PROGRESS_EVERY === 0)
        log(`${size - added + first + written} of ${size} requests written`);
    });
    log('bringing roll-ups up in sets');
    await makeInSets(filled, { fromMs: FROM_MS, nowMs: NOW_MS });
  }
  await filled.analyze();
  return askAll(filled, size);
}

async function askAll(
  filled: Pick<FilledOrganization, 'ask' | 'dimensions' | 'models'>,
  size: number,
): Promise<SizeTimings> {
  log('asking what the console asks');
  const { questions, leftOut } = await findListEndpoints(filled.ask);
  if (leftOut.length > 0) log(`not asked, they need more than an address: ${leftOut.join(', ')}`);
  const timings = await timeQuestions(
    filled.ask,
    [
      ...questions,
      ...usageQuestions(NOW_MS, filled.dimensions, filled.models),
      ...requestQuestions(filled.dimensions, filled.models),
      ...listQuestions(NOW_MS, filled.dimensions),
      ...listingQuestions(NOW_MS),
    ],
    wholeNumber('rounds', values.rounds),
    new SeededRandom(size),
    undefined,
    (timing) => log(formatTiming(timing)),
  );
  return { size, timings };
}

async function askKept(paths: readonly string[]): Promise<void> {
  const measured: SizeTimings[] = [];
  for (const path of paths) {
    const kept = JSON.parse(await readFile(path, 'utf8')) as KeptOrganization;
    const filled = openKept(kept, NOW_MS);
    try {
      measured.push(await askAll(filled, kept.entryCount));
    } finally {
      await filled.close();
    }
  }
  console.log(`\n${formatGrowth(measured)}\n`);
}

async function fillAndAsk(sizes: readonly number[]): Promise<void> {
  if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0))) {
    throw new Error(`Cannot seed: --requests must rise, got ${values.requests}`);
  }
  const services = await startTestServices();
  try {
    log(`filling ${values.teams} teams and ${values.keys} keys, seed ${values.seed}`);
    const filled = await fillOrganization({
      seed: wholeNumber('seed', values.seed),
      teamCount: wholeNumber('teams', values.teams),
      keyCount: wholeNumber('keys', values.keys),
      usedKeyCount: Math.min(USED_KEYS, wholeNumber('keys', values.keys)),
      usedTeamCount: Math.min(USED_TEAMS, wholeNumber('teams', values.teams)),
      fromMs: FROM_MS,
      toMs: NOW_MS,
      nowMs: NOW_MS,
      services,
    });
    try {
      const measured: SizeTimings[] = [];
      for (const size of sizes) {
        measured.push(await measureSize(filled, size - (measured.at(-1)?.size ?? 0), size));
        console.log(`\n${formatGrowth(measured)}\n`);
      }
    } finally {
      await filled.close();
    }
  } finally {
    await services.stop();
  }
}

await (values.use === undefined
  ? fillAndAsk(values.requests.split(',').map((text) => wholeNumber('requests', text)))
  : askKept(values.use.split(',')));
