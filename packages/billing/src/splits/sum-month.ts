/**
 * What a month's usage sums to by team and cost centre, with some keys told apart.
 *
 * All of it comes from the summaries of that pair, where they are complete and the month begins and ends with days of
 * theirs; else from the cubes, whose buckets never straddle a month. Keys are read from the cubes, by their index.
 */
import { empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import { localStart } from '../period/local-start.ts';

export interface Amounts {
  readonly cost: bigint;
  readonly charge: bigint;
  readonly spent: bigint;
}

export interface PlaceSum extends Amounts {
  readonly teamId: string;
  readonly costCenter: string;
  /** Empty: all that are not told apart. */
  readonly keyId: string;
  readonly requests: number;
}

export interface SummedMonth {
  readonly organizationId: string;
  readonly livemode: boolean;
  readonly start: Date;
  readonly end: Date;
}

/** @param keyIds Told apart; all others are summed. */
export async function sumMonth(
  tx: Transaction,
  month: SummedMonth,
  keyIds: readonly string[],
): Promise<PlaceSum[]> {
  if (!(await isSummarized(tx, month))) return sumCubes(tx, month, keyIds);
  const keys = keyIds.length === 0 ? [] : await sumKeys(tx, month, keyIds);
  const ofKeys = Map.groupBy(keys, placeOf);
  const all = await sumSummaries(tx, month);
  return [...all.map((place) => less(place, ofKeys.get(placeOf(place)) ?? [])), ...keys];
}

/** By team and cost centre, what some keys used. */
export function sumKeys(tx: Transaction, month: SummedMonth, keyIds: readonly string[]): Promise<PlaceSum[]> {
  return sumCubes(tx, month, keyIds, sql`AND key_id = ANY (${[...keyIds]}::text[])`);
}

const placeOf = ({ teamId, costCenter }: PlaceSum): string => JSON.stringify([teamId, costCenter]);

function less(place: PlaceSum, parts: readonly PlaceSum[]): PlaceSum {
  const sum = (name: keyof Amounts): bigint => parts.reduce((total, part) => total + part[name], 0n);
  return {
    ...place,
    requests: place.requests - parts.reduce((total, { requests }) => total + requests, 0),
    cost: place.cost - sum('cost'),
    charge: place.charge - sum('charge'),
    spent: place.spent - sum('spent'),
  };
}

async function isSummarized(tx: Transaction, { organizationId, start, end }: SummedMonth): Promise<boolean> {
  const [span] = await tx.$queryRaw<{ timeZone: string }[]>`
    SELECT time_zone AS "timeZone" FROM usage_summary_spans
    WHERE organization_id = ${organizationId} AND complete_from <= ${start.toISOString()}::timestamptz`;
  if (span === undefined) return false;
  // Of a month that began in another zone days are cut elsewhere.
  const begins = (at: Date) =>
    sql`${localStart('day', sql`${at.toISOString()}::timestamptz`, span.timeZone)} = ${at.toISOString()}::timestamptz`;
  const [row] = await tx.$queryRaw<{ fits: boolean }[]>`SELECT ${begins(start)} AND ${begins(end)} AS fits`;
  return row?.fits === true;
}

type Row = Omit<PlaceSum, keyof Amounts> & Readonly<Record<keyof Amounts, string>>;

async function sumSummaries(
  tx: Transaction,
  { organizationId, livemode, start, end }: SummedMonth,
): Promise<PlaceSum[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT left(value, strpos(value, chr(31)) - 1) AS "teamId", substr(value, strpos(value, chr(31)) + 1) AS "costCenter",
      '' AS "keyId", sum(requests)::float8 AS requests, sum(cost_pico_usd)::text AS cost,
      sum(charge_pico_usd)::text AS charge, sum(spent_pico_usd)::text AS spent
    FROM usage_summaries
    WHERE organization_id = ${organizationId} AND grain = 'day' AND dimension = 'team+costCenter' AND livemode = ${livemode}
      AND bucket_start >= ${start.toISOString()}::timestamptz AND bucket_start < ${end.toISOString()}::timestamptz
    GROUP BY value ORDER BY value`;
  return rows.map(toSum);
}

async function sumCubes(
  tx: Transaction,
  { organizationId, livemode, start, end }: SummedMonth,
  keyIds: readonly string[],
  only: Prisma.Sql = empty,
): Promise<PlaceSum[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT team_id AS "teamId", cost_center AS "costCenter",
      CASE WHEN key_id = ANY (${[...keyIds]}::text[]) THEN key_id ELSE '' END AS "keyId",
      sum(requests)::float8 AS requests, sum(cost_pico_usd)::text AS cost, sum(charge_pico_usd)::text AS charge,
      sum(CASE WHEN credential_owner = 'operator' THEN charge_pico_usd ELSE cost_pico_usd END)::text AS spent
    FROM usage_rollups WHERE organization_id = ${organizationId} AND livemode = ${livemode}
      AND bucket_start >= ${start.toISOString()}::timestamptz AND bucket_start < ${end.toISOString()}::timestamptz ${only}
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
  return rows.map(toSum);
}

function toSum({ cost, charge, spent, ...row }: Row): PlaceSum {
  return { ...row, cost: BigInt(cost), charge: BigInt(charge), spent: BigInt(spent) };
}
