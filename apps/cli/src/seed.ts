/**
 * What a new database is filled with before the applications start. Every seed is safe to repeat on each start.
 *
 * To add one: append to SEEDS a name and a function that is given the roles' URLs and calls into the subject that
 * owns the data. Nothing is inserted from here.
 */
import type { RoleUrls } from './database.ts';

export type Seed = {
  /** As the progress line shows it. */
  readonly name: string;
  readonly run: (urls: RoleUrls) => Promise<void>;
};

export const SEEDS: readonly Seed[] = [];

export async function seedDatabase(urls: RoleUrls, report: (detail: string) => void): Promise<void> {
  for (const { name, run } of SEEDS) {
    report(name);
    await run(urls);
  }
}
