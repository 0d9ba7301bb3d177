/**
 * The services that vitest's global setup started, as seen from a test process.
 */
import type { TestServices } from './test-services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    tollgateServices: TestServices;
  }
}

/** @throws {Error} The test does not run in the `integration` project. */
export async function getProvidedServices(): Promise<TestServices> {
  // Imported late: browser tests use this package without vitest, and hand their services over themselves.
  const { inject } = await import('vitest');
  const services = inject('tollgateServices') as TestServices | undefined;
  if (services === undefined) {
    throw new Error(
      'Cannot use real services: the test file must end in .db.test.ts (project "integration"), got another name',
    );
  }
  return services;
}
