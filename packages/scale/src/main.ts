/**
 * `npm run scale`: an organization of a size that few have, in a database of its own, and what it takes to work
 * with it: ingest into roll-ups, dashboards, lists, explorer, invoice, disk, and how they grow [S6, S7].
 *
 * Arguments: `--entries 1000000,10000000` (each size is measured on the way to the next), `--keys N`, `--teams N`,
 * `--rounds N` (questions of each kind), `--seed N`. Ends with 1 if a document differs from the ledger.
 */
import { parseArgs } from 'node:util';
import { startTestServices } from '@tollgate/testing';
import { fillOrganization } from './filled-organization.ts';
import { type Measurements, measureOrganization } from './measure-organization.ts';
import { formatReport } from './report.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000,1000000' },
    keys: { type: 'string', default: '500000' },
    teams: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '20261121' },
  },
});

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`Cannot measure: --${name} must be a whole number above 0, got ${text}`);
}

const sizes = values.entries.split(',').map((text) => wholeNumber('entries', text));
if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0))) {
  throw new Error(`Cannot measure: --entries must rise, got ${values.entries}`);
}
const nowMs = Date.UTC(2026, 10, 21, 12);
const log = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const services = await startTestServices();
try {
  log(`filling ${values.teams} teams and ${values.keys} keys, seed ${values.seed}`);
  const filled = await fillOrganization({
    seed: wholeNumber('seed', values.seed),
    teamCount: wholeNumber('teams', values.teams),
    keyCount: wholeNumber('keys', values.keys),
    usedKeyCount: Math.min(5_000, wholeNumber('keys', values.keys)),
    usedTeamCount: Math.min(50, wholeNumber('teams', values.teams)),
    fromMs: Date.UTC(2026, 7, 24),
    toMs: nowMs,
    nowMs,
    services,
  });
  try {
    const measured: Measurements[] = [];
    for (const entryCount of sizes) {
      measured.push(
        await measureOrganization(filled, {
          entryCount,
          presentCount: measured.at(-1)?.entryCount ?? 0,
          nowMs,
          roundCount: wholeNumber('rounds', values.rounds),
          onProgress: log,
        }),
      );
      console.log(`\n${formatReport(measured)}\n`);
    }
    if (measured.some(({ exactness }) => exactness.differences.length > 0)) process.exitCode = 1;
  } finally {
    await filled.close();
  }
} finally {
  await services.stop();
}
