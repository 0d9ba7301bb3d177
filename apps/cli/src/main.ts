/**
 * The `tollgate` command. Each subcommand is a file in commands/, loaded only when it is asked for, so that `start`
 * can make what others need to load at all (the generated database client).
 */
import { ConfigurationError, readEnvironment } from '@tollgate/config';
import type { Command } from './command.ts';
import { UserError } from './user-error.ts';

const COMMANDS: Record<string, { readonly summary: string; readonly load: () => Promise<Command> }> = {
  start: {
    summary: 'run everything on this machine; Ctrl-C stops it',
    load: async () => (await import('./commands/start.ts')).start,
  },
  bootstrap: {
    summary: 'set up an organization without a browser; prints JSON',
    load: async () => (await import('./commands/bootstrap.ts')).bootstrap,
  },
  migrate: {
    summary: 'prepare the database that DATABASE_URL names: roles, migrations, prices',
    load: async () => (await import('./commands/migrate.ts')).migrate,
  },
  reset: {
    summary: 'stop what runs and delete its data',
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  'verify-log': {
    summary: 'verify an exported audit log: the file alone, no database, no network',
    load: async () => (await import('./commands/verify-log.ts')).verifyLog,
  },
  test: {
    summary: 'run all tests, or those whose path holds one of the arguments',
    load: async () => (await import('./commands/test.ts')).test,
  },
  properties: {
    summary: 'draw 30 times the cases for every property of the unit tests; --times N',
    load: async () => (await import('./commands/properties.ts')).properties,
  },
  check: {
    summary: 'format, lint, types, unused code, layers',
    load: async () => (await import('./commands/check.ts')).check,
  },
  walk: {
    summary: 'axe over every page, sheet, dialog and menu; at most 8 requests for each page',
    load: async () => (await import('./commands/browser-suite.ts')).walk,
  },
  visual: {
    summary: 'compare a picture of every page with the one that is kept; --update keeps the new ones',
    load: async () => (await import('./commands/browser-suite.ts')).visual,
  },
  lighthouse: {
    summary: 'measure the main pages of the console with Lighthouse',
    load: async () => (await import('./commands/browser-suite.ts')).lighthouse,
  },
  'seed:large': {
    summary: 'time every list and query over 500,000 keys, 2,000 teams and requests by the million',
    load: async () => (await import('./commands/seed-large.ts')).seedLarge,
  },
  conformance: {
    summary: 'every client against every provider wire; writes packages/conformance/MATRIX.md',
    load: async () => (await import('./commands/conformance.ts')).conformance,
  },
  bench: {
    summary: 'run the benchmarks',
    load: async () => (await import('./commands/bench.ts')).bench,
  },
  faults: {
    summary: 'break the data plane at random, heal it, and check every promise; --seed N replays',
    load: async () => (await import('./commands/faults.ts')).faults,
  },
  scale: {
    summary: 'fill an organization with keys and requests by the million, and measure what it takes',
    load: async () => (await import('./commands/scale.ts')).scale,
  },
};

async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const help = Object.entries(COMMANDS).map(([key, { summary }]) => `  ${key.padEnd(10)} ${summary}`);
    console.error(['Usage: npm run tollgate -- COMMAND', '', ...help].join('\n'));
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  const run = await command.load();
  return run(args, readEnvironment());
}

/** Whether the message alone tells what to do: a wrong setting, a wrong flag. */
function isExpected(error: unknown): error is Error {
  if (error instanceof UserError || error instanceof ConfigurationError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(isExpected(error) ? `\n${error.message}` : error);
  process.exitCode = 1;
}
