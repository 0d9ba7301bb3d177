/** How well a credential answers, from attempts by outcome. Pure. */
import type { UsageRow } from '@tollgate/api';
import { countAttempts, countFailures } from '../usage/attempts.ts';

export type Health = 'healthy' | 'degraded' | 'unhealthy';

export interface CredentialStanding {
  readonly attempts: number;
  /** Of all attempts; who hung up is no failure. */
  readonly failedShare: number;
  readonly health: Health;
}

const DEGRADED_FROM = 0.05;
const UNHEALTHY_FROM = 0.5;

type Row = Pick<UsageRow, 'credential' | 'status' | 'attempts'>;

/** @returns Credential id to how it stands; those that nothing was sent by are missing, and those of corrections alone. */
export function standingsOf(rows: readonly Row[]): ReadonlyMap<string, CredentialStanding> {
  const byCredential = Map.groupBy(rows, ({ credential }) => credential ?? '');
  return new Map(
    [...byCredential].flatMap(([id, own]) => (countAttempts(own) === 0 ? [] : [[id, standingOf(own)]])),
  );
}

function standingOf(rows: readonly Row[]): CredentialStanding {
  const attempts = countAttempts(rows);
  const failedShare = countFailures(rows) / attempts;
  return { attempts, failedShare, health: healthOf(failedShare) };
}

function healthOf(failedShare: number): Health {
  if (failedShare >= UNHEALTHY_FROM) return 'unhealthy';
  return failedShare >= DEGRADED_FROM ? 'degraded' : 'healthy';
}
