/**
 * What a person sees: a line for each step, with its time, while it runs and when it is done.
 *
 * On a terminal the running step is redrawn in place; elsewhere (CI, pipes, `--ci`) there are plain lines only.
 */
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

export type Output = Pick<NodeJS.WriteStream, 'write'> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export type Screen = {
  /** Runs a step and shows it. The step may report what it is doing, and return a word on its outcome. */
  step<T>(
    title: string,
    run: (report: (detail: string) => void) => Promise<T>,
    outcome?: (value: T) => string,
  ): Promise<T>;
  line(text?: string): void;
};

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 90;
const CLEAR_LINE = '\r\x1b[2K';

export function createScreen(output: Output, { plain }: { readonly plain: boolean }): Screen {
  const animated = output.isTTY === true && !plain;
  return {
    line: (text = '') => void output.write(`${text}\n`),
    step: async (title, run, outcome) => {
      const startedAt = performance.now();
      const animation = animated ? startAnimation(output, title) : undefined;
      try {
        const value = await run((detail) => animation?.show(detail));
        animation?.stop();
        const word = outcome?.(value) ?? '';
        const done = `${title}${word === '' ? '' : `: ${word}`}`;
        output.write(
          animated
            ? `  \x1b[32m✓\x1b[39m ${done} ${dim(secondsSince(startedAt))}\n`
            : `${done} (${secondsSince(startedAt)})\n`,
        );
        return value;
      } catch (error) {
        animation?.stop();
        output.write(animated ? `  \x1b[31m✗\x1b[39m ${title}\n` : `${title}: failed\n`);
        throw error;
      }
    },
  };
}

function startAnimation(output: Output, title: string): { show(detail: string): void; stop(): void } {
  const startedAt = performance.now();
  let detail = '';
  let frame = 0;
  const draw = () => {
    const tail = detail === '' ? '' : `  ${detail}`;
    const text = `${title} ${secondsSince(startedAt)}${tail}`.slice(0, (output.columns ?? 80) - 6);
    output.write(`${CLEAR_LINE}  ${FRAMES[frame++ % FRAMES.length]} ${text}`);
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  return {
    show: (next) => {
      detail = stripVTControlCharacters(next).trim();
    },
    stop: () => {
      clearInterval(timer);
      output.write(CLEAR_LINE);
    },
  };
}

/** Elapsed time for people: `0.3 s`, `42 s`. */
export function secondsSince(startedAt: number): string {
  const seconds = (performance.now() - startedAt) / 1_000;
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

function dim(text: string): string {
  return `\x1b[2m${text}\x1b[22m`;
}

/** Whether to leave out colours and motion. */
export function prefersPlain(stream: Pick<WriteStream, 'isTTY'>, ci: boolean): boolean {
  return ci || !stream.isTTY;
}
