/** What the ledger has for a bill: by day and model, of one provider and (where asked) one credential. */
import { type Database, empty, sql } from '@tollgate/db';
import type { BillProvider } from './bill-line.ts';
import { type LedgerDay, shiftDay } from './compare.ts';

/** Our names of the providers that send these bills. */
const LEDGER_PROVIDERS: Readonly<Record<BillProvider, readonly string[]>> = {
  openai: ['openai'],
  anthropic: ['anthropic'],
  aws: ['bedrock', 'amazon-bedrock', 'aws'],
};

export interface LedgerQuestion {
  readonly organizationId: string;
  readonly provider: BillProvider;
  /** Empty: every credential. */
  readonly credentialId: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly timeZone: string;
}

interface DayRow {
  readonly model: string;
  readonly cost: string;
  readonly entries: number;
  readonly unknown: number;
  readonly late: string;
  readonly batch: string;
  readonly input: string;
  readonly cached: string;
  readonly output: string;
  readonly versions: readonly string[] | null;
}

/** Real traffic alone. One question per day, so that none of them is long. */
export async function loadLedgerDays(database: Database, question: LedgerQuestion): Promise<LedgerDay[]> {
  const days: LedgerDay[] = [];
  for (let day = question.firstDay; day <= question.lastDay; day = shiftDay(day, 1)) {
    const rows = await database.tenant(
      question.organizationId,
      (tx) => tx.$queryRaw<DayRow[]>`
        SELECT e.model, COALESCE(sum(e.cost_pico_usd), 0)::text AS cost, count(*)::int AS entries,
          count(*) FILTER (WHERE e.cost_pico_usd IS NULL)::int AS unknown,
          COALESCE(sum(e.cost_pico_usd) FILTER (WHERE e.recorded_at > e.started_at + interval '1 day'), 0)::text AS late,
          COALESCE(sum(e.cost_pico_usd) FILTER (WHERE e.service_tier = 'batch'), 0)::text AS batch,
          -- Bills have no other name for what was heard, thought or spoken.
          sum(e.input_tokens + e.audio_input_tokens)::text AS input, sum(e.cached_input_tokens)::text AS cached,
          sum(e.output_tokens + e.reasoning_tokens + e.audio_output_tokens)::text AS output,
          array_agg(DISTINCT e.price_version_id) FILTER (WHERE e.price_version_id <> '') AS versions
        FROM usage_entries e
        WHERE e.organization_id = ${question.organizationId} AND e.livemode
          AND e.started_at >= ${day}::date::timestamp AT TIME ZONE ${question.timeZone}
          AND e.started_at < ${shiftDay(day, 1)}::date::timestamp AT TIME ZONE ${question.timeZone}
          AND e.provider = ANY (${[...LEDGER_PROVIDERS[question.provider]]})
          -- What was booked from a bill is no traffic.
          AND e.reason NOT LIKE 'provider-bill:%'
          ${question.credentialId === '' ? empty : sql`AND e.credential_id = ${question.credentialId}`}
        GROUP BY 1 ORDER BY 1`,
      { timeoutMs: 60_000 },
    );
    for (const row of rows) {
      days.push({
        day,
        model: row.model,
        costPicoUsd: BigInt(row.cost),
        entries: row.entries,
        unknownPriceEntries: row.unknown,
        latePicoUsd: BigInt(row.late),
        batchPicoUsd: BigInt(row.batch),
        quantities: { input: BigInt(row.input), cachedInput: BigInt(row.cached), output: BigInt(row.output) },
        priceVersions: row.versions ?? [],
      });
    }
  }
  return days;
}
