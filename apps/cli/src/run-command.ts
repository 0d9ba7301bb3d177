/**
 * Runs one program to its end, with an environment of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type CommandResult = {
  /** 0 for success; 128 plus the signal's number is not told apart from other failures. */
  readonly code: number;
  /** Last part of what it wrote, both streams together. */
  readonly output: string;
};

export type CommandOptions = {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Gets each piece of output; `inherit` shows it as it comes. */
  readonly onOutput?: ((text: string) => void) | 'inherit';
};

const OUTPUT_KEPT_CHARACTERS = 200_000;

const running = new Set<ChildProcess>();

export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, environment, onOutput }: CommandOptions,
): Promise<CommandResult> {
  const shown = onOutput === 'inherit';
  const child = spawn(command, args, {
    cwd,
    env: { ...environment },
    stdio: ['ignore', shown ? 'inherit' : 'pipe', shown ? 'inherit' : 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT_CHARACTERS);
      if (typeof onOutput === 'function') onOutput(text);
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, output };
  } finally {
    running.delete(child);
  }
}

/** Passes a signal on to whatever runs, for commands that end when their children have. */
export function signalRunningCommands(name: NodeJS.Signals): void {
  for (const child of running) child.kill(name);
}
