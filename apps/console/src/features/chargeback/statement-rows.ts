/** The chargeback of a month by what finance books it on, and as CSV. Exact: amounts are added as decimals. Pure. */
import type { Chargeback } from '@tollgate/api';
import { addDecimals } from '@tollgate/ui/charts';
import { toCsv } from '../common/csv.ts';
import type { ChargebackRow } from './chargeback-api.ts';

export const GROUPINGS = ['place', 'team', 'costCenter'] as const;
/** `place`: each team with each cost centre. */
export type Grouping = (typeof GROUPINGS)[number];

export function groupRows(rows: readonly ChargebackRow[], grouping: Grouping): readonly ChargebackRow[] {
  if (grouping === 'place') return rows;
  const groups = Map.groupBy(rows, (row) => (grouping === 'team' ? row.teamId : row.costCenter));
  return [...groups.values()].map((group) => addRows(group, grouping)).toSorted(bySpent);
}

function addRows(group: readonly ChargebackRow[], grouping: 'team' | 'costCenter'): ChargebackRow {
  const [first] = group;
  const add = (amount: 'costUsd' | 'chargeUsd' | 'spentUsd' | 'dividedUsd') =>
    addDecimals(group.map((row) => row[amount]));
  return {
    teamId: grouping === 'team' ? (first?.teamId ?? '') : '',
    teamName: grouping === 'team' ? (first?.teamName ?? '') : '',
    costCenter: grouping === 'team' ? '' : (first?.costCenter ?? ''),
    requests: group.reduce((sum, { requests }) => sum + requests, 0),
    costUsd: add('costUsd'),
    chargeUsd: add('chargeUsd'),
    spentUsd: add('spentUsd'),
    dividedUsd: add('dividedUsd'),
  };
}

/** The most first; only the order is approximate. */
function bySpent(left: ChargebackRow, right: ChargebackRow): number {
  return Number(right.spentUsd) - Number(left.spentUsd);
}

/** As it is shown, and its sum: the last line is what the lines above add up to. */
export function toChargebackCsv(
  { total }: Pick<Chargeback, 'total'>,
  rows: readonly ChargebackRow[],
  month: string,
): string {
  const head = [
    'month',
    'teamId',
    'team',
    'costCenter',
    'requests',
    'costUsd',
    'chargeUsd',
    'spentUsd',
    'dividedUsd',
  ];
  return toCsv(head, [
    ...rows.map((row) => [
      month,
      row.teamId,
      row.teamName,
      row.costCenter,
      row.requests,
      row.costUsd,
      row.chargeUsd,
      row.spentUsd,
      row.dividedUsd,
    ]),
    [month, '', 'TOTAL', '', total.requests, total.costUsd, total.chargeUsd, total.spentUsd, '0'],
  ]);
}
