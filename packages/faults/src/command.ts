/** What all commands of `npm run faults` do alike: services, a system, the report, the exit code. */
import { type BundledEntries, bundleEntries, startTestServices } from '@tollgate/testing';
import { type System, type SystemOptions, startSystem } from './system.ts';

export type CommandSystem = Omit<SystemOptions, 'services' | 'entries'> & {
  /** Run what images run: starts faster, and nothing changes underneath. */
  readonly bundled: boolean;
};

/** @param run Returns whatever breaks a promise. */
export async function runCommandOn(
  { bundled, ...options }: CommandSystem,
  seed: number,
  run: (system: System) => Promise<readonly string[]>,
): Promise<void> {
  const beginMs = performance.now();
  const bundles: BundledEntries | undefined = bundled ? bundleEntries() : undefined;
  const services = await startTestServices();
  let end = (): Promise<void> => services.stop();
  // Processes of their own groups would outlive an interrupted command.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().finally(() => process.exit(1)));
  }
  try {
    const system = await startSystem({
      ...options,
      services,
      ...(bundles === undefined ? {} : { entries: bundles.entries }),
    });
    end = async () => {
      await system.stop();
      await services.stop();
    };
    try {
      const problems = await run(system);
      if (problems.length > 0) {
        console.log(`BROKEN (replay with --seed ${seed}; logs in ${system.logFolder}):`);
        for (const problem of problems) console.log(`  ${problem}`);
        system.keepLogs();
        process.exitCode = 1;
      } else {
        console.log('every promise held');
      }
    } finally {
      await system.stop();
    }
  } finally {
    await services.stop();
    bundles?.remove();
  }
  console.log(`${Math.round((performance.now() - beginMs) / 1_000)} s in all`);
}

/** @throws {Error} Not a whole number above 0. */
export function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isSafeInteger(value)))
    throw new Error(`Cannot start: --${name} must be a whole number above 0, got ${text}`);
  return value;
}
