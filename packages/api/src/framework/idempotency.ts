/**
 * `Idempotency-Key` on creates: the same key gets the same answer, whatever was lost on the way.
 *
 * The record is written in the transaction of the change itself. So there is no change without its record, a
 * second request with the key waits for the first to end, and a failed one leaves nothing behind. Answers are
 * sealed, because some of them hold a secret that is shown once.
 */
import { createHash } from 'node:crypto';
import type { KeyRing } from '@tollgate/config';
import type { Transaction } from '@tollgate/db';
import { openSecret, sealSecret } from '@tollgate/keys';
import { ApiProblem, invalidField } from './problem.ts';

const LIFETIME_MS = 24 * 3_600_000;
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentRequest {
  readonly organizationId: string;
  /** Who asks: keys of different callers never meet. */
  readonly scope: string;
  readonly key: string;
  readonly requestHash: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

/** @returns The request's key, or undefined without one. @throws {ApiProblem} The key is not printable ASCII. */
export function readIdempotencyKey(request: Request): string | undefined {
  const key = request.headers.get('idempotency-key');
  if (key === null) return undefined;
  if (!KEY_FORM.test(key)) {
    throw invalidField('header.idempotency-key', 'must be 1 to 255 printable ASCII characters');
  }
  return key;
}

export function hashRequest(method: string, path: string, body: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(body ?? null)}`)
    .digest('hex');
}

/**
 * Claims the key, or returns the answer that it already has.
 *
 * @throws {ApiProblem} `idempotency_key_reused` for another body; `idempotency_in_progress` when the first
 *   request is still running after five seconds.
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  ring: KeyRing,
  request: IdempotentRequest,
  nowMs: number,
): Promise<StoredAnswer | undefined> {
  const { organizationId, scope, key, requestHash } = request;
  await tx.$queryRaw`SELECT set_config('lock_timeout', '5s', true)`;
  await tx.idempotencyRecord.deleteMany({
    where: { organizationId, scope, key, expiresAt: { lte: new Date(nowMs) } },
  });
  const inserted = await insertRecord(tx, request, nowMs);
  if (inserted === 1) return undefined;
  const record = await tx.idempotencyRecord.findUnique({
    where: { organizationId_scope_key: { organizationId, scope, key } },
  });
  if (record?.responseBody == null) throw inProgress();
  if (record.requestHash !== requestHash) {
    throw new ApiProblem('idempotency_key_reused', 'Cannot reuse this Idempotency-Key: the request differs');
  }
  const body = openSecret(ring, sealContext(request), record.responseBody);
  return { status: record.responseStatus ?? 200, body };
}

async function insertRecord(tx: Transaction, request: IdempotentRequest, nowMs: number): Promise<number> {
  try {
    return await tx.$executeRaw`
      INSERT INTO idempotency_records (organization_id, scope, key, request_hash, state, created_at, expires_at)
      VALUES (${request.organizationId}, ${request.scope}, ${request.key}, ${request.requestHash}, 'running',
        ${new Date(nowMs)}, ${new Date(nowMs + LIFETIME_MS)})
      ON CONFLICT DO NOTHING`;
  } catch (error) {
    if (JSON.stringify((error as { meta?: unknown }).meta ?? '').includes('55P03')) throw inProgress();
    throw error;
  }
}

/** Keeps the answer with the change. */
export async function storeAnswer(
  tx: Transaction,
  ring: KeyRing,
  request: IdempotentRequest,
  answer: StoredAnswer,
): Promise<void> {
  const { organizationId, scope, key } = request;
  await tx.idempotencyRecord.update({
    where: { organizationId_scope_key: { organizationId, scope, key } },
    data: {
      state: 'done',
      responseStatus: answer.status,
      responseBody: sealSecret(ring, sealContext(request), answer.body),
    },
    select: { key: true },
  });
}

function sealContext(request: IdempotentRequest) {
  return {
    organizationId: request.organizationId,
    recordId: `${request.scope}\n${request.key}`,
    field: 'idempotent-answer',
    baseUrl: '',
  };
}

function inProgress(): ApiProblem {
  return new ApiProblem('idempotency_in_progress', 'Cannot answer yet: the first request is still running', {
    retryAfterMs: 1_000,
  });
}
