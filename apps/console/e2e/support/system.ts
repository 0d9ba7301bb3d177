/** The systems under test: where each listens, and how its clock is moved. Written by the set-up, read by tests. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface System {
  readonly consoleUrl: string;
  readonly gatewayUrl: string;
  readonly simulatorUrl: string;
  readonly mailboxUrl: string;
  /** The stand-in for Stripe. */
  readonly stripeUrl: string;
  /** Where a test may listen as the name servers of the world, and as an issuer that may be asked. */
  readonly dnsPort: number;
  readonly issuerPort: number;
  readonly stateDirectory: string;
  /** Milliseconds that every process adds to its wall clock. */
  readonly clockOffsetFile: string;
}

/** @param workerIndex Playwright's `parallelIndex`: each worker has a system, with its own clock, to itself. */
export function systemFileOf(workerIndex: number): string {
  return path.resolve(import.meta.dirname, `../../test-results/system-${workerIndex}.json`);
}

export async function readSystem(workerIndex: number): Promise<System> {
  return JSON.parse(await readFile(systemFileOf(workerIndex), 'utf8')) as System;
}

/** Processes look at the file no more than five times a second. */
const SEEN_AFTER_MS = 250;

/**
 * Moves the clock of every process of this system, and waits until none can go by the one before. Move it back (0) before
 * the test ends.
 */
export async function moveClock(system: System, offsetMs: number): Promise<void> {
  // Whole from the first moment: a file that is empty just then would be read as 0.
  const next = `${system.clockOffsetFile}.next`;
  await writeFile(next, String(offsetMs));
  await rename(next, system.clockOffsetFile);
  await delay(SEEN_AFTER_MS);
}

/**
 * What waits for gateways to tell of a new time looks again when the clock moves, and else within a minute of its own.
 *
 * @returns Lets a minute pass after `offsetMs`, and another one each time.
 */
export function passingMinutes(system: System, offsetMs: number): () => Promise<void> {
  let passedMs = offsetMs;
  return () => {
    passedMs += 60_000;
    return moveClock(system, passedMs);
  };
}
