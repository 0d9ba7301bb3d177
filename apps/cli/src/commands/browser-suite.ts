/**
 * Suites of the console that are no part of `npm test`, because they take minutes or tell of the machine they run on:
 * `visual` compares a picture of every page with the one that is kept (`--update` keeps the new ones), `lighthouse`
 * measures the main pages, `walk` opens every page and everything on it for axe and counts what it asks for.
 */

import { runBrowserTests } from '../browser-tests.ts';
import type { Command } from '../command.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { signalRunningCommands } from '../run-command.ts';
import { createScreen, prefersPlain } from '../screen.ts';
import { createStopSwitch } from '../stop-switch.ts';

export const visual: Command = (args, environment) =>
  runSuite(
    'visual',
    args.map((arg) => (arg === '--update' ? '--update-snapshots=all' : arg)),
    environment,
  );

export const walk: Command = (args, environment) => runSuite('walk', args, environment);

export const lighthouse: Command = (args, environment) => runSuite('lighthouse', args, environment);

async function runSuite(
  suite: 'visual' | 'lighthouse' | 'walk',
  args: readonly string[],
  environment: Parameters<Command>[1],
): Promise<number> {
  const screen = createScreen(process.stdout, {
    plain: prefersPlain(process.stdout, Boolean(environment.CI)),
  });
  const stop = createStopSwitch();
  // Playwright stops the system that it started when it is asked to end.
  void stop.requested.then(() => signalRunningCommands('SIGTERM'));
  stop.onForce(() => signalRunningCommands('SIGKILL'));
  try {
    await screen.step('Database client', () => ensureGeneratedClient(environment));
    const config = `e2e/${suite}/playwright.config.ts`;
    const code = await runBrowserTests({
      environment,
      screen,
      args: [`--config=${config}`, '--reporter=list', ...args],
    });
    return code ?? 1;
  } finally {
    stop.dispose();
  }
}
