/** Whether this hour spends more than the same hour of other days. Reads the roll-ups, never the ledger. */
import { formatUsd, type PicoUsdSum, parseUsdSum } from '@tollgate/money';
import { SETTING_DEFAULTS } from '../alert-kinds.ts';
import { type Observation, observe } from '../observation.ts';
import { judgeAnomaly } from './anomaly.ts';
import { type ActiveRule, type Look, openOf, rulesOf } from './look.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export async function detectAnomalies(look: Look): Promise<Observation[]> {
  const ended = openOf(look, 'spend-anomaly')
    .filter(({ periodKey }) => Date.parse(periodKey) + HOUR_MS <= look.nowMs)
    .map((alert) =>
      observe({
        kind: 'spend-anomaly',
        ruleId: alert.ruleId,
        causeKey: alert.causeKey,
        periodKey: alert.periodKey,
        firing: false,
        recoveryReason: 'hour-ended',
        endsQuietly: true,
        target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
        figures: alert.figures,
      }),
    );
  const found: Observation[] = [];
  for (const rule of rulesOf(look, 'spend-anomaly')) {
    const one = await judgeHour(look, rule);
    if (one !== undefined) found.push(one);
  }
  return [...ended, ...found];
}

async function judgeHour(look: Look, rule: ActiveRule): Promise<Observation | undefined> {
  const days = rule.settings.lookbackDays ?? SETTING_DEFAULTS.lookbackDays;
  const hourMs = Math.floor(look.nowMs / HOUR_MS) * HOUR_MS;
  const hours = Array.from({ length: days + 1 }, (_, back) => new Date(hourMs - back * DAY_MS));
  const rows = await look.tx.$queryRaw<{ at: Date; amount: string }[]>`
    SELECT date_trunc('hour', bucket_start, 'UTC') AS at,
      sum(CASE WHEN credential_owner = 'operator' THEN charge_pico_usd ELSE cost_pico_usd END)::text AS amount
    FROM usage_rollups
    WHERE organization_id = ${look.organizationId} AND livemode AND bucket_start = ANY(${hours.flatMap(quartersOf)})
      AND (${rule.teamId === null} OR team_id IN (SELECT id FROM teams
        WHERE organization_id = ${look.organizationId} AND ${rule.teamId ?? ''} = ANY (string_to_array(path, '/'))))
    GROUP BY 1`;
  const byHour = new Map(rows.map(({ at, amount }) => [at.getTime(), BigInt(amount)]));
  const spent = byHour.get(hourMs) ?? 0n;
  if (spent === 0n) return undefined;
  const firstMs = await firstUseMs(look, hours.at(-1)!);
  const history = hours
    .slice(1)
    .filter((at) => firstMs !== undefined && at.getTime() >= Math.floor(firstMs / HOUR_MS) * HOUR_MS)
    .map((at) => byHour.get(at.getTime()) ?? 0n);
  const deviations = rule.settings.deviations ?? SETTING_DEFAULTS.deviations;
  const minimum = rule.settings.minimumUsd ?? SETTING_DEFAULTS.minimumUsd;
  const verdict = judgeAnomaly(spent, history, { deviations, minimumPicoUsd: parseUsdSum(minimum) });
  if (verdict === undefined) return undefined;
  return observe({
    kind: 'spend-anomaly',
    ruleId: rule.id,
    causeKey: rule.teamId ?? 'organization',
    periodKey: new Date(hourMs).toISOString(),
    firing: verdict.unusual,
    recoveryReason: 'below',
    target: await targetOf(look, rule.teamId),
    teamPath: rule.teamId === null ? [] : [rule.teamId],
    figures: {
      spentUsd: usd(spent),
      medianUsd: usd(verdict.medianPicoUsd),
      spreadUsd: usd(verdict.spreadPicoUsd),
      limitUsd: usd(verdict.limitPicoUsd),
      days: String(history.length),
      deviations: String(deviations),
      minimumUsd: minimum,
      hourStart: new Date(hourMs).toISOString(),
    },
  });
}

function quartersOf(hour: Date): Date[] {
  return [0, 1, 2, 3].map((quarter) => new Date(hour.getTime() + quarter * (HOUR_MS / 4)));
}

/** Days before the first use say nothing; days without use after it say that nothing is usual. */
async function firstUseMs(look: Look, since: Date): Promise<number | undefined> {
  const [row] = await look.tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(bucket_start) AS at FROM usage_rollups
    WHERE organization_id = ${look.organizationId} AND bucket_start >= ${since}`;
  return row?.at?.getTime();
}

async function targetOf(look: Look, teamId: string | null) {
  if (teamId === null) return { kind: 'organization', id: look.organizationId, name: '' };
  const team = await look.tx.team.findFirst({ where: { organizationId: look.organizationId, id: teamId } });
  return { kind: 'team', id: teamId, name: team?.name ?? teamId };
}

function usd(amount: bigint): string {
  return formatUsd(amount as PicoUsdSum);
}
