/** CPU time: stable where other work on the machine makes wall-clock time say little. Linux only. */
import { readFileSync } from 'node:fs';
import type { Database } from '@tollgate/db';

const MS_PER_TICK = 10;

export interface CpuTime {
  readonly postgresMs: number;
  readonly nodeMs: number;
}

/**
 * Reads how much has been used since the first reading, by this process and by the Postgres backends that serve it under
 * this name. What a backend uses between the last reading and its end is missed.
 */
export function watchCpuTime(database: Database, applicationName: string): () => Promise<CpuTime> {
  const ticksByPid = new Map<number, number>();
  let ticks = 0;
  let isFirst = true;
  return async () => {
    const rows = await database.platform(
      (tx) =>
        tx.$queryRaw<
          { pid: number }[]
        >`SELECT pid FROM pg_stat_activity WHERE application_name = ${applicationName}`,
    );
    for (const { pid } of rows) {
      const now = ticksOf(pid);
      if (!isFirst) ticks += now - (ticksByPid.get(pid) ?? 0);
      ticksByPid.set(pid, now);
    }
    isFirst = false;
    const { user, system } = process.cpuUsage();
    return { postgresMs: ticks * MS_PER_TICK, nodeMs: (user + system) / 1_000 };
  };
}

function ticksOf(pid: number): number {
  // User and system time are the 14th and 15th field; the second, a name in brackets, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
