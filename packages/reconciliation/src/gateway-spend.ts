/**
 * Spend exports of other gateways: LiteLLM (SpendLogs), OpenRouter (activity), Helicone (requests), Portkey (logs).
 * Kept in tables of their own, by day and model; never part of the ledger.
 */
import { createHash } from 'node:crypto';
import type { AuditActor, AuditOrigin } from '@tollgate/audit';
import { recordAudit } from '@tollgate/audit';
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { find, findCount, getDay } from './bill-line.ts';
import { parseAmount } from './exact-amount.ts';
import { ImportError } from './import-error.ts';
import { type FileRow, readRecords } from './read-records.ts';
import { ReconciliationError } from './reconciliation-error.ts';

export const GATEWAY_SOURCES = ['litellm', 'openrouter', 'helicone', 'portkey'] as const;
export type GatewaySource = (typeof GATEWAY_SOURCES)[number];

interface SourceColumns {
  readonly day: readonly string[];
  readonly model: readonly string[];
  readonly provider: readonly string[];
  readonly prompt: readonly string[];
  readonly completion: readonly string[];
  /** The first two are added where both stand. */
  readonly cost: readonly string[];
  readonly alsoCost?: string;
  /** Absent: a row is a request. */
  readonly requests?: readonly string[];
  /** Portkey counts in cents. */
  readonly costScale?: number;
}

const COLUMNS: Readonly<Record<GatewaySource, SourceColumns>> = {
  litellm: {
    day: ['start_time', 'date'],
    model: ['model', 'model_group'],
    provider: ['custom_llm_provider'],
    prompt: ['prompt_tokens'],
    completion: ['completion_tokens'],
    cost: ['spend'],
    requests: ['api_requests'],
  },
  openrouter: {
    day: ['date', 'created_at'],
    model: ['model', 'model_permaslug'],
    provider: ['provider_name', 'provider'],
    prompt: ['prompt_tokens', 'tokens_prompt'],
    completion: ['completion_tokens', 'tokens_completion'],
    cost: ['usage', 'cost_total'],
    // What one's own provider keys paid besides OpenRouter's credits.
    alsoCost: 'byok_usage_inference',
    requests: ['requests'],
  },
  helicone: {
    day: ['request_created_at', 'response_created_at', 'created_at'],
    model: ['response_model', 'request_model', 'model', 'model_override'],
    provider: ['provider'],
    prompt: ['prompt_tokens'],
    completion: ['completion_tokens'],
    cost: ['cost_usd', 'cost'],
  },
  portkey: {
    day: ['created_at', 'time_of_generation'],
    model: ['ai_model'],
    provider: ['ai_org'],
    prompt: ['req_units', 'prompt_tokens'],
    completion: ['res_units', 'completion_tokens'],
    cost: ['cost'],
    costScale: 10,
  },
};

interface Day {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  requests: bigint;
  prompt: bigint;
  completion: bigint;
  cost: bigint;
}

const MAX_GROUPS = 100_000;

/** @throws {ImportError} */
async function readSpend(file: Uint8Array, source: GatewaySource): Promise<{ days: Day[]; rows: number }> {
  const columns = COLUMNS[source];
  const days = new Map<string, Day>();
  let rows = 0;
  for await (const row of readRecords(file)) {
    rows++;
    const day = getDay(row, ...columns.day);
    const [model, provider] = [find(row, ...columns.model) ?? '', find(row, ...columns.provider) ?? ''];
    const key = JSON.stringify([day, provider, model]);
    const sum = days.get(key) ?? {
      day,
      provider: provider.slice(0, 100),
      model: model.slice(0, 200),
      requests: 0n,
      prompt: 0n,
      completion: 0n,
      cost: 0n,
    };
    days.set(key, sum);
    if (days.size > MAX_GROUPS) throw new ImportError(`it may have at most ${MAX_GROUPS} days and models`);
    sum.requests +=
      columns.requests === undefined || find(row, ...columns.requests) === undefined
        ? 1n
        : findCount(row, ...columns.requests);
    sum.prompt += findCount(row, ...columns.prompt);
    sum.completion += findCount(row, ...columns.completion);
    sum.cost += costOf(row, columns);
  }
  if (days.size === 0) throw new ImportError('it has no rows');
  return { days: [...days.values()].toSorted((left, right) => (left.day < right.day ? -1 : 1)), rows };
}

function costOf(row: FileRow, columns: SourceColumns): bigint {
  const scale = columns.costScale ?? 12;
  if (columns.cost.every((name) => !(name in row.record))) {
    throw new ImportError('a value is missing', { row: row.row, column: columns.cost[0] ?? '' });
  }
  // An empty cell: a request that failed, or whose model the gateway had no price for.
  const text = find(row, ...columns.cost) ?? '0';
  const cost = parseAmount(text, scale);
  if (cost === undefined) {
    throw new ImportError(`an amount must be a decimal, got ${text.slice(0, 40)}`, {
      row: row.row,
      column: columns.cost[0] ?? '',
    });
  }
  const more =
    columns.alsoCost === undefined ? 0n : (parseAmount(row.record[columns.alsoCost] ?? '', scale) ?? 0n);
  return cost + more;
}

export interface SpendUpload {
  readonly organizationId: string;
  readonly source: GatewaySource;
  readonly fileName: string;
  readonly file: Uint8Array;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

export interface GatewayImportView {
  readonly id: string;
  readonly source: GatewaySource;
  readonly fileName: string;
  readonly rows: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly costUsd: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** @returns The import; the earlier one where the same file was imported before. @throws {ImportError} */
export async function importGatewaySpend(
  database: Database,
  upload: SpendUpload,
): Promise<GatewayImportView> {
  const { organizationId, source, now } = upload;
  const sha256 = createHash('sha256').update(upload.file).digest('hex');
  const { days, rows } = await readSpend(upload.file, source);
  const total = days.reduce((sum, day) => sum + day.cost, 0n);
  return database.tenant(
    organizationId,
    async (tx) => {
      const id = newId('gatewayImport', now.getTime());
      const count = await tx.$executeRaw`
        INSERT INTO gateway_imports (id, organization_id, source, file_name, file_sha256, file_bytes, rows, first_day, last_day, cost_pico_usd,
          actor_kind, actor_id, actor_name, created_at)
        VALUES (${id}, ${organizationId}, ${source}, ${upload.fileName}, ${sha256}, ${upload.file.byteLength}, ${rows},
          ${days[0]!.day}::date, ${days.at(-1)!.day}::date, ${String(total)}::numeric, ${upload.actor.kind}, ${upload.actor.id},
          ${upload.actor.name ?? ''}, ${now})
        ON CONFLICT (organization_id, source, file_sha256) DO NOTHING`;
      if (count === 1) {
        await insertDays(tx, organizationId, id, days);
        await recordAudit(tx, {
          organizationId,
          actor: upload.actor,
          origin: upload.origin,
          action: 'gateway-spend-imported',
          target: { kind: 'gatewayImport', id, name: upload.fileName },
          after: { source, rows, costPicoUsd: String(total), sha256 },
          nowMs: now.getTime(),
        });
      }
      const [imported] = await selectImports(tx, organizationId, { sha256, source });
      return imported!;
    },
    { timeoutMs: 60_000 },
  );
}

async function insertDays(
  tx: Transaction,
  organizationId: string,
  importId: string,
  days: readonly Day[],
): Promise<void> {
  const rows = JSON.stringify(
    days.map((day) => ({
      day: day.day,
      provider: day.provider,
      model: day.model,
      requests: String(day.requests),
      prompt: String(day.prompt),
      completion: String(day.completion),
      cost: String(day.cost),
    })),
  );
  await tx.$executeRaw`
    INSERT INTO gateway_import_days (organization_id, import_id, day, provider, model, requests, prompt_tokens, completion_tokens, cost_pico_usd)
    SELECT ${organizationId}, ${importId}, r.day, r.provider, r.model, sum(r.requests), sum(r.prompt), sum(r.completion), sum(r.cost)
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(day date, provider text, model text, requests bigint, prompt bigint, completion bigint, cost numeric)
    GROUP BY r.day, r.provider, r.model`;
}

async function selectImports(
  tx: Transaction,
  organizationId: string,
  only?: { readonly sha256: string; readonly source: string },
): Promise<GatewayImportView[]> {
  const rows = await tx.gatewayImport.findMany({
    where: {
      organizationId,
      ...(only === undefined ? {} : { fileSha256: only.sha256, source: only.source }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MAX_IMPORTS,
  });
  return rows.map((row) => ({
    id: row.id,
    source: GATEWAY_SOURCES.find((source) => source === row.source) ?? 'litellm',
    fileName: row.fileName,
    rows: Number(row.rows),
    firstDay: row.firstDay.toISOString().slice(0, 10),
    lastDay: row.lastDay.toISOString().slice(0, 10),
    costUsd: formatUsd(picoUsdSum(BigInt(row.costPicoUsd.toFixed(0)))),
    createdBy: row.actorName,
    createdAt: row.createdAt.toISOString(),
  }));
}

const MAX_IMPORTS = 200;

/** Newest first. */
export function listGatewayImports(tx: Transaction, organizationId: string): Promise<GatewayImportView[]> {
  return selectImports(tx, organizationId);
}

interface ImportDeletion {
  readonly organizationId: string;
  readonly importId: string;
  readonly actor: AuditActor;
  readonly origin: AuditOrigin;
  readonly now: Date;
}

/** @throws {ReconciliationError} `not-found`. */
export async function deleteGatewayImport(
  tx: Transaction,
  { organizationId, importId, actor, origin, now }: ImportDeletion,
): Promise<void> {
  const before = await tx.gatewayImport.findFirst({
    where: { organizationId, id: importId },
    select: { source: true, fileName: true, rows: true, costPicoUsd: true, fileSha256: true },
  });
  await tx.$executeRaw`DELETE FROM gateway_import_days WHERE organization_id = ${organizationId} AND import_id = ${importId}`;
  const count =
    await tx.$executeRaw`DELETE FROM gateway_imports WHERE organization_id = ${organizationId} AND id = ${importId}`;
  if (before === null || count === 0) {
    throw new ReconciliationError(
      'not-found',
      `Cannot find the import: it must exist in the organization, got ${importId}`,
    );
  }
  const { source, rows, fileSha256: sha256 } = before;
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action: 'gateway-spend-deleted',
    target: { kind: 'gatewayImport', id: importId, name: before.fileName },
    before: { source, rows, costPicoUsd: before.costPicoUsd.toFixed(), sha256 },
    nowMs: now.getTime(),
  });
}

export interface SpendComparisonRow {
  readonly day: string | null;
  readonly model: string;
  /** `tollgate`, or another gateway. */
  readonly source: string;
  readonly requests: string;
  readonly tokens: string;
  readonly costUsd: string;
}

/** Every gateway's spend beside our own, by model and (where asked) by day, in UTC. */
export async function compareGatewaySpend(
  tx: Transaction,
  { organizationId, from, to, byDay }: { organizationId: string; from: Date; to: Date; byDay: boolean },
): Promise<SpendComparisonRow[]> {
  const rows = await tx.$queryRaw<(Omit<SpendComparisonRow, 'costUsd'> & { cost: string })[]>`
    SELECT CASE WHEN ${byDay} THEN day::text END AS day, model, source, sum(requests)::text AS requests, sum(tokens)::text AS tokens, sum(cost)::text AS cost
    FROM (
      SELECT date_trunc('day', u.bucket_start, 'UTC')::date AS day, u.model, 'tollgate' AS source, u.requests,
        u.input_tokens + u.cached_input_tokens + u.cache_write_tokens + u.output_tokens + u.reasoning_tokens AS tokens,
        u.cost_pico_usd AS cost
      FROM usage_rollups u WHERE u.organization_id = ${organizationId} AND u.livemode AND u.bucket_start >= ${from} AND u.bucket_start < ${to}
      UNION ALL
      SELECT d.day, d.model, i.source, d.requests, d.prompt_tokens + d.completion_tokens, d.cost_pico_usd
      FROM gateway_import_days d JOIN gateway_imports i ON i.organization_id = d.organization_id AND i.id = d.import_id
      WHERE d.organization_id = ${organizationId} AND d.day >= ${from}::date AND d.day < ${to}::date) AS spend
    GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, sum(cost) DESC, 2, 3 LIMIT 5000`;
  return rows.map(({ cost, ...row }) => ({ ...row, costUsd: formatUsd(picoUsdSum(BigInt(cost))) }));
}
