/**
 * Exports that are too large for one answer, and those that schedules ask for: asked for by a row, made by the worker
 * into a folder, fetched until they expire. Bringing them to a bucket is deliveries.ts.
 *
 * ```
 * waiting ──▶ running ──▶ done ──▶ expired
 *    ▲           │
 *    └───────────┴──▶ failed (after the third try)
 * ```
 * A worker that died leaves a row `running` whose lease passes; the next one begins anew. A file has its name only
 * when it is whole.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditActor } from '@tollgate/audit';
import { type Database, sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { z } from 'zod';
import { BillingError } from '../lifecycle/billing-error.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from '../queries/page-cursor.ts';
import { askAgainForDeliveries, giveUpDelivery } from './delivery-state.ts';
import { decimalText, EXPORT_FORMATS, type JobFormat } from './export-table.ts';
import { type OpenedExport, openInvoiceExport, openUsageExport } from './open-export.ts';
import { askForScheduledExports } from './scheduled-exports.ts';

const KEPT_MS = 7 * 86_400_000;
const LEASE_MS = 15 * 60_000;
const MAX_TRIES = 3;
/** Waiting and running at once, per organization. */
const MAX_OPEN = 20;

const filters = {
  livemode: z.boolean().optional(),
  teamId: z.string().optional(),
  keyId: z.string().optional(),
  model: z.string().optional(),
  provider: z.string().optional(),
  costCenter: z.string().optional(),
  /** Of exports of kind `invoice`. */
  invoiceId: z.string().optional(),
};
const Question = z.object({ from: z.iso.datetime(), to: z.iso.datetime(), gzip: z.boolean(), ...filters });

export interface ExportRequest extends Omit<z.input<typeof Question>, 'from' | 'to' | 'invoiceId'> {
  readonly organizationId: string;
  readonly format: JobFormat;
  readonly from: Date;
  readonly to: Date;
  readonly actor: AuditActor;
  readonly now: Date;
}

export interface ExportView {
  readonly id: string;
  readonly format: JobFormat;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'expired';
  readonly from: string;
  readonly to: string;
  readonly rows: string;
  readonly bytes: string;
  readonly sha256: string;
  readonly fileName: string;
  readonly totalUsd: string;
  readonly error: string;
  readonly scheduleId: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly expiresAt: string | null;
}

/** @throws {BillingError} `wrong-state`: too many wait already, or the range is empty. */
export async function requestExport(tx: Transaction, request: ExportRequest): Promise<ExportView> {
  const { organizationId, format, from, to, actor, now, ...rest } = request;
  if (from >= to) {
    throw new BillingError(
      'wrong-state',
      'Cannot export usage: the range must end after it begins',
      'empty-range',
    );
  }
  const [open] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM data_exports
    WHERE organization_id = ${organizationId} AND state IN ('waiting', 'running')`;
  if (open!.count >= MAX_OPEN) {
    throw new BillingError(
      'wrong-state',
      `Cannot take another export: at most ${MAX_OPEN} wait, got ${open!.count}`,
      'too-many-exports',
    );
  }
  const id = newId('dataExport', now.getTime());
  const question = Question.parse({ ...rest, from: from.toISOString(), to: to.toISOString() });
  await tx.$executeRaw`
    INSERT INTO data_exports (id, organization_id, kind, format, question, state, actor_kind, actor_id, actor_name, created_at)
    VALUES (${id}, ${organizationId}, 'usage', ${format}, ${JSON.stringify(question)}::jsonb, 'waiting', ${actor.kind},
      ${actor.id}, ${actor.name ?? ''}, ${now})`;
  return getExport(tx, { organizationId, exportId: id });
}

interface ExportRow {
  readonly id: string;
  readonly format: JobFormat;
  readonly state: ExportView['state'];
  readonly question: unknown;
  readonly rows: bigint;
  readonly bytes: bigint;
  readonly sha256: string;
  readonly fileName: string;
  readonly path: string;
  readonly total: string;
  readonly error: string;
  readonly tries: number;
  readonly scheduleId: string | null;
  readonly actorName: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
}

const COLUMNS = sql`x.id, x.format, x.state, x.question, x.rows, x.bytes, x.sha256, x.file_name AS "fileName", x.path,
  x.total_pico_usd::text AS total, x.error, x.tries, x.schedule_id AS "scheduleId", x.actor_name AS "actorName",
  x.created_at AS "createdAt", x.finished_at AS "finishedAt", x.expires_at AS "expiresAt"`;

const ExportCursor = z.tuple([z.iso.datetime(), z.string()]);

/** Newest first. @throws {InvalidCursorError} */
export async function listExports(
  tx: Transaction,
  { organizationId, limit, cursor }: PageOptions & { readonly organizationId: string },
): Promise<Page<ExportView>> {
  const after = cursor === undefined ? undefined : decodeCursor(ExportCursor, cursor);
  const rows = await tx.$queryRaw<ExportRow[]>`
    SELECT ${COLUMNS} FROM data_exports x WHERE x.organization_id = ${organizationId}
      ${after === undefined ? sql`` : sql`AND (x.created_at, x.id) < (${after[0]}::timestamptz, ${after[1]})`}
    ORDER BY x.created_at DESC, x.id DESC LIMIT ${limit + 1}`;
  return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toView);
}

interface ExportScope {
  readonly organizationId: string;
  readonly exportId: string;
}

/** @throws {BillingError} `not-found`. */
export async function getExport(tx: Transaction, scope: ExportScope): Promise<ExportView> {
  return toView(await getRow(tx, scope));
}

async function getRow(tx: Transaction, { organizationId, exportId }: ExportScope): Promise<ExportRow> {
  const [row] = await tx.$queryRaw<ExportRow[]>`
    SELECT ${COLUMNS} FROM data_exports x WHERE x.organization_id = ${organizationId} AND x.id = ${exportId}`;
  if (row !== undefined) return row;
  throw new BillingError(
    'not-found',
    `Cannot find the export: it must exist in the organization, got ${exportId}`,
  );
}

/** @throws {BillingError} `not-found`; `wrong-state`: it is not made yet, failed, or has expired. */
export async function openExportFile(
  database: Database,
  scope: ExportScope & { readonly folder: string; readonly now: Date },
): Promise<{
  readonly stream: Readable;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
}> {
  const row = await database.tenant(scope.organizationId, (tx) => getRow(tx, scope));
  if (row.state !== 'done' || (row.expiresAt !== null && row.expiresAt <= scope.now)) {
    const state = row.state === 'done' ? 'expired' : row.state;
    throw new BillingError(
      'wrong-state',
      `Cannot fetch the export: it must be made and kept, got ${state}`,
      'export-not-kept',
    );
  }
  const path = join(scope.folder, row.path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new BillingError(
      'wrong-state',
      'Cannot fetch the export: its file must lie in the exports folder of this process',
      'export-elsewhere',
    );
  }
  return { stream: createReadStream(path), fileName: row.fileName, bytes: found.size, sha256: row.sha256 };
}

function toView(row: ExportRow): ExportView {
  const question = Question.parse(row.question);
  return {
    id: row.id,
    format: row.format,
    state: row.state,
    from: question.from,
    to: question.to,
    rows: String(row.rows),
    bytes: String(row.bytes),
    sha256: row.sha256,
    fileName: row.fileName,
    totalUsd: decimalText(BigInt(row.total)),
    error: row.error,
    scheduleId: row.scheduleId,
    createdBy: row.actorName,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}

export interface ExportWork {
  readonly organizationId: string;
  /** Of all organizations; each has its own below it. */
  readonly folder: string;
  readonly now: Date;
}

/** Makes what waits, one after the other. @returns How many were made. */
export async function makeExports(database: Database, work: ExportWork): Promise<number> {
  await database.tenant(work.organizationId, async (tx) => {
    await askForScheduledExports(tx, work);
    await askAgainForDeliveries(tx, work);
  });
  await expireExports(database, work);
  let made = 0;
  for (;;) {
    const row = await database.tenant(work.organizationId, (tx) => claim(tx, work));
    if (row === undefined) return made;
    await makeOne(database, work, row);
    made++;
  }
}

async function claim(tx: Transaction, { organizationId, now }: ExportWork): Promise<ExportRow | undefined> {
  const leaseEnd = new Date(now.getTime() - LEASE_MS);
  const rows = await tx.$queryRaw<ExportRow[]>`
    UPDATE data_exports AS x SET state = 'running', started_at = ${now}, tries = x.tries + 1
    WHERE x.organization_id = ${organizationId} AND x.id = (
      SELECT id FROM data_exports WHERE organization_id = ${organizationId}
        AND (state = 'waiting' OR (state = 'running' AND started_at < ${leaseEnd}))
      ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING ${COLUMNS}`;
  return rows[0];
}

async function makeOne(database: Database, work: ExportWork, row: ExportRow): Promise<void> {
  const { organizationId, folder, now } = work;
  try {
    const opened = await open(database, organizationId, row);
    // A file of this try alone: one that takes longer than its lease writes beside the next.
    const path = join(organizationId, `${row.id}-${row.tries}-${opened.fileName}`);
    const file = await writeFileWhole(join(folder, path), opened.stream);
    const isOurs = await database.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
        UPDATE data_exports SET state = 'done', rows = ${opened.written.rows}, bytes = ${file.bytes}, sha256 = ${file.sha256},
          file_name = ${opened.fileName}, path = ${path}, total_pico_usd = ${String(opened.written.totalPicoUsd)}::numeric,
          error = '', finished_at = ${now}, expires_at = ${new Date(now.getTime() + KEPT_MS)}
        WHERE organization_id = ${organizationId} AND id = ${row.id} AND state = 'running' AND tries = ${row.tries}`,
    );
    if (isOurs === 0) await rm(join(folder, path), { force: true });
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    const state = row.tries >= MAX_TRIES ? 'failed' : 'waiting';
    await database.tenant(organizationId, async (tx) => {
      const isOurs = await tx.$executeRaw`
        UPDATE data_exports SET state = ${state}, error = ${message}, finished_at = ${state === 'failed' ? now : null}
        WHERE organization_id = ${organizationId} AND id = ${row.id} AND state = 'running' AND tries = ${row.tries}`;
      if (isOurs === 1 && state === 'failed')
        await giveUpDelivery(tx, { organizationId, exportId: row.id, message, now });
    });
    throw error;
  }
}

function open(database: Database, organizationId: string, row: ExportRow): Promise<OpenedExport> {
  const { from, to, gzip, invoiceId, ...question } = Question.parse(row.question);
  const isFocus = row.format.startsWith('focus-');
  const format = EXPORT_FORMATS.find((each) => each === row.format.replace('focus-', '')) ?? 'csv';
  if (invoiceId !== undefined) {
    const view = isFocus ? 'focus' : 'lines';
    return openInvoiceExport(database, { organizationId, invoiceId, view, format, gzip });
  }
  return openUsageExport(
    database,
    { ...question, organizationId, from: new Date(from), to: new Date(to) },
    { view: isFocus ? 'focus' : 'entries', format, gzip },
  );
}

/** Through a file of another name, so that nobody fetches half of it. */
async function writeFileWhole(path: string, stream: Readable): Promise<{ bytes: number; sha256: string }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      hash.update(chunk);
      bytes += chunk.byteLength;
      done(null, chunk);
    },
  });
  await pipeline(stream, count, createWriteStream(`${path}.part`, { mode: 0o600, flush: true }));
  await rename(`${path}.part`, path);
  return { bytes, sha256: hash.digest('hex') };
}

async function expireExports(database: Database, { organizationId, folder, now }: ExportWork): Promise<void> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ path: string }[]>`
      UPDATE data_exports AS x SET state = 'expired'
      WHERE x.organization_id = ${organizationId} AND x.state = 'done' AND x.expires_at <= ${now} AND NOT EXISTS (
        SELECT 1 FROM export_deliveries d
        WHERE d.organization_id = ${organizationId} AND d.export_id = x.id AND d.state = 'waiting')
      RETURNING x.path`,
  );
  for (const { path } of rows) await rm(join(folder, path), { force: true });
}
