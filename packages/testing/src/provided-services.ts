/**
 * The services that vitest's global setup started, as seen from a test process.
 */
import type { TestServices } from './test-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each worker of vitest. */
    tollgateServices: readonly TestServices[];
    /** Not there until somebody asks for bundles. */
    tollgateBundleFolder: string;
  }
}

/** @throws {Error} The test does not run in the `integration` project. */
export async function getProvidedServices(): Promise<TestServices> {
  // Imported late: browser tests use this package without vitest, and hand their services over themselves.
  const { inject } = await import('vitest');
  const provided = inject('tollgateServices') as readonly TestServices[] | undefined;
  // biome-ignore lint/style/noProcessEnv: vitest tells its workers apart nowhere else.
  const worker = Number(process.env.VITEST_POOL_ID ?? 1) - 1;
  const services = provided?.[worker % provided.length];
  if (services === undefined) throw notProvided('real services');
  return services;
}

/** @throws {Error} The test does not run in the `integration` project. */
export async function getBundleFolder(): Promise<string> {
  const { inject } = await import('vitest');
  const folder = inject('tollgateBundleFolder') as string | undefined;
  if (folder === undefined) throw notProvided('bundles');
  return folder;
}

function notProvided(what: string): Error {
  return new Error(
    `Cannot use ${what}: the test file must end in .db.test.ts (project "integration"), got another name`,
  );
}
