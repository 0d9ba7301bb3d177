/**
 * How much memory open streams take: a gateway of its own, thousands of streams at a trickle, resident memory of all
 * its processes. Also whether a machine lets so many sockets be open at all.
 */
import { fileURLToPath } from 'node:url';
import type { Arena } from './arena.ts';
import { CASES, HELD_STREAM } from './cases.ts';
import { type Child, cpuTimeUs, firstLineWith, residentMiB, startChild } from './child.ts';
import type { HoldOptions } from './hold-streams.ts';
import { makeLoad } from './load.ts';
import { raiseOpenFiles } from './machine.ts';

const CLIENT = fileURLToPath(new URL('./hold-streams.ts', import.meta.url));
/** A client's and a provider's socket each. */
const FILES_PER_STREAM = 2;
const OTHER_FILES = 500;
const STREAMS_PER_CLIENT = 5_000;
const OPENING_AT_ONCE = 32;
/** For each client's; a machine that is too slow for more is told of what it got. */
const OPEN_WITHIN_SECONDS = 60;
const WARM_UP_SECONDS = 4;
const SETTLE_SECONDS = 6;

export interface OpenStreamsRow {
  readonly wanted: number;
  readonly opened: number;
  /** Still open after a while. */
  readonly held: number;
  readonly processes: number;
  readonly restingMiB: number;
  readonly residentMiB: number;
  readonly kibPerStream: number;
  /** CPU per second while they trickle, in cores. */
  readonly cores: number;
  readonly openSeconds: number;
  /** Tries that were refused or broke while opening, by how. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** @param counts Rising: each is opened on top of the one before. */
export async function measureOpenStreams(
  arena: Arena,
  counts: readonly number[],
  say: (line: string) => void,
): Promise<OpenStreamsRow[]> {
  const most = Math.max(...counts);
  const neededFiles = most * FILES_PER_STREAM + OTHER_FILES;
  const files = raiseOpenFiles(neededFiles);
  const processes = Math.max(1, Math.ceil(neededFiles / files));
  if (processes > 1) {
    say(
      `${most} streams need ${neededFiles} open files, and a process may have ${files} (its hard limit cannot be ` +
        `raised here): the gateway runs as ${processes} processes on one port, and their memory is added up`,
    );
  }
  const { everything: gateway } = await arena.startGateway({ name: 'streams', processes });
  const url = `${gateway.url}/v1/chat/completions`;
  const headers = gateway.headers;
  await makeLoad({
    ...CASES[0]!,
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    seconds: WARM_UP_SECONDS,
  });
  const restingMiB = residentMiB(gateway.pid);
  const rows: OpenStreamsRow[] = [];
  const clients: Child[] = [];
  let [opened, wanted] = [0, 0];
  const refusals: Record<string, number> = {};
  try {
    for (const count of counts) {
      const startedMs = performance.now();
      for (; wanted < count; wanted += STREAMS_PER_CLIENT) {
        const part = Math.min(STREAMS_PER_CLIENT, count - wanted);
        const options: HoldOptions = {
          url,
          headers,
          body: HELD_STREAM,
          count: part,
          openingAtOnce: OPENING_AT_ONCE,
          openWithinSeconds: OPEN_WITHIN_SECONDS,
        };
        const client = startChild(CLIENT, [JSON.stringify(options)]);
        clients.push(client);
        const told = await firstLineWith<{ opened: number; failures: Record<string, number> }>(
          client,
          'opened',
        );
        opened += told.opened;
        say(`${opened} streams are open`);
        for (const [how, times] of Object.entries(told.failures))
          refusals[how] = (refusals[how] ?? 0) + times;
      }
      wanted = count;
      const openSeconds = (performance.now() - startedMs) / 1_000;
      const before = cpuTimeUs(gateway.pid);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_SECONDS * 1_000));
      const nowMiB = residentMiB(gateway.pid);
      rows.push({
        wanted: count,
        opened,
        held: opened,
        processes,
        restingMiB,
        residentMiB: nowMiB,
        kibPerStream: ((nowMiB - restingMiB) * 1_024) / Math.max(1, opened),
        cores: (cpuTimeUs(gateway.pid) - before) / 1_000_000 / SETTLE_SECONDS,
        openSeconds,
        refusals: { ...refusals },
      });
    }
    let held = 0;
    for (const client of clients) {
      const told = firstLineWith<{ held: number }>(client, 'held');
      client.process.kill('SIGTERM');
      held += (await told).held;
    }
    return rows.map((row, index) => (index === rows.length - 1 ? { ...row, held } : row));
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
  }
}
