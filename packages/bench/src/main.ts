/**
 * `npm run bench`: Tollgate beside a bare proxy and beside others' gateways, in one run, in front of the same
 * simulator; beside each figure what was promised. About ten minutes; `--quick` in three, to see that it works.
 *
 * Rates on a shared machine wander; CPU time per request, from the kernel's account, does not. So both are told, and
 * the promises about speed are judged by the second.
 */
import { parseArgs } from 'node:util';
import { Arena, type Contender } from './arena.ts';
import { CASES, ROUTED, SMALL } from './cases.ts';
import { compareChunks, compareFirstToken, compareLatency } from './fixed-rate.ts';
import { hasWrk } from './load.ts';
import { describeMachine, leaveContendersAlone } from './machine.ts';
import { measureOpenStreams } from './open-streams.ts';
import { judge, type Measured } from './promises.ts';
import {
  chunkTable,
  fixedRateTable,
  openStreamsTable,
  reportOf,
  soakLine,
  throughputTable,
  verdictTable,
  writeReport,
} from './report.ts';
import { soak } from './soak.ts';
import { ROUTE_NAME } from './tenant.ts';
import { compareThroughput, measureByTheClock, type ThroughputRow } from './throughput.ts';
import { benchTranslation } from './translation.ts';

const { values } = parseArgs({
  options: {
    /** A case of cases.ts, `latency`, `first-token`, `chunks` or `open-streams`; several; all unless given. */
    case: { type: 'string', multiple: true },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    /** Seconds and rounds as few as show something: figures of it are worth nothing. */
    quick: { type: 'boolean', default: false },
    features: { type: 'boolean', default: false },
    portkey: { type: 'boolean', default: false },
    litellm: { type: 'boolean', default: false },
    /** How many requests, for the growth of memory. Alone unless cases are named, or the tables are written. */
    soak: { type: 'string' },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    translation: { type: 'boolean', default: false },
  },
});

const startedAt = new Date();
const say = (line: string): void => {
  const seconds = ((Date.now() - startedAt.getTime()) / 1_000).toFixed(0).padStart(4);
  process.stdout.write(`${seconds} s  ${line}\n`);
};
const show = (text: string): void => {
  process.stdout.write(`\n${text}\n\n`);
};

if (values.translation) {
  benchTranslation((line) => process.stdout.write(`${line}\n`));
  process.exit(0);
}

const isEverything = values.case === undefined && (values.soak === undefined || values.write);
const isWanted = (name: string): boolean => isEverything || values.case?.includes(name) === true;
const seconds = Number(values.seconds ?? (values.quick ? 1 : 4));
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const warmUpSeconds = values.quick ? 4 : isEverything ? 16 : 60;

leaveContendersAlone();
const machine = describeMachine(startedAt);
show(machine.join('\n'));
say(`load by ${hasWrk ? 'wrk' : 'undici (install wrk for steadier figures)'}`);
const arena = await Arena.open({ isProfiled: values.profile });
try {
  const measured = await measureAll();
  const verdicts = judge(measured);
  show(verdictTable(verdicts));
  if (values.write) writeReport(reportOf(machine, measured, verdicts));
  say(values.write ? 'written into packages/bench/README.md' : 'done');
} finally {
  await arena.close();
}

async function measureAll(): Promise<Measured> {
  const bare = await arena.startBare();
  const gateway = await arena.startGateway({ name: 'gateway', processes: 1 });
  const { everything: tollgate, 'with-route': withRoute, ...without } = gateway;
  const variants = isEverything || values.features ? Object.values(without) : [];
  const others = await startOthers();
  const throughput = new Map<string, readonly ThroughputRow[]>();
  const byTheClockUs = await allByTheClock([bare, tollgate, ...others]);
  for (const each of CASES) {
    if (!isWanted(each.name)) continue;
    say(`${each.name} …`);
    const contenders =
      each.name === ROUTED
        ? [bare, tollgate, withRoute, byRoute(withRoute)]
        : [bare, tollgate, ...(each.name === 'small' ? variants : []), ...others];
    const rows = await compareThroughput(each, contenders, byTheClockUs, {
      seconds,
      // The others tell nothing that a promise hangs on but how they compare.
      rounds: isEverything && each.name !== 'small' ? Math.min(rounds, 2) : rounds,
      warmUpSeconds: each.body === SMALL ? warmUpSeconds : Math.min(warmUpSeconds, 8),
    });
    throughput.set(each.name, rows);
    show(throughputTable(each.name, rows));
  }
  return {
    throughput,
    ...(await measureFixedRates(bare, tollgate)),
    ...(await measureMemory(tollgate)),
  };
}

function byRoute(withRoute: Contender): Contender {
  return {
    ...withRoute,
    name: 'by-route',
    label: 'Tollgate with a route, asked for by it',
    headers: { ...withRoute.headers, 'x-tollgate-route': ROUTE_NAME },
  };
}

async function startOthers(): Promise<Contender[]> {
  const others: (Contender | undefined)[] = [];
  if (isEverything || values.portkey) others.push(await orSay('Portkey', () => arena.startPortkey()));
  if (isEverything || values.litellm) others.push(await orSay('LiteLLM', () => arena.startLiteLlm(say)));
  return others.filter((one) => one !== undefined);
}

/** What cannot be installed here must not keep the rest from being measured. */
async function orSay<T>(name: string, start: () => Promise<T>): Promise<T | undefined> {
  try {
    say(`starting ${name} …`);
    return await start();
  } catch (error) {
    say(`${name} is not in this run: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function allByTheClock(contenders: readonly Contender[]): Promise<Map<number, number>> {
  const [small] = CASES;
  const all = contenders.map(async (one) => [one.pid, await measureByTheClock(small!, one)] as const);
  const found = await Promise.all(all);
  for (const [index, [, us]] of found.entries()) {
    say(`${contenders[index]!.label} by the clock: ${(us / 1_000).toFixed(1)} ms CPU a second`);
  }
  return new Map(found);
}

async function measureFixedRates(bare: Contender, tollgate: Contender): Promise<Partial<Measured>> {
  const found: { -readonly [Name in keyof Measured]?: Measured[Name] } = {};
  const options = { seconds: values.quick ? 4 : 10, rounds: values.quick ? 1 : Math.min(rounds, 2) };
  if (isWanted('latency')) {
    say('latency …');
    found.latency = await compareLatency([arena.direct, bare, tollgate], options);
    show(fixedRateTable('Small requests at a fixed rate', found.latency));
  }
  if (isWanted('first-token')) {
    say('first-token …');
    found.firstToken = await compareFirstToken([arena.direct, bare, tollgate], options);
    show(fixedRateTable('Time to the first token of a stream', found.firstToken));
  }
  if (isWanted('chunks')) {
    say('chunks …');
    found.chunks = await compareChunks([bare, tollgate], options);
    show(chunkTable(found.chunks));
  }
  return found;
}

async function measureMemory(tollgate: Contender): Promise<Partial<Measured>> {
  const found: { -readonly [Name in keyof Measured]?: Measured[Name] } = {};
  if (isWanted('open-streams')) {
    say('open-streams …');
    found.openStreams = await measureOpenStreams(arena, [1_000, 10_000], say);
    show(openStreamsTable(found.openStreams));
  }
  if (values.soak !== undefined) {
    say(`soak of ${values.soak} requests …`);
    found.soak = await soak(tollgate, Number(values.soak), say);
    show(soakLine(found.soak));
  }
  return found;
}
