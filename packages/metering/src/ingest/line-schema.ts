/**
 * The lines of a batch as the worker accepts them. Each line meets its schema alone, so that one bad line is
 * set aside and the rest is recorded.
 */
import { createHash } from 'node:crypto';
import { ratedComponentSchema, tokenUsageSchema } from '@tollgate/catalog';
import { parseId } from '@tollgate/ids';
import { z } from 'zod';

// Plain characters only: these name organizations and rows, and Postgres takes no character 0.
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const optionalId = z.string().regex(/^[\x21-\x7e]{0,128}$/);
const text = z.string().max(8_192);
/** An id or an address of a provider's. */
const providerName = z.string().regex(/^[\w./-]{0,128}$/);
const MAX_MEASURE = 2_147_483_647;
/** How long something took, cut to what its column holds: a measurement must not cost a line its money. */
const measure = z.number().transform((value) => Math.min(Math.max(0, Math.round(value)), MAX_MEASURE));
/** Of one batch; most providers take one. */
export const MAX_BATCH_MODELS = 64;
/** Fits BIGINT; checked by Postgres as well. */
const amount = z.string().regex(/^(0|-?[1-9]\d{0,18})$/);

const subjectSchema = z
  .object({
    organizationId: id,
    requestId: id,
    startedAtMs: z.int().min(0),
    keyId: id,
    teamId: optionalId,
    teamPath: text,
    costCenter: text,
    memberId: optionalId,
    serviceAccountId: optionalId,
    endUser: text,
    tags: z.record(z.string().max(256), text),
    sessionId: text,
    routeId: optionalId,
    requestedModel: text,
    endpoint: text,
    dialect: z.enum(['openai', 'anthropic', 'gemini']),
    streamed: z.boolean(),
  })
  // startedAt is part of the ledger's key: were it free, one attempt could be recorded twice.
  .refine((subject) => parseId('request', subject.requestId)?.timeMs === subject.startedAtMs, {
    error: 'startedAtMs must be the time of the request id',
  });

const targetSchema = z.object({
  attempt: z.int().min(1).max(1_000),
  model: text,
  provider: text,
  credentialId: id,
  credentialOwner: z.enum(['organization', 'operator']),
  region: text,
  serviceTier: text,
  livemode: z.boolean(),
  priceVersionId: optionalId,
  markupRuleId: optionalId,
  markupBasisPoints: z.int().min(-10_000).max(10_000_000),
  markupPerUnit: z.record(z.string().max(128), amount).exactOptional(),
});

const settlementShape = {
  status: z.enum(['succeeded', 'failed', 'aborted', 'interrupted']),
  httpStatus: z.int().min(0).max(999),
  errorCode: text,
  finishReason: text,
  usage: tokenUsageSchema,
  usageSource: z.enum(['provider', 'counted', 'hold', 'none']),
  estimated: z.boolean(),
  components: z.array(ratedComponentSchema).max(256),
  costPicoUsd: amount.nullable(),
  chargePicoUsd: amount,
  budgetPicoUsd: z
    .string()
    .regex(/^\d{1,38}$/)
    .exactOptional(),
  served: z.object({ serviceTier: text, priceVersionId: optionalId }).exactOptional(),
  totalMs: measure,
  firstTokenMs: measure.nullable(),
  overheadUs: measure,
  upstreamRequestId: text,
  batchId: providerName.exactOptional(),
};

export const entryLineSchema = z.object({
  subject: subjectSchema,
  target: targetSchema,
  settle: z.object(settlementShape),
  sequence: z.int().min(1),
  holds: z
    .array(
      z.object({
        budgetId: id,
        scopeValue: text,
        periodStart: z.int().min(0),
        grantId: id,
        amountPicoUsd: z.string().regex(/^\d{1,38}$/),
      }),
    )
    // Each of 64 tags can have several budgets.
    .max(4_096)
    .exactOptional(),
  batch: z
    .object({
      inputFileId: providerName,
      endpoint: providerName,
      models: z
        .array(z.object({ name: text, model: text, priceVersionId: optionalId }))
        .max(MAX_BATCH_MODELS),
    })
    .exactOptional(),
});

const servedRoute = z.object({ id, name: text, rule: z.int().min(0).max(1_000), target: text });

export const requestLineSchema = z.object({
  subject: subjectSchema,
  model: text,
  provider: text,
  livemode: z.boolean(),
  status: z.int().min(0).max(999),
  errorCode: text,
  refusal: z.record(z.string(), z.unknown()).nullable(),
  attempts: z.int().min(0).max(1_000),
  totalMs: measure,
  firstTokenMs: measure.nullable(),
  overheadUs: measure,
  clientAddress: text,
  userAgent: text,
  // Gateways of earlier versions do not tell these.
  providerFormat: text.default(''),
  translated: z.boolean().default(false),
  unsupported: z.array(text).max(256).default([]),
  route: servedRoute.nullable().default(null),
  substitution: z
    .object({ budget: z.object({ id, name: text }), model: text, route: servedRoute.nullable() })
    .nullable()
    .default(null),
});

export type EntryLine = z.infer<typeof entryLineSchema>;
/** The tier and price that count: what answered, else what was asked for. */
export function pricedBy({ target, settle }: Pick<EntryLine, 'target' | 'settle'>): {
  readonly serviceTier: string;
  readonly priceVersionId: string;
} {
  return settle.served ?? target;
}

export type RequestLine = z.infer<typeof requestLineSchema>;

/**
 * What can be told of a line that may be anything, for setting it aside under the right organization. A line
 * without a request is named by its content, so that two of them stay two and one that comes again stays one.
 */
export function identifyLine(line: unknown): {
  organizationId: string;
  requestId: string;
  attempt: number;
  sequence: number;
} {
  const record = asRecord(line);
  const settle = asRecord(record.settle);
  const subject = asRecord(record.subject);
  return {
    organizationId: asText(subject.organizationId ?? settle.organizationId),
    requestId: asText(subject.requestId ?? settle.requestId) || contentName(line),
    attempt: asCount(asRecord(record.target).attempt ?? settle.attempt),
    sequence: asCount(record.sequence),
  };
}

function contentName(line: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(line) ?? '');
  return `unidentified-${hash.digest('hex').slice(0, 32)}`;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 128).replaceAll(/[^\x21-\x7e]/g, '?') : '';
}

function asCount(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? Math.min(value as number, MAX_MEASURE) : 0;
}
