/** What new ledger entries show: models without a price, and credentials that their provider refuses. */
import { type Observation, observe } from '../observation.ts';
import { type Look, openOf, rulesOf } from './look.ts';

/** Older entries are told by whoever imports or corrects them. */
const LEDGER_DAYS = 7;
const DAY_MS = 86_400_000;

interface PriceRow {
  readonly provider: string;
  readonly model: string;
  readonly unknown: number;
  readonly lastUnknown: Date | null;
  readonly lastKnown: Date | null;
  readonly requestId: string | null;
}

export async function detectUnknownPrices(look: Look): Promise<Observation[]> {
  if (rulesOf(look, 'unknown-price').length === 0 && openOf(look, 'unknown-price').length === 0) return [];
  const rows = await look.tx.$queryRaw<PriceRow[]>`
    SELECT provider, model, count(*) FILTER (WHERE cost_pico_usd IS NULL)::int AS unknown,
      max(started_at) FILTER (WHERE cost_pico_usd IS NULL) AS "lastUnknown",
      max(started_at) FILTER (WHERE cost_pico_usd IS NOT NULL) AS "lastKnown",
      (array_agg(request_id ORDER BY started_at) FILTER (WHERE cost_pico_usd IS NULL))[1] AS "requestId"
    FROM usage_entries
    WHERE organization_id = ${look.organizationId} AND entry = 0 AND usage_source <> 'none' AND endpoint <> 'batches'
      AND recorded_xid >= ${look.fromXid}::xid8 AND recorded_xid < ${look.toXid}::xid8
      AND started_at >= ${new Date(look.nowMs - LEDGER_DAYS * DAY_MS)}
    GROUP BY provider, model`;
  const open = new Map(openOf(look, 'unknown-price').map((alert) => [alert.causeKey, alert]));
  return rows.map((row) => {
    const causeKey = `${row.provider}/${row.model}`;
    const before = open.get(causeKey)?.figures;
    const firing = row.lastUnknown !== null && (row.lastKnown === null || row.lastUnknown >= row.lastKnown);
    const requests = Number(before?.requests ?? '0') + row.unknown;
    const requestId = before?.requestId ?? row.requestId;
    return observe({
      kind: 'unknown-price',
      causeKey,
      periodKey: '',
      firing,
      recoveryReason: 'priced',
      target: { kind: 'model', id: row.model, name: causeKey },
      figures: {
        provider: row.provider,
        model: row.model,
        requests: String(requests),
        ...(requestId == null ? {} : { requestId }),
      },
    });
  });
}

interface CredentialRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly rejected: number;
  readonly lastRejected: Date | null;
  readonly lastOk: Date | null;
}

export async function detectFailingCredentials(look: Look): Promise<Observation[]> {
  const open = openOf(look, 'credential-failing');
  if (rulesOf(look, 'credential-failing').length === 0 && open.length === 0) return [];
  const rows = await look.tx.$queryRaw<CredentialRow[]>`
    SELECT c.id, c.name, c.provider, e.rejected, e."lastRejected", e."lastOk"
    FROM (SELECT credential_id, count(*) FILTER (WHERE error_code = 'provider_credential_rejected')::int AS rejected,
        max(started_at) FILTER (WHERE error_code = 'provider_credential_rejected') AS "lastRejected",
        max(started_at) FILTER (WHERE status = 'succeeded') AS "lastOk"
      FROM usage_entries
      WHERE organization_id = ${look.organizationId} AND entry = 0 AND credential_owner = 'organization'
        AND recorded_xid >= ${look.fromXid}::xid8 AND recorded_xid < ${look.toXid}::xid8
        AND started_at >= ${new Date(look.nowMs - LEDGER_DAYS * DAY_MS)}
      GROUP BY 1) e
    JOIN provider_credentials c ON c.organization_id = ${look.organizationId} AND c.id = e.credential_id
    WHERE e."lastRejected" IS NOT NULL OR e."lastOk" IS NOT NULL`;
  const seen = new Set(rows.map(({ id }) => id));
  const found = rows.map((row) => {
    const firing = row.lastRejected !== null && (row.lastOk === null || row.lastRejected > row.lastOk);
    const before = Number(open.find(({ causeKey }) => causeKey === row.id)?.figures.rejected ?? '0');
    return observe({
      kind: 'credential-failing',
      causeKey: row.id,
      periodKey: '',
      firing,
      severity: 'critical',
      recoveryReason: 'accepted',
      target: { kind: 'providerCredential', id: row.id, name: row.name },
      figures: {
        provider: row.provider,
        rejected: String(before + row.rejected),
        ...(row.lastRejected === null ? {} : { lastRejectedAt: row.lastRejected.toISOString() }),
      },
    });
  });
  return [...found, ...(await detectRepaired(look, seen))];
}

/** By a test in the console since, or because somebody switched it off. */
async function detectRepaired(look: Look, seen: ReadonlySet<string>): Promise<Observation[]> {
  const open = openOf(look, 'credential-failing').filter(({ causeKey }) => !seen.has(causeKey));
  if (open.length === 0 || !look.byTime) return [];
  const working = await look.tx.providerCredential.findMany({
    where: { organizationId: look.organizationId, id: { in: open.map(({ causeKey }) => causeKey) } },
    select: { id: true, disabledAt: true, lastTestOk: true, lastTestedAt: true, updatedAt: true },
  });
  const byId = new Map(working.map((row) => [row.id, row]));
  return open
    .filter(({ causeKey, firedAt }) => {
      const row = byId.get(causeKey);
      if (row === undefined || row.disabledAt !== null) return true;
      return row.lastTestOk === true && row.lastTestedAt !== null && row.lastTestedAt > firedAt;
    })
    .map((alert) =>
      observe({
        kind: 'credential-failing',
        causeKey: alert.causeKey,
        periodKey: '',
        firing: false,
        recoveryReason: 'accepted',
        target: { kind: alert.targetKind, id: alert.targetId, name: alert.targetName },
        figures: alert.figures,
      }),
    );
}
