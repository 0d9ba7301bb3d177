/** Whether memory grows with the number of requests: resident memory at twenty points of many small requests. */
import type { Contender } from './arena.ts';
import { CASES } from './cases.ts';
import { residentMiB } from './child.ts';
import { makeLoad } from './load.ts';
import { median } from './throughput.ts';

const POINTS = 20;
const ROUND_SECONDS = 2;

export interface SoakRow {
  readonly contender: Contender;
  readonly requests: number;
  readonly errors: number;
  /** At every twentieth of the requests. */
  readonly pointsMiB: readonly number[];
  /** Median of the second quarter: warm, heap grown to what the load needs. */
  readonly earlyMiB: number;
  /** Median of the last quarter. */
  readonly lateMiB: number;
}

export async function soak(
  contender: Contender,
  requests: number,
  say: (line: string) => void,
): Promise<SoakRow> {
  const pointsMiB: number[] = [];
  let [done, errors] = [0, 0];
  const [small] = CASES;
  while (done < requests) {
    const result = await makeLoad({
      url: `${contender.url}/v1/chat/completions`,
      headers: { ...contender.headers, 'content-type': 'application/json' },
      body: small!.body,
      connections: small!.connections,
      seconds: ROUND_SECONDS,
    });
    done += result.requests;
    errors += result.errors;
    if (result.requests === 0) throw new Error(`Cannot soak ${contender.name}: it must answer, got nothing`);
    while (pointsMiB.length < POINTS && done >= ((pointsMiB.length + 1) * requests) / POINTS) {
      pointsMiB.push(residentMiB(contender.pid));
      if (pointsMiB.length % 5 === 0) say(`${done} requests, ${pointsMiB.at(-1)} MiB`);
    }
  }
  const quarter = POINTS / 4;
  return {
    contender,
    requests: done,
    errors,
    pointsMiB,
    earlyMiB: median(pointsMiB.slice(quarter, 2 * quarter)),
    lateMiB: median(pointsMiB.slice(-quarter)),
  };
}
