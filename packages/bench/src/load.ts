/** Makes load: `wrk` where it is installed, else an undici client in this process. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess } from '@tollgate/testing';
import { Pool } from 'undici';

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

export function makeLoad(options: LoadOptions): Promise<LoadResult> {
  return hasWrk ? withWrk(options) : withUndici(options);
}

async function withWrk({ url, headers, body, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
  const script = join(folder, 'post.lua');
  const headerLines = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[ ${lua(name)} ] = ${lua(value)}`,
  );
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = ${lua(body)}\n${headerLines.join('\n')}
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %f %f\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end\n`,
  );
  const output = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]).finally(
    () => rmSync(folder, { recursive: true }),
  );
  const match = /RESULT (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)/.exec(output);
  if (match === null) throw new Error(`Cannot read wrk: it must print a result, got ${output}`);
  const requests = Number(match[1]);
  return {
    requests,
    errors: Number(match[3]),
    perSecond: (requests / Number(match[2])) * 1_000_000,
    p50Ms: Number(match[4]),
    p99Ms: Number(match[5]),
  };
}

/** A Lua string literal that holds any text. */
function lua(text: string): string {
  return `[==[${text}]==]`;
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    endWithThisProcess(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', () => resolve(output));
  });
}

async function withUndici({ url, headers, body, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  const latencies: number[] = [];
  let errors = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      const response = await pool.request({ path: pathname, method: 'POST', headers: { ...headers }, body });
      await response.body.dump({ limit: Number.MAX_SAFE_INTEGER });
      if (response.statusCode >= 400) errors += 1;
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsedSeconds = (performance.now() - startedMs) / 1000;
  await pool.close();
  latencies.sort((left, right) => left - right);
  const at = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)] ?? 0;
  return {
    requests: latencies.length,
    errors,
    perSecond: latencies.length / elapsedSeconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}
