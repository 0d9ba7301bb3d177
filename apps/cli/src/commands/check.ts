/**
 * The static checks: format and lint, generated client, types of every package, unused code, and our own rules.
 * The last line is `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Environment } from '@tollgate/config';
import type { Command } from '../command.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { sharedEnvironment } from '../process-environment.ts';
import { runCommand } from '../run-command.ts';
import { createScreen, prefersPlain, secondsSince } from '../screen.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

type Check = { readonly title: string; readonly command: readonly string[] };

type Outcome = {
  readonly check: Check;
  readonly failed: boolean;
  readonly output: string;
  readonly time: string;
};

const OWN_CHECKS = 'packages/checks/src/main.ts';

export const check: Command = async (_args, environment) => {
  const screen = createScreen(process.stdout, {
    plain: prefersPlain(process.stdout, Boolean(environment.CI)),
  });
  await screen.step('Database client', () => ensureGeneratedClient(environment));
  let failed = 0;
  const checks = listChecks();
  await runAll(checks, environment, ({ check: { title }, failed: bad, output, time }) => {
    screen.line(`${bad ? 'FAILED' : 'ok    '} ${title.padEnd(36)} ${time}`);
    if (!bad) return;
    failed++;
    screen.line(output.trimEnd());
  });
  screen.line(`${checks.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
};

function listChecks(): Check[] {
  const tool = (name: string) => inRoot(`node_modules/.bin/${name}`);
  return [
    { title: 'format and lint', command: [tool('biome'), 'check', '--error-on-warnings', '.'] },
    ...listPackages().map((folder) => ({
      title: `types of ${folder}`,
      command: [tool('tsc'), '-p', folder],
    })),
    { title: 'unused code', command: [tool('knip'), '--no-progress'] },
    ...(isPresent(OWN_CHECKS) ? [{ title: 'own rules', command: [process.execPath, OWN_CHECKS] }] : []),
  ];
}

function listPackages(): string[] {
  return ['packages', 'apps'].flatMap((area) =>
    readdirSync(inRoot(area), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isPresent(`${area}/${entry.name}/tsconfig.json`))
      .map((entry) => `${area}/${entry.name}`),
  );
}

/** As many at once as there are processors; results in the order they end. */
async function runAll(
  checks: readonly Check[],
  environment: Environment,
  onEnd: (outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...checks];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const startedAt = performance.now();
      const [program = '', ...args] = next.command;
      const options = { cwd: ROOT, environment: sharedEnvironment(environment) };
      const { code, output } = await runCommand(program, args, options);
      onEnd({ check: next, failed: code !== 0, output, time: secondsSince(startedAt) });
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}
