/**
 * One look at an organization: what changed since the last one, what that means, and who is to be told.
 *
 * All in one transaction, behind the lock of a cursor: two workers take turns, and a process that is killed anywhere
 * leaves either all of it or nothing. The cursor follows transaction ids, so that nothing that commits late is
 * missed; what a look costs grows with what changed, not with what there is.
 */
import type { Database, Transaction } from '@tollgate/db';
import { isAlertKind, readSettings } from './alert-kinds.ts';
import { applyObservations } from './apply.ts';
import { detectLowBalance } from './detect/balance.ts';
import { detectUntoldBatches } from './detect/batches.ts';
import { detectBudgets } from './detect/budgets.ts';
import { detectExpiringKeys, detectLateUsage } from './detect/calendar.ts';
import { endOfPage, readEvents } from './detect/events.ts';
import { detectFailingCredentials, detectUnknownPrices } from './detect/ledger.ts';
import type { ActiveRule, Look, OpenAlert } from './detect/look.ts';
import { detectAnomalies } from './detect/spend.ts';
import { type Observation, observe } from './observation.ts';
import { ensurePresets } from './rules/presets.ts';
import { enqueueWebhooks } from './webhooks/enqueue.ts';

interface EvaluateOptions {
  readonly organizationId: string;
  readonly nowMs: number;
}

const CURSOR = 'alerts';
const BY_TIME_EVERY_MS = 55_000;
const TRANSACTION_TIMEOUT_MS = 60_000;
/** After a worker was away. What is left then is the next round's: other organizations wait. */
const MOST_LOOKS = 10;

/** @returns Whether there was anything to look at. */
export async function evaluateAlerts(database: Database, options: EvaluateOptions): Promise<boolean> {
  const { organizationId, nowMs } = options;
  if (!(await database.tenant(organizationId, (tx) => isWorthALook(tx, organizationId, nowMs)))) return false;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const isWhole = await database.tenant(organizationId, (tx) => look(tx, organizationId, nowMs), {
      timeoutMs: TRANSACTION_TIMEOUT_MS,
    });
    if (isWhole) break;
  }
  return true;
}

/** Takes no lock: a sweep over idle organizations costs one small query each. */
async function isWorthALook(tx: Transaction, organizationId: string, nowMs: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ worth: boolean }[]>`
    WITH cursor AS (SELECT COALESCE(max(next_xid), '0'::xid8) AS at, max(updated_at) AS looked FROM ledger_cursors
      WHERE organization_id = ${organizationId} AND name = ${CURSOR})
    SELECT COALESCE(looked < ${new Date(nowMs - BY_TIME_EVERY_MS)} OR looked > ${new Date(nowMs + BY_TIME_EVERY_MS)}, true)
      OR EXISTS (SELECT 1 FROM budget_periods WHERE organization_id = ${organizationId}
        AND changed_xid >= at AND changed_xid < pg_snapshot_xmin(pg_current_snapshot()))
      OR EXISTS (SELECT 1 FROM usage_entries WHERE organization_id = ${organizationId}
        AND recorded_xid >= at AND recorded_xid < pg_snapshot_xmin(pg_current_snapshot()))
      OR EXISTS (SELECT 1 FROM outbox_events WHERE organization_id = ${organizationId}
        AND recorded_xid >= at AND recorded_xid < pg_snapshot_xmin(pg_current_snapshot()))
      OR EXISTS (SELECT 1 FROM audit_events WHERE organization_id = ${organizationId}
        AND recorded_xid >= at AND recorded_xid < pg_snapshot_xmin(pg_current_snapshot())) AS worth
    FROM cursor`;
  return row?.worth === true;
}

/** @returns Whether it has seen all that there was. */
async function look(tx: Transaction, organizationId: string, nowMs: number): Promise<boolean> {
  const cursor = await lockCursor(tx, organizationId);
  await ensurePresets(tx, organizationId, nowMs);
  const rules = await loadRules(tx, organizationId);
  const stretch = { tx, organizationId, nowMs, fromXid: cursor.fromXid, toXid: cursor.toXid };
  const base = {
    ...stretch,
    toXid: await endOfPage(stretch),
    byTime: cursor.lookedMs === undefined || Math.abs(nowMs - cursor.lookedMs) >= BY_TIME_EVERY_MS,
  };
  const events = await readEvents(base);
  const whole: Look = {
    ...base,
    rules,
    open: await loadOpen(tx, organizationId),
    changedBudgetIds: events.changedBudgetIds,
  };
  const observations = [
    ...events.observations,
    ...(await detectLowBalance(whole, events.balance)),
    ...(await detectBudgets(whole)),
    ...(await detectUnknownPrices(whole)),
    ...(await detectFailingCredentials(whole)),
    ...(await detectAnomalies(whole)),
    ...(whole.byTime ? await detectExpiringKeys(whole) : []),
    ...(whole.byTime ? await detectLateUsage(whole) : []),
    ...(whole.byTime ? await detectUntoldBatches(whole) : []),
    ...endOfRules(whole),
  ];
  const fromAlerts = await applyObservations({ tx, organizationId, rules, observations, nowMs });
  await enqueueWebhooks(tx, organizationId, [...events.webhooks, ...fromAlerts], nowMs);
  const looked = new Date(base.byTime ? nowMs : (cursor.lookedMs ?? nowMs));
  await tx.$executeRaw`
    UPDATE ledger_cursors SET next_xid = ${base.toXid}::xid8, updated_at = ${looked}
    WHERE organization_id = ${organizationId} AND name = ${CURSOR}`;
  return base.toXid === cursor.toXid;
}

interface Cursor {
  readonly fromXid: string;
  readonly toXid: string;
  /** When conditions that time changes were last looked at; undefined: never. */
  readonly lookedMs: number | undefined;
}

/** READ COMMITTED: the second statement sees what the worker before us committed while we waited. */
async function lockCursor(tx: Transaction, organizationId: string): Promise<Cursor> {
  const made = await tx.$executeRaw`
    INSERT INTO ledger_cursors (organization_id, name) VALUES (${organizationId}, ${CURSOR}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<{ fromXid: string; looked: Date }[]>`
    SELECT next_xid::text AS "fromXid", updated_at AS looked FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${CURSOR} FOR UPDATE`;
  const [bound] = await tx.$queryRaw<{ toXid: string }[]>`
    SELECT GREATEST(pg_snapshot_xmin(pg_current_snapshot()), ${row!.fromXid}::xid8)::text AS "toXid"`;
  return {
    fromXid: row!.fromXid,
    toXid: bound!.toXid,
    lookedMs: made === 1 ? undefined : row!.looked.getTime(),
  };
}

async function loadRules(tx: Transaction, organizationId: string): Promise<ActiveRule[]> {
  const rows = await tx.alertRule.findMany({
    where: { organizationId, enabled: true },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap(({ id, kind, teamId, settings, channelIds }) =>
    isAlertKind(kind) ? [{ id, kind, teamId, settings: readSettings(settings), channelIds }] : [],
  );
}

async function loadOpen(tx: Transaction, organizationId: string): Promise<OpenAlert[]> {
  const rows = await tx.alert.findMany({ where: { organizationId, state: { not: 'recovered' } } });
  return rows.map((row) => ({ ...row, figures: row.figures as Record<string, string> }));
}

/** A rule that was switched off or deleted leaves nothing open behind it. */
function endOfRules({ rules, open }: Look): Observation[] {
  const active = new Set(rules.map(({ id }) => id));
  return open
    .filter(({ ruleId }) => !active.has(ruleId))
    .flatMap((alert) =>
      isAlertKind(alert.kind)
        ? [
            observe({
              kind: alert.kind,
              ruleId: alert.ruleId,
              causeKey: alert.causeKey,
              periodKey: alert.periodKey,
              firing: false,
              endsQuietly: true,
              recoveryReason: 'rule-off',
              target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
              figures: alert.figures,
            }),
          ]
        : [],
    );
}
