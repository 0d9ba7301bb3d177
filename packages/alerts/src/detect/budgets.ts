/**
 * Budgets: how much of each is spent, whether it will last, and whether a provider took more than it could.
 *
 * Only periods that changed since the last look are read, and those of which something is open. The period's row is
 * what grants are decided by, so that alerts and refusals never disagree.
 */
import { join, sql } from '@tollgate/db';
import { forecast, type ScopeType, standInOf, toOnExceeded } from '@tollgate/limits';
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import type { Severity } from '../alert-kinds.ts';
import { type Observation, observe } from '../observation.ts';
import { type ActiveRule, type Look, openOf, rulesOf } from './look.ts';
import { loadScopeNames, type ScopeNames } from './scope-names.ts';

interface PeriodRow {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: Date;
  readonly periodEnd: Date | null;
  readonly spent: string;
  readonly total: string;
  readonly overrun: string;
  readonly name: string;
  readonly scopeType: ScopeType;
  readonly scopeId: string;
  readonly kind: 'hard' | 'soft';
  readonly counts: string;
  readonly onExceeded: unknown;
  readonly period: string;
  readonly thresholds: readonly number[];
  readonly createdAt: Date;
  readonly pausedAt: Date | null;
}

const KINDS = ['budget-threshold', 'budget-forecast', 'budget-overrun'] as const;
/** Before a tenth of the period has passed and a tenth of the money is spent, a forecast is a guess. */
const FORECAST_SHARE = 10n;
const FORECAST_UNTIL_PERCENT = 80n;

export async function detectBudgets(look: Look): Promise<Observation[]> {
  const rules = rulesOf(look, ...KINDS);
  const open = openOf(look, ...KINDS);
  if (rules.length === 0 && open.length === 0) return [];
  const rows = await listPeriods(look);
  const names = await loadScopeNames(look.tx, look.organizationId, rows);
  const found = rows.flatMap((row) => observePeriod(look, row, rules, names));
  return [...found, ...endedOf(look, rows)];
}

function listPeriods(look: Look): Promise<PeriodRow[]> {
  const now = new Date(look.nowMs);
  const open = openOf(look, ...KINDS).map(({ targetId }) => targetId);
  const ids = [...new Set([...look.changedBudgetIds, ...(look.byTime ? open : [])])];
  const named = ids.length === 0 ? sql`false` : sql`p.budget_id IN (${join(ids)})`;
  return look.tx.$queryRaw<PeriodRow[]>`
    SELECT p.budget_id AS "budgetId", p.scope_value AS "scopeValue", p.period_start AS "periodStart", p.period_end AS "periodEnd",
      (p.settled_pico_usd - p.forgiven_pico_usd)::text AS spent,
      GREATEST(0, budget_period_limit(b, p) - p.forgiven_pico_usd)::text AS total, p.overrun_pico_usd::text AS overrun,
      b.name, b.scope_type AS "scopeType", b.scope_id AS "scopeId", b.kind, b.counts, b.on_exceeded AS "onExceeded", b.period, b.thresholds,
      b.created_at AS "createdAt", b.paused_at AS "pausedAt"
    FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
    WHERE p.organization_id = ${look.organizationId} AND b.archived_at IS NULL
      AND p.period_start <= ${now} AND (p.period_end IS NULL OR p.period_end > ${now})
      AND ((p.changed_xid >= ${look.fromXid}::xid8 AND p.changed_xid < ${look.toXid}::xid8) OR ${named})`;
}

function observePeriod(
  look: Look,
  row: PeriodRow,
  rules: readonly ActiveRule[],
  names: ScopeNames,
): Observation[] {
  return rules.map((rule) => {
    const common = commonOf(row, rule, names);
    if (rule.kind === 'budget-threshold') return { ...common, ...thresholdOf(row, rule) };
    if (rule.kind === 'budget-forecast')
      return { ...common, ...forecastOf(row, look.nowMs, isOpen(look, rule, common)) };
    return { ...common, firing: BigInt(row.overrun) > 0n, severity: 'critical' as const };
  });
}

function commonOf(row: PeriodRow, rule: ActiveRule, names: ScopeNames): Observation {
  return observe({
    kind: rule.kind,
    ruleId: rule.id,
    causeKey: `${row.budgetId}:${row.scopeValue}`,
    periodKey: row.periodStart.toISOString(),
    firing: false,
    recoveryReason: row.pausedAt === null ? 'below' : 'paused',
    target: { kind: 'budget', id: row.budgetId, name: names.nameOf(row) },
    teamPath: names.teamPathOf(row),
    figures: {
      ...figuresOf(row),
      ...(BigInt(row.overrun) > 0n ? { overrunUsd: usd(BigInt(row.overrun)) } : {}),
    },
  });
}

type Part = Partial<Observation> & Pick<Observation, 'firing'>;

/** The highest share that is passed; one alert that grows, not one for each share. */
function thresholdOf(row: PeriodRow, rule: ActiveRule): Part {
  const shares = rule.settings.thresholds ?? row.thresholds;
  const spent = BigInt(row.spent);
  const total = BigInt(row.total);
  const passed = shares.filter((share) => spent > 0n && spent * 100n >= BigInt(share) * total);
  const level = Math.max(0, ...passed);
  const firing = level > 0 && row.pausedAt === null;
  return { firing, level, severity: severityOf(level, row.kind) };
}

function severityOf(level: number, kind: string): Severity {
  if (level >= 100 && kind === 'hard') return 'critical';
  return level >= 80 ? 'warning' : 'info';
}

function isOpen(look: Look, rule: ActiveRule, { causeKey, periodKey }: Observation): boolean {
  return look.open.some(
    (alert) => alert.ruleId === rule.id && alert.causeKey === causeKey && alert.periodKey === periodKey,
  );
}

function forecastOf(row: PeriodRow, nowMs: number, open: boolean): Part {
  const spent = BigInt(row.spent);
  const total = BigInt(row.total);
  const startMs = row.periodStart.getTime();
  const endMs = row.periodEnd?.getTime();
  // Without an end nothing can be gone before it.
  if (endMs === undefined || row.pausedAt !== null || spent >= total)
    return { firing: false, endsQuietly: true };
  const passedEnough = BigInt(nowMs - startMs) * FORECAST_SHARE >= BigInt(endMs - startMs);
  const spentEnough = spent * FORECAST_SHARE >= total;
  // From there on the shares themselves say it; nobody needs two mails.
  const news = open || shareOf(spent, total) < FORECAST_UNTIL_PERCENT;
  const goneMs = forecast({ spentPicoUsd: spent, periodLimitPicoUsd: total, sinceMs: startMs, endMs }, nowMs);
  if (goneMs === undefined) return { firing: false };
  return {
    firing: passedEnough && spentEnough && news,
    severity: 'warning',
    figures: { ...figuresOf(row), goneAt: new Date(goneMs).toISOString() },
  };
}

function figuresOf(row: PeriodRow): Record<string, string> {
  const spent = BigInt(row.spent);
  const total = BigInt(row.total);
  const scope = { type: row.scopeType, id: row.scopeId };
  const standIn = standInOf({ kind: row.kind, scope, onExceeded: toOnExceeded(row.onExceeded) });
  return {
    spentUsd: usd(spent),
    limitUsd: usd(total),
    remainingUsd: usd(total > spent ? total - spent : 0n),
    share: String(shareOf(spent, total)),
    period: row.period,
    periodStart: row.periodStart.toISOString(),
    ...(row.periodEnd === null ? {} : { periodEnd: row.periodEnd.toISOString() }),
    budgetKind: row.kind,
    // Who reads it cannot raise it.
    ...(row.counts === 'all' ? {} : { counts: row.counts }),
    ...(standIn === undefined ? {} : { standIn }),
  };
}

/** Open alerts of periods that are over, and of budgets that are gone. */
function endedOf(look: Look, rows: readonly PeriodRow[]): Observation[] {
  if (!look.byTime && look.changedBudgetIds.length === 0) return [];
  const looked = new Set(
    rows.map((row) => `${row.budgetId}:${row.scopeValue} ${row.periodStart.toISOString()}`),
  );
  return openOf(look, ...KINDS)
    .filter(({ targetId }) => look.byTime || look.changedBudgetIds.includes(targetId))
    .filter(({ causeKey, periodKey }) => !looked.has(`${causeKey} ${periodKey}`))
    .map((alert) =>
      observe({
        kind: alert.kind as (typeof KINDS)[number],
        ruleId: alert.ruleId,
        causeKey: alert.causeKey,
        periodKey: alert.periodKey,
        firing: false,
        recoveryReason: 'period-ended',
        endsQuietly: true,
        target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
        figures: alert.figures,
      }),
    );
}

/** Whole percent, rounded down: 79.9 % is not 80 %. */
function shareOf(spent: bigint, total: bigint): bigint {
  return total <= 0n ? (spent > 0n ? 100n : 0n) : (spent * 100n) / total;
}

function usd(amount: bigint): string {
  return formatUsd(amount as PicoUsdSum);
}
