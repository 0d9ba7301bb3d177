/**
 * Vitest's global setup of the `integration` project: real services for the run, gone when it ends.
 */
import type { TestProject } from 'vitest/node';
import type {} from './provided-services.ts';
import { type RunningTestServices, startTestServices } from './test-services.ts';

let services: RunningTestServices | undefined;

export async function setup(project: TestProject): Promise<void> {
  services = await startTestServices();
  const { superuserUrl, redisUrl, rolePasswords } = services;
  project.provide('tollgateServices', { superuserUrl, redisUrl, rolePasswords });
}

export async function teardown(): Promise<void> {
  await services?.stop();
}
