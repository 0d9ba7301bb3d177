/**
 * Whether the SQL of the migrations makes the database that the Prisma schema describes.
 *
 * Here and not in a test of packages/db, because the shadow database needs rights that tests never have.
 */
import { getProvidedServices } from './provided-services.ts';
import type { TestServices } from './test-services.ts';

/** @returns The SQL that would be missing; undefined when they agree. */
export async function findMigrationDrift(services?: TestServices): Promise<string | undefined> {
  const { superuserUrl } = services ?? (await getProvidedServices());
  const { diffMigrations } = await import('@tollgate/db/admin');
  return diffMigrations({ url: superuserUrl });
}
