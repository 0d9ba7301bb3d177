/**
 * How this installation is doing, for those who run it: queues, gateways, and what waits where.
 *
 * Only how much and since when: nothing of what a job, a quarantined line or a message says.
 */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { OPERATOR_ORGANIZATION_ID, type Transaction, type UseOrganization } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { QUEUE_NAMES, type QueueMonitor, type QueueStanding } from '@tollgate/queues';
import type { ApiContext } from '../framework/api-context.ts';
import { id, iso, timestamp } from '../framework/field.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';

const queueName = z.enum(QUEUE_NAMES as [string, ...string[]]);

const Backlog = z.object({
  organizations: z.int(),
  since: timestamp.nullable(),
  lagSeconds: z.int().openapi({ description: 'How long the oldest of it has waited.' }),
});

export const SystemStanding = z
  .object({
    checkedAt: timestamp,
    redis: z.enum(['ok', 'unreachable', 'not-configured']),
    queues: z.array(
      z.object({
        name: z.string(),
        waiting: z.int(),
        active: z.int(),
        delayed: z.int(),
        failed: z.int(),
        workers: z.int(),
        oldestWaitingAt: timestamp.nullable(),
      }),
    ),
    gateways: z.array(
      z.object({
        id,
        name: z.string(),
        group: z.string(),
        region: z.string(),
        state: z.enum(['serving', 'silent', 'stopped']),
        lastSeenAt: timestamp,
        /** Lives that have not shipped all of their log. */
        unshippedEpochs: z.int(),
        oldestOpenAt: timestamp.nullable(),
      }),
    ),
    rollups: Backlog.openapi({ description: 'Ledger entries that no roll-up has yet.' }),
    outbox: Backlog.openapi({ description: 'Changes that alerts and webhooks have not read yet.' }),
    auditSeals: Backlog.openapi({ description: 'Audit events that the chain does not hold yet.' }),
    deliveries: Backlog.extend({ count: z.int() }).openapi({
      description: 'Alerts and webhooks that are due.',
    }),
    mail: z.object({ waiting: z.int(), since: timestamp.nullable(), lagSeconds: z.int() }),
    quarantine: z.object({ count: z.int(), organizations: z.int() }),
    /** Where most waits, at most ten. */
    organizations: z.array(
      z.object({
        id,
        name: z.string(),
        rollupLagSeconds: z.int(),
        outboxLagSeconds: z.int(),
        quarantined: z.int(),
        undelivered: z.int(),
      }),
    ),
  })
  .openapi('SystemStanding');

export const FailedJob = z
  .object({
    id: z.string(),
    tries: z.int(),
    reason: z.string(),
    addedAt: timestamp,
    failedAt: timestamp.nullable(),
  })
  .openapi('FailedJob');

const queueParam = z.object({ queue: queueName });
const jobParam = queueParam.extend({ jobId: z.string().min(1).max(300) });

export const operatorSystemRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/system',
    tag: 'operator',
    summary: 'Queues, gateways, and what waits',
    access: 'operator',
    response: SystemStanding,
    detached: true,
    run: async ({ context, nowMs }) => {
      const { redis, queues } = await readQueues(context);
      const standing = await context.database.tenants(async (tx, use) => {
        await use(OPERATOR_ORGANIZATION_ID);
        const gateways = await listGateways(tx, nowMs);
        return { gateways, mail: await readMail(tx, nowMs), ...(await readBacklogs(tx, use, nowMs)) };
      });
      return {
        checkedAt: new Date(nowMs).toISOString(),
        redis,
        queues: queues.map((queue) => ({ ...queue, oldestWaitingAt: iso(queue.oldestWaitingAt ?? null) })),
        ...standing,
      };
    },
  }),
  route({
    method: 'get',
    path: '/operator/queues/{queue}/failed-jobs',
    tag: 'operator',
    summary: 'Jobs that failed for good, the newest first, without what they carry',
    access: 'operator',
    params: queueParam,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ data: z.array(FailedJob), nextCursor: z.null() }),
    run: async ({ context, params, query }) => {
      const jobs = await asking(context, (monitor) => monitor.listFailed(nameOf(params), query.limit));
      const data = jobs.map((job) => ({
        ...job,
        addedAt: iso(job.addedAt),
        failedAt: iso(job.failedAt ?? null),
      }));
      return { data, nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/operator/queues/{queue}/failed-jobs/{jobId}/retry',
    tag: 'operator',
    summary: 'Give a failed job all of its tries again',
    access: 'operator',
    params: jobParam,
    status: 202,
    run: async (call) => {
      await actOnJob(call, 'job-retried', (monitor, { name, jobId }) => monitor.retry(name, jobId));
      return undefined;
    },
  }),
  route({
    method: 'delete',
    path: '/operator/queues/{queue}/failed-jobs/{jobId}',
    tag: 'operator',
    summary: 'Forget a failed job; what it was for stays as it is in the database',
    access: 'operator',
    params: jobParam,
    run: async (call) => {
      await actOnJob(call, 'job-discarded', (monitor, { name, jobId }) => monitor.discard(name, jobId));
      return undefined;
    },
  }),
];

type JobCall = OrganizationCall<unknown, unknown, { readonly queue: string; readonly jobId: string }>;

/** The event is written first: a job that was touched without one would leave nobody to ask. */
async function actOnJob(
  call: JobCall,
  action: string,
  act: (monitor: QueueMonitor, job: { name: QueueStanding['name']; jobId: string }) => Promise<boolean>,
): Promise<void> {
  const { tx, context, organizationId, params, actor, origin, nowMs } = call;
  const name = nameOf(params);
  const { jobId } = params;
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'job', id: jobId, name },
    after: { queue: name },
    nowMs,
  });
  const found = await asking(context, (monitor) => act(monitor, { name, jobId }));
  if (!found) throw notFound('failed job');
}

function nameOf({ queue }: { readonly queue: string }): QueueStanding['name'] {
  return queue as QueueStanding['name']; // The schema knows no others.
}

/** @throws {ApiProblem} 501 without queues to ask, 503 while Redis is away. */
async function asking<T>(context: ApiContext, ask: (monitor: QueueMonitor) => Promise<T>): Promise<T> {
  if (context.queues === undefined) {
    throw new ApiProblem('not_enforced', 'Cannot look at queues: this process knows none');
  }
  try {
    return await ask(context.queues);
  } catch (cause) {
    throw new ApiProblem('service_unavailable', 'Redis does not answer; try again soon', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}

async function readQueues({ queues, logger }: ApiContext) {
  if (queues === undefined) return { redis: 'not-configured' as const, queues: [] };
  try {
    return { redis: 'ok' as const, queues: await queues.list() };
  } catch (err) {
    // That it is away is what the page is for.
    logger.warn({ err }, 'queues could not be asked');
    return { redis: 'unreachable' as const, queues: [] };
  }
}

interface BacklogRow {
  readonly organizationId: string;
  readonly unrolledSince: Date | null;
  readonly unreadSince: Date | null;
  readonly unsealedSince: Date | null;
  readonly quarantined: number;
  readonly undelivered: number;
  readonly undeliveredSince: Date | null;
  readonly databaseNow: Date;
}

const MAX_SHOWN = 10;

async function readBacklogs(tx: Transaction, use: UseOrganization, nowMs: number) {
  const now = new Date(nowMs);
  const rows = await tx.$queryRaw<BacklogRow[]>`
    SELECT organization_id AS "organizationId", unrolled_since AS "unrolledSince", unread_since AS "unreadSince",
      unsealed_since AS "unsealedSince", quarantined::int AS quarantined, undelivered::int AS undelivered,
      undelivered_since AS "undeliveredSince", clock_timestamp() AS "databaseNow"
    FROM list_backlogs(${now}::timestamptz)`;
  const withLags = rows.map((row) => ({
    ...row,
    // Entries are stamped by the database, the others by the clock of this process.
    rollupLagSeconds: lagSeconds(row.unrolledSince, row.databaseNow),
    outboxLagSeconds: lagSeconds(row.unreadSince, now),
  }));
  const worst = withLags
    .filter(({ rollupLagSeconds, outboxLagSeconds, quarantined, undelivered }) =>
      [
        rollupLagSeconds > LATE_SECONDS,
        outboxLagSeconds > LATE_SECONDS,
        quarantined > 0,
        undelivered > 0,
      ].some(Boolean),
    )
    .toSorted((left, right) => weightOf(right) - weightOf(left))
    .slice(0, MAX_SHOWN);
  const names = await findNames(
    tx,
    use,
    worst.map(({ organizationId }) => organizationId),
  );
  return {
    rollups: summarize(rows, 'unrolledSince', rows[0]?.databaseNow ?? now),
    outbox: summarize(rows, 'unreadSince', now),
    auditSeals: summarize(rows, 'unsealedSince', now),
    deliveries: {
      ...summarize(rows, 'undeliveredSince', now),
      count: rows.reduce((sum, { undelivered }) => sum + undelivered, 0),
    },
    quarantine: {
      count: rows.reduce((sum, { quarantined }) => sum + quarantined, 0),
      organizations: rows.filter(({ quarantined }) => quarantined > 0).length,
    },
    organizations: worst.map(({ organizationId, ...row }) => ({
      ...row,
      id: organizationId,
      name: names.get(organizationId) ?? '',
    })),
  };
}

/** Rounds look every 15 seconds: what is younger is on its way. */
const LATE_SECONDS = 60;

function weightOf(row: {
  readonly rollupLagSeconds: number;
  readonly outboxLagSeconds: number;
  readonly quarantined: number;
  readonly undelivered: number;
}): number {
  return Math.max(row.rollupLagSeconds, row.outboxLagSeconds) + 60 * (row.quarantined + row.undelivered);
}

type Since = 'unrolledSince' | 'unreadSince' | 'unsealedSince' | 'undeliveredSince';

function summarize(rows: readonly BacklogRow[], field: Since, now: Date) {
  const waiting = rows.flatMap((row) => row[field] ?? []);
  const since = waiting.toSorted((left, right) => left.getTime() - right.getTime())[0] ?? null;
  return { organizations: waiting.length, since: iso(since), lagSeconds: lagSeconds(since, now) };
}

function lagSeconds(since: Date | null, now: Date): number {
  return since === null ? 0 : Math.max(0, Math.round((now.getTime() - since.getTime()) / 1_000));
}

/** Names are read inside each organization's own walls. */
async function findNames(
  tx: Transaction,
  use: UseOrganization,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const organizationId of ids) {
    await use(organizationId);
    const row = await tx.organization.findUnique({ where: { id: organizationId }, select: { name: true } });
    if (row !== null) names.set(organizationId, row.name);
  }
  return names;
}

/** A gateway says every five seconds that it is there. */
const SILENT_AFTER_MS = 20_000;
const MAX_GATEWAYS = 200;

interface GatewayRow {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly region: string;
  readonly state: 'serving' | 'silent' | 'stopped';
  readonly lastSeenAt: Date;
  readonly unshippedEpochs: number;
  readonly oldestOpenAt: Date | null;
}

async function listGateways(tx: Transaction, nowMs: number) {
  const seenAfter = new Date(nowMs - SILENT_AFTER_MS);
  const rows = await tx.$queryRaw<GatewayRow[]>`
    SELECT g.id, g.name, g.group_name AS "group", g.region, g.last_seen_at AS "lastSeenAt",
      CASE WHEN COALESCE(bool_or(e.state = 'open' AND e.last_seen_at >= ${seenAfter}), false)
        THEN 'serving' WHEN COALESCE(bool_or(e.state IN ('open', 'fenced')), false) THEN 'silent' ELSE 'stopped' END AS state,
      count(e.id) FILTER (WHERE e.state IN ('open', 'fenced'))::int AS "unshippedEpochs",
      min(e.oldest_open_at) FILTER (WHERE e.state IN ('open', 'fenced')) AS "oldestOpenAt"
    FROM gateways g LEFT JOIN gateway_epochs e ON e.gateway_id = g.id
    GROUP BY g.id ORDER BY g.last_seen_at DESC, g.id LIMIT ${MAX_GATEWAYS}`;
  return rows.map((row) => ({
    ...row,
    lastSeenAt: iso(row.lastSeenAt),
    oldestOpenAt: iso(row.oldestOpenAt),
  }));
}

async function readMail(tx: Transaction, nowMs: number) {
  const now = new Date(nowMs);
  const due = await tx.mailMessage.aggregate({
    where: { state: 'waiting', nextTryAt: { lte: now } },
    _count: { _all: true },
    _min: { nextTryAt: true },
  });
  const since = due._min.nextTryAt;
  return { waiting: due._count._all, since: iso(since), lagSeconds: lagSeconds(since, now) };
}
