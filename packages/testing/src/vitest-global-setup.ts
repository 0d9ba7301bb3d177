/**
 * Vitest's global setup of the `integration` project: real services for the run, gone when it ends.
 *
 * One Postgres and Redis for each worker: what runs in one database of a Postgres holds back what those who follow
 * transaction ids may read in all its databases, and a test that flushes Redis flushes it for everybody.
 */
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import type {} from './provided-services.ts';
import { type RunningTestServices, startTestServices } from './test-services.ts';

let services: readonly RunningTestServices[] = [];

export async function setup(project: TestProject): Promise<void> {
  const { maxWorkers } = project.vitest.config;
  services = await Promise.all(Array.from({ length: Math.max(1, Number(maxWorkers)) }, startTestServices));
  await Promise.all(services.map(stopGatheringStatistics));
  project.provide(
    'tollgateServices',
    services.map(({ superuserUrl, redisUrl, rolePasswords }) => ({ superuserUrl, redisUrl, rolePasswords })),
  );
  // Gone with the state of the services, whatever ends the run.
  project.provide('tollgateBundleFolder', join(services[0]!.stateDir, 'bundles'));
}

/**
 * While Postgres gathers statistics by itself, it holds a transaction id, and nothing that is committed after it is
 * read by those who follow transaction ids: a test that looks once would miss what it has just written. A test whose
 * subject is a plan gathers them itself (`ANALYZE`).
 */
async function stopGatheringStatistics({ superuserUrl }: RunningTestServices): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('ALTER SYSTEM SET autovacuum_analyze_threshold = 2147483647');
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

export async function teardown(): Promise<void> {
  await Promise.all(services.map((each) => each.stop()));
}
