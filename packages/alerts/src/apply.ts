/** From what was found to alerts, to what channels are told, and to events. In the evaluating transaction. */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { isAlertKind, type Severity } from './alert-kinds.ts';
import { type AlertState, type AlertStep, nextStep, REFIRE_QUIET_MS } from './alert-state.ts';
import { type ChannelTimes, planDelivery } from './channels/channel-time.ts';
import type { ActiveRule } from './detect/look.ts';
import { type Observation, observe } from './observation.ts';
import type { WebhookEvent, WebhookEventType } from './webhooks/event-types.ts';

interface ApplyInput {
  readonly tx: Transaction;
  readonly organizationId: string;
  readonly rules: readonly ActiveRule[];
  readonly observations: readonly Observation[];
  readonly nowMs: number;
}

interface AlertRow {
  readonly id: string;
  readonly ruleId: string;
  readonly causeKey: string;
  readonly periodKey: string;
  readonly state: string;
  readonly occurrence: number;
  readonly firedAt: Date;
  readonly toldAt: Date | null;
  readonly figures: unknown;
}

interface Matched {
  readonly ruleId: string;
  /** Undefined: it is switched off or gone. */
  readonly rule: ActiveRule | undefined;
  readonly found: Observation;
}

interface Told {
  readonly alertId: string;
  readonly rule: ActiveRule | undefined;
  readonly found: Observation;
  readonly step: AlertStep;
}

/** @returns Events for webhooks. */
export async function applyObservations(input: ApplyInput): Promise<WebhookEvent[]> {
  const told = [...(await takeSteps(input)), ...(await claimUntold(input))];
  await tellChannels(input, told);
  return told.flatMap((each) => eventsOf(input, each));
}

async function takeSteps(input: ApplyInput): Promise<Told[]> {
  const matched = matchRules(input);
  if (matched.length === 0) return [];
  const rows = await loadAlerts(input, matched);
  const told: Told[] = [];
  for (const { ruleId, rule, found } of matched) {
    const current = rows.get(keyOf(ruleId, found));
    const step = nextStep(current === undefined ? undefined : soFar(current), found, input.nowMs);
    if (step === undefined) {
      if (current !== undefined && current.state !== 'recovered' && found.firing && !found.notice) {
        await updateFigures(input, current, found);
      }
      continue;
    }
    const alertId = await writeAlert(input, ruleId, current, found, step);
    if (alertId !== undefined && step.tell !== undefined) told.push({ alertId, rule, found, step });
  }
  return told;
}

type UntoldRow = Omit<AlertRow, 'state' | 'firedAt' | 'toldAt'> & {
  readonly kind: string;
  readonly severity: Severity;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
};

/**
 * What fired again within an hour of being told, and still does when the hour is over, or people would go on believing
 * that it is. Of the row: most causes are seen only when something happens, and need not be seen again. What somebody
 * looks after already is known.
 */
async function claimUntold({ tx, organizationId, rules, nowMs }: ApplyInput): Promise<Told[]> {
  const rows = await tx.$queryRaw<UntoldRow[]>`
    UPDATE alerts SET told_at = ${new Date(nowMs)}, updated_at = ${new Date(nowMs)}
    WHERE organization_id = ${organizationId} AND state = 'firing' AND told_at < fired_at
      AND told_at <= ${new Date(nowMs - REFIRE_QUIET_MS)} AND rule_id = ANY(${rules.map(({ id }) => id)})
    RETURNING id, rule_id AS "ruleId", kind, cause_key AS "causeKey", period_key AS "periodKey", severity, occurrence, figures,
      target_kind AS "targetKind", target_id AS "targetId", target_name AS "targetName"`;
  return rows.flatMap((row): Told[] => {
    if (!isAlertKind(row.kind)) return [];
    const figures = row.figures as Record<string, string>;
    const found = observe({
      kind: row.kind,
      ruleId: row.ruleId,
      causeKey: row.causeKey,
      periodKey: row.periodKey,
      firing: true,
      severity: row.severity,
      level: Number(figures.level ?? '0'),
      target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
      figures,
    });
    const step: AlertStep = { state: 'firing', occurrence: row.occurrence, fires: false, tell: 'fired' };
    return [{ alertId: row.id, rule: rules.find(({ id }) => id === row.ruleId), found, step }];
  });
}

/** Every observation with each rule that it concerns; ends also without one, because a rule can be gone. */
function matchRules({ rules, observations }: ApplyInput): Matched[] {
  return observations.flatMap((found): Matched[] => {
    const candidates = rules.filter(
      (rule) =>
        rule.kind === found.kind &&
        (found.ruleId === undefined || rule.id === found.ruleId) &&
        (rule.teamId === null || found.teamPath.includes(rule.teamId)),
    );
    if (candidates.length > 0) return candidates.map((rule) => ({ ruleId: rule.id, rule, found }));
    if (found.firing || found.ruleId === undefined) return [];
    return [{ ruleId: found.ruleId, rule: undefined, found }];
  });
}

async function loadAlerts(
  { tx, organizationId }: ApplyInput,
  matched: readonly Matched[],
): Promise<Map<string, AlertRow>> {
  const rows = await tx.$queryRaw<AlertRow[]>`
    SELECT a.id, a.rule_id AS "ruleId", a.cause_key AS "causeKey", a.period_key AS "periodKey", a.state, a.occurrence,
      a.fired_at AS "firedAt", a.told_at AS "toldAt", a.figures
    FROM alerts a JOIN jsonb_to_recordset(${JSON.stringify(
      matched.map(({ ruleId, found }) => ({ r: ruleId, c: found.causeKey, p: found.periodKey })),
    )}::jsonb) AS w(r text, c text, p text) ON a.rule_id = w.r AND a.cause_key = w.c AND a.period_key = w.p
    WHERE a.organization_id = ${organizationId} FOR UPDATE OF a`;
  return new Map(rows.map((row) => [`${row.ruleId} ${row.causeKey} ${row.periodKey}`, row]));
}

function keyOf(ruleId: string, found: Observation): string {
  return `${ruleId} ${found.causeKey} ${found.periodKey}`;
}

function soFar(row: AlertRow) {
  const level = Number((row.figures as { level?: string } | null)?.level ?? '0');
  return {
    state: row.state as AlertState,
    level,
    occurrence: row.occurrence,
    firedAtMs: row.firedAt.getTime(),
    toldAtMs: (row.toldAt ?? row.firedAt).getTime(),
  };
}

function figuresOf(found: Observation): Record<string, string> {
  return { ...found.figures, ...(found.level > 0 ? { level: String(found.level) } : {}) };
}

/** Open alerts show where things stand now. */
async function updateFigures(
  { tx, nowMs }: ApplyInput,
  current: AlertRow,
  found: Observation,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE alerts SET figures = ${JSON.stringify(figuresOf(found))}::jsonb, severity = ${found.severity}, updated_at = ${new Date(nowMs)}
    WHERE id = ${current.id}`;
}

/** @returns The alert's id; undefined when another evaluation was first. */
async function writeAlert(
  { tx, organizationId, nowMs }: ApplyInput,
  ruleId: string,
  current: AlertRow | undefined,
  found: Observation,
  step: AlertStep,
): Promise<string | undefined> {
  const now = new Date(nowMs);
  const recovered =
    step.state === 'recovered' ? { recoveredAt: now, recoveryReason: found.recoveryReason } : {};
  if (current !== undefined) {
    await tx.alert.update({
      where: { organizationId_id: { organizationId, id: current.id } },
      data: {
        state: step.state,
        occurrence: step.occurrence,
        updatedAt: now,
        // What it fired with is what its end is told with.
        figures: step.fires ? figuresOf(found) : (current.figures as Record<string, string>),
        ...(step.fires
          ? {
              firedAt: now,
              severity: found.severity,
              acknowledgedAt: null,
              acknowledgedBy: '',
              recoveredAt: null,
              recoveryReason: '',
            }
          : {}),
        ...recovered,
        toldAt: step.tell === 'fired' ? now : (current.toldAt ?? current.firedAt),
      },
      select: { id: true },
    });
    return current.id;
  }
  const id = newId('alert', nowMs);
  const { count } = await tx.alert.createMany({
    skipDuplicates: true,
    data: {
      id,
      organizationId,
      ruleId,
      kind: found.kind,
      causeKey: found.causeKey,
      periodKey: found.periodKey,
      severity: found.severity,
      state: step.state,
      figures: figuresOf(found),
      targetKind: found.target.kind,
      targetId: found.target.id,
      targetName: found.target.name,
      teamId: found.teamPath.at(-1) ?? '',
      occurrence: step.occurrence,
      firedAt: now,
      toldAt: now,
      createdAt: now,
      updatedAt: now,
      ...recovered,
    },
  });
  return count === 1 ? id : undefined;
}

async function tellChannels(input: ApplyInput, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  const { tx, organizationId, nowMs } = input;
  const channels = await tx.notificationChannel.findMany({ where: { organizationId, disabledAt: null } });
  const organization = await tx.organization.findFirst({
    where: { id: organizationId },
    select: { timeZone: true },
  });
  const now = new Date(nowMs);
  for (const { alertId, rule, found, step } of told) {
    for (const channel of channels.filter(({ id }) => rule?.channelIds.includes(id) === true)) {
      if (step.tell === 'recovered' && !(await wasTold(input, alertId, channel.id))) continue;
      const times: ChannelTimes = {
        ...channel,
        digest: channel.digest as ChannelTimes['digest'],
        timeZone: channel.timeZone === '' ? (organization?.timeZone ?? 'UTC') : channel.timeZone,
      };
      const severity = step.tell === 'recovered' ? 'info' : found.severity;
      const { atMs, heldFor } = planDelivery(times, severity, nowMs);
      await tx.alertDelivery.createMany({
        skipDuplicates: true,
        data: {
          id: newId('alertDelivery', nowMs),
          organizationId,
          alertId,
          channelId: channel.id,
          occurrence: step.occurrence,
          event: step.tell ?? 'fired',
          state: 'waiting',
          heldFor,
          nextTryAt: new Date(atMs),
          createdAt: now,
        },
      });
    }
  }
}

/** Who has not heard of it need not hear that it is over; what still waits says by itself that it is. */
async function wasTold(
  { tx, organizationId }: ApplyInput,
  alertId: string,
  channelId: string,
): Promise<boolean> {
  const last = await tx.alertDelivery.findFirst({
    where: { organizationId, alertId, channelId, event: 'fired' },
    orderBy: { occurrence: 'desc' },
    select: { state: true },
  });
  return last?.state === 'delivered';
}

function eventsOf({ organizationId, nowMs }: ApplyInput, { alertId, found, step }: Told): WebhookEvent[] {
  const common = { organizationId, createdAt: new Date(nowMs).toISOString() };
  const event = (type: WebhookEventType, data: Record<string, unknown>): WebhookEvent => ({
    ...common,
    id: newId('event', nowMs),
    type,
    data,
  });
  const alert = {
    alertId,
    kind: found.kind,
    severity: found.severity,
    target: found.target,
    periodKey: found.periodKey,
    figures: figuresOf(found),
  };
  if (step.tell === 'recovered')
    return [event('alert.recovered', { ...alert, reason: found.recoveryReason })];
  const fired = event('alert.fired', alert);
  if (found.kind !== 'budget-threshold') return [fired];
  const type = found.level >= 100 ? 'budget.exceeded' : 'budget.threshold_reached';
  return [fired, event(type, { budgetId: found.target.id, threshold: found.level, ...alert.figures })];
}
