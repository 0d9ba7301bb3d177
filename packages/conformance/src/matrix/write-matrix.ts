/** The matrix as people read it: in a terminal, and as a page. */
import type { Cell } from './run-matrix.ts';

/** Simulated answers come at once; what takes longer waits for something. */
const SLOW_MS = 2_000;

const unique = (values: readonly string[]) => [...new Set(values)];

/** A line for each client and target, a letter for each feature; then what is red. */
export function matrixText(cells: readonly Cell[]): string {
  const features = unique(cells.map(({ feature }) => feature));
  const lines = unique(cells.map(({ client, target }) => `${client.padEnd(28)} ${target.padEnd(18)}`)).map(
    (row) => {
      const own = cells.filter(({ client, target }) => `${client.padEnd(28)} ${target.padEnd(18)}` === row);
      return (
        row +
        features
          .map((feature) =>
            own
              .filter((cell) => cell.feature === feature)
              .map(mark)
              .join(''),
          )
          .join(' ')
      );
    },
  );
  const red = cells
    .filter(({ state }) => state === 'red')
    .map(
      (cell) =>
        `RED ${cell.client} | ${cell.target} | ${cell.feature}${cell.stream ? ', streamed' : ''}: ${cell.detail}`,
    );
  const slow = cells.filter(({ tookMs }) => tookMs > SLOW_MS);
  const slowLines = slow.map(
    (cell) => `SLOW ${Math.round(cell.tookMs)} ms ${cell.client} | ${cell.target} | ${cell.feature}`,
  );
  return `${features.join(', ')} (plain, streamed)\n${[...lines, ...red, ...slowLines, summary(cells)].join('\n')}\n`;
}

/** One table for each feature: clients down, provider wires across. */
export function matrixMarkdown(cells: readonly Cell[]): string {
  const targets = unique(cells.map(({ target }) => target));
  const clients = unique(cells.map(({ client }) => client));
  const reasons = unique(cells.filter(({ state }) => state === 'impossible').map(({ detail }) => detail));
  const tables = unique(cells.map(({ feature }) => feature)).map((feature) => {
    const rows = clients.map((client) => {
      const marks = targets.map((target) =>
        cells
          .filter((cell) => cell.client === client && cell.target === target && cell.feature === feature)
          .map((cell) => symbol(cell, reasons))
          .join(' '),
      );
      return `| ${client} | ${marks.join(' | ')} |`;
    });
    return [
      `## ${feature}`,
      '',
      `| | ${targets.join(' | ')} |`,
      `|---|${'---|'.repeat(targets.length)}`,
      ...rows,
    ].join('\n');
  });
  const notes = reasons.map((reason, at) => `${at + 1}. ${reason}`);
  return [
    '# Conformance matrix',
    '',
    'Written by `npm run conformance`: real clients, through a gateway process, against each provider’s wire.',
    'Each cell shows the whole answer and the stream; a number is impossible, for the reason below.',
    '',
    summary(cells),
    '',
    tables.join('\n\n'),
    ...(notes.length === 0 ? [] : ['', '## Impossible', '', ...notes]),
    '',
  ].join('\n');
}

export function summary(cells: readonly Cell[]): string {
  const count = (state: Cell['state']) => cells.filter((cell) => cell.state === state).length;
  return `${cells.length} cells: ${count('green')} green, ${count('red')} red, ${count('impossible')} impossible.`;
}

function mark({ state }: Cell): string {
  return { green: '+', red: 'X', impossible: '-' }[state];
}

function symbol({ state, detail }: Cell, reasons: readonly string[]): string {
  return state === 'impossible' ? `[${reasons.indexOf(detail) + 1}]` : state === 'green' ? '✓' : '✗';
}
