/** How well a credential answers, from attempts by outcome. Pure. */
import type { UsageRow } from '@tollgate/api';

export type Health = 'healthy' | 'degraded' | 'unhealthy';

export interface CredentialStanding {
  readonly attempts: number;
  /** That the provider failed, or that never ended; who hung up is not counted. */
  readonly failedShare: number;
  readonly health: Health;
}

const DEGRADED_FROM = 0.05;
const UNHEALTHY_FROM = 0.5;
const FAILURES: readonly (string | undefined)[] = ['failed', 'interrupted'];

type Row = Pick<UsageRow, 'credential' | 'status' | 'requests'>;

/** @returns Credential id to how it stands; those that nothing was sent by are missing. */
export function standingsOf(rows: readonly Row[]): ReadonlyMap<string, CredentialStanding> {
  const byCredential = Map.groupBy(rows, ({ credential }) => credential ?? '');
  return new Map([...byCredential].map(([id, own]) => [id, standingOf(own)]));
}

function standingOf(rows: readonly Row[]): CredentialStanding {
  const attempts = sumOf(rows);
  const failed = sumOf(rows.filter(({ status }) => FAILURES.includes(status)));
  const failedShare = attempts === 0 ? 0 : failed / attempts;
  return { attempts, failedShare, health: healthOf(failedShare) };
}

function healthOf(failedShare: number): Health {
  if (failedShare >= UNHEALTHY_FROM) return 'unhealthy';
  return failedShare >= DEGRADED_FROM ? 'degraded' : 'healthy';
}

function sumOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { requests }) => sum + requests, 0);
}
