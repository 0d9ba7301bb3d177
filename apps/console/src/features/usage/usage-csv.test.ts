import type { UsageRow } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { toGroupsCsv, toUsageCsv } from './usage-csv.ts';
import { compareGroups, sumByGroup } from './usage-figures.ts';

const row = (fields: Partial<UsageRow>): UsageRow => ({
  start: '2026-11-01T00:00:00.000Z',
  names: {},
  requests: 3,
  attempts: 3,
  inputTokens: 60,
  cachedInputTokens: 30,
  cacheWriteTokens: 10,
  outputTokens: 5,
  reasoningTokens: 0,
  costUsd: '0.1',
  chargeUsd: '0.1',
  savedUsd: '0',
  spentUsd: '0.1',
  ...fields,
});

// Amounts that no float holds, and names that a spreadsheet would run or break at.
const ROWS = [
  row({
    team: 'team_1',
    model: 'gpt-5',
    names: { team: '=HYPERLINK("x")' },
    spentUsd: '1234567.890123456789',
  }),
  row({ team: 'team_1', model: 'gpt-5', start: '2026-11-02T00:00:00.000Z', spentUsd: '0.000000000001' }),
  row({ team: 'team_2', model: 'a, "b"\r\nc', names: { team: 'Ünïcode 🚀' }, spentUsd: '-0.000000000003' }),
];
const BEFORE = [
  row({ team: 'team_1', model: 'gpt-5', spentUsd: '1234567.890123456791' }),
  row({ team: 'gone' }),
];

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

function records(text: string): Record<string, string>[] {
  const [head = [], ...lines] = parseCsv(text);
  return lines.map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at] ?? '', cell])));
}

const pico = (usd: string | undefined): bigint => {
  const [whole = '0', fraction = ''] = (usd ?? '0').replace('-', '').split('.');
  const amount = BigInt(whole + fraction.padEnd(12, '0'));
  return usd?.startsWith('-') ? -amount : amount;
};

describe('toUsageCsv()', () => {
  it('[M4] parsed back is what the API answered, to the picodollar', () => {
    const parsed = records(toUsageCsv(ROWS, ['team', 'model']));
    expect(
      parsed.map(({ start, teamId, modelId, spentUsd, requests }) => [
        start,
        teamId,
        modelId,
        spentUsd,
        requests,
      ]),
    ).toEqual(ROWS.map((one) => [one.start, one.team, one.model, one.spentUsd, String(one.requests)]));
    expect(parsed.reduce((sum, one) => sum + pico(one.spentUsd), 0n)).toBe(1_234_567_890_123_456_787n);
  });

  it('holds nothing that a spreadsheet runs', () => {
    for (const cells of parseCsv(toUsageCsv(ROWS, ['team', 'model']))) {
      for (const cell of cells) expect(/^[=+@\t\r]/.test(cell) || /^-\D/.test(cell)).toBe(false);
    }
  });
});

describe('toGroupsCsv()', () => {
  it('[M4] says what the table says, with what was before and the exact difference', () => {
    const by = ['team', 'model'] as const;
    const groups = compareGroups(sumByGroup(ROWS, by, ''), sumByGroup(BEFORE, by, ''));
    const parsed = records(toGroupsCsv(groups, by, true));
    expect(
      parsed.map(({ teamId, spentUsd, previousSpentUsd, changeUsd }) => [
        teamId,
        spentUsd,
        previousSpentUsd,
        changeUsd,
      ]),
    ).toEqual([
      ['team_1', '1234567.89012345679', '1234567.890123456791', '-0.000000000001'],
      ['team_2', '-0.000000000003', '0', '-0.000000000003'],
      ['gone', '0', '0.1', '-0.1'],
    ]);
    for (const { spentUsd, previousSpentUsd, changeUsd } of parsed) {
      expect(pico(spentUsd) - pico(previousSpentUsd)).toBe(pico(changeUsd));
    }
  });

  it('has the tokens as the table counts them, and each kind apart', () => {
    const groups = compareGroups(
      sumByGroup([row({ reasoningTokens: 7 }), row({ reasoningTokens: 1 })], 'none', 'All'),
      undefined,
    );
    expect(records(toGroupsCsv(groups, 'none', false))).toMatchObject([
      { totalInputTokens: '200', inputTokens: '120', totalOutputTokens: '18', outputTokens: '10' },
    ]);
    expect(records(toUsageCsv([row({ reasoningTokens: 7 })], 'none'))).toMatchObject([
      { totalInputTokens: '100', inputTokens: '60', totalOutputTokens: '12', outputTokens: '5' },
    ]);
  });

  it('has no columns of the period before where nothing is compared', () => {
    const groups = compareGroups(sumByGroup(ROWS, 'none', 'All'), undefined);
    expect(toGroupsCsv(groups, 'none', false).split('\r\n')[0]).not.toContain('previous');
  });
});
