/** What comes by time or waits for a person: keys that end soon, notes for usage that came late. */
import { NOTE_WAITS } from '@tollgate/db';
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import { SETTING_DEFAULTS } from '../alert-kinds.ts';
import { type Observation, observe } from '../observation.ts';
import { type ActiveRule, type Look, type OpenAlert, openOf, rulesOf } from './look.ts';

const DAY_MS = 86_400_000;
/** Of one rule in one look; the others are the next look's. */
const MAX_KEYS = 500;

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly expiresAt: Date;
  readonly teamPath: string | null;
}

export async function detectExpiringKeys(look: Look): Promise<Observation[]> {
  const rules = rulesOf(look, 'key-expiring');
  const open = openOf(look, 'key-expiring');
  const found: Observation[] = [];
  for (const rule of rules) {
    const told = open.filter(({ ruleId }) => ruleId === rule.id);
    found.push(...(await findNewlyExpiring(look, rule, told)));
  }
  return [...found, ...(await findNoLongerExpiring(look, rules, open))];
}

/** Only those without an alert: what was told must not stand before what was not. */
async function findNewlyExpiring(
  look: Look,
  rule: ActiveRule,
  told: readonly OpenAlert[],
): Promise<Observation[]> {
  const rows = await look.tx.$queryRaw<KeyRow[]>`
    SELECT k.id, k.name, k.expires_at AS "expiresAt", t.path AS "teamPath"
    FROM virtual_keys k LEFT JOIN teams t ON t.organization_id = k.organization_id AND t.id = k.team_id
    WHERE k.organization_id = ${look.organizationId} AND k.revoked_at IS NULL AND k.expires_at IS NOT NULL
      AND k.expires_at > ${new Date(look.nowMs)} AND k.expires_at <= ${untilOf(look, rule)}
      AND (${rule.teamId}::text IS NULL OR ${rule.teamId}::text = ANY(string_to_array(t.path, '/')))
      AND (k.id, k.expires_at) NOT IN (SELECT * FROM unnest(
        ${told.map(({ causeKey }) => causeKey)}::text[], ${told.map(({ periodKey }) => periodKey)}::timestamptz[]))
    ORDER BY k.expires_at, k.id LIMIT ${MAX_KEYS}`;
  return rows.map((row) =>
    observe({
      kind: 'key-expiring',
      ruleId: rule.id,
      causeKey: row.id,
      periodKey: row.expiresAt.toISOString(),
      firing: true,
      target: { kind: 'key', id: row.id, name: row.name },
      teamPath: row.teamPath?.split('/') ?? [],
      figures: { expiresAt: row.expiresAt.toISOString() },
    }),
  );
}

/** Revoked, rotated to another end, or over: nobody is told, because somebody did it or was told before. */
async function findNoLongerExpiring(
  look: Look,
  rules: readonly ActiveRule[],
  open: readonly OpenAlert[],
): Promise<Observation[]> {
  if (open.length === 0) return [];
  const keys = await look.tx.virtualKey.findMany({
    where: {
      organizationId: look.organizationId,
      id: { in: [...new Set(open.map(({ causeKey }) => causeKey))] },
      revokedAt: null,
    },
    select: { id: true, expiresAt: true },
  });
  const endOf = new Map(keys.map(({ id, expiresAt }) => [id, expiresAt]));
  const untilOfRule = new Map(rules.map((rule) => [rule.id, untilOf(look, rule)]));
  const isLive = ({ ruleId, causeKey, periodKey }: OpenAlert): boolean => {
    const [end, until] = [endOf.get(causeKey), untilOfRule.get(ruleId)];
    if (end == null || until === undefined) return false;
    return end.toISOString() === periodKey && end.getTime() > look.nowMs && end <= until;
  };
  return open
    .filter((alert) => !isLive(alert))
    .map((alert) =>
      observe({
        kind: 'key-expiring',
        ruleId: alert.ruleId,
        causeKey: alert.causeKey,
        periodKey: alert.periodKey,
        firing: false,
        endsQuietly: true,
        recoveryReason: Date.parse(alert.periodKey) <= look.nowMs ? 'expired' : 'changed',
        target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
        figures: alert.figures,
      }),
    );
}

function untilOf({ nowMs }: Look, { settings }: ActiveRule): Date {
  return new Date(nowMs + (settings.daysBefore ?? SETTING_DEFAULTS.daysBefore) * DAY_MS);
}

interface NoteRow {
  readonly id: string;
  readonly invoiceId: string;
  readonly number: string | null;
  /** An entry stands on a line for each of its components. */
  readonly entries: number;
  /** Of the usage: credits and tax of a draft move on until it is issued. */
  readonly amount: string;
}

export async function detectLateUsage(look: Look): Promise<Observation[]> {
  const open = openOf(look, 'late-usage');
  if (rulesOf(look, 'late-usage').length === 0 && open.length === 0) return [];
  const rows = await look.tx.$queryRaw<NoteRow[]>`
    SELECT n.id, n.invoice_id AS "invoiceId", i.number,
      (SELECT count(*)::int FROM (
        SELECT DISTINCT e.started_at, e.request_id, e.attempt, e.entry FROM credit_note_lines l JOIN credit_note_entries e
          ON e.organization_id = l.organization_id AND e.credit_note_line_id = l.id
          WHERE l.organization_id = n.organization_id AND l.credit_note_id = n.id) AS late) AS entries,
      (SELECT COALESCE(sum(l.amount_pico_usd), 0)::text FROM credit_note_lines l
        WHERE l.organization_id = n.organization_id AND l.credit_note_id = n.id) AS amount
    FROM credit_notes n JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
    WHERE n.organization_id = ${look.organizationId} AND ${NOTE_WAITS}`;
  const waiting = new Set(rows.map(({ id }) => id));
  const found = rows.map((row) =>
    observe({
      kind: 'late-usage',
      causeKey: row.id,
      periodKey: '',
      firing: true,
      target: { kind: 'invoice', id: row.invoiceId, name: row.number ?? '' },
      figures: {
        noteId: row.id,
        invoiceNumber: row.number ?? '',
        entries: String(row.entries),
        amountUsd: formatUsd(BigInt(row.amount) as PicoUsdSum),
      },
    }),
  );
  const over = open.filter(({ causeKey }) => !waiting.has(causeKey));
  const issued = over.length === 0 ? new Set() : await findIssued(look, over);
  const ended = over.map((alert) =>
    observe({
      kind: 'late-usage',
      causeKey: alert.causeKey,
      periodKey: '',
      firing: false,
      endsQuietly: true,
      recoveryReason: issued.has(alert.causeKey) ? 'issued' : 'invoice-void',
      target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
      figures: alert.figures,
    }),
  );
  return [...found, ...ended];
}

async function findIssued(look: Look, alerts: readonly OpenAlert[]): Promise<ReadonlySet<string>> {
  const rows = await look.tx.creditNote.findMany({
    where: {
      organizationId: look.organizationId,
      id: { in: alerts.map(({ causeKey }) => causeKey) },
      state: { not: 'draft' },
    },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}
