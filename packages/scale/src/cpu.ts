/** CPU time: stable where other work on the machine makes wall-clock time say little. Linux only. */
import { readFileSync } from 'node:fs';
import type { Database } from '@tollgate/db';

const MS_PER_TICK = 10;

export interface CpuTime {
  readonly postgresMs: number;
  readonly nodeMs: number;
}

/** So far, of this process and of the Postgres backends that serve it under this name. */
export async function readCpuTime(database: Database, applicationName: string): Promise<CpuTime> {
  const rows = await database.platform(
    (tx) =>
      tx.$queryRaw<
        { pid: number }[]
      >`SELECT pid FROM pg_stat_activity WHERE application_name = ${applicationName}`,
  );
  const { user, system } = process.cpuUsage();
  const ticks = rows.reduce((sum, { pid }) => sum + ticksOf(pid), 0);
  return { postgresMs: ticks * MS_PER_TICK, nodeMs: (user + system) / 1_000 };
}

function ticksOf(pid: number): number {
  // User and system time are the 14th and 15th field; the second, a name in brackets, may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
