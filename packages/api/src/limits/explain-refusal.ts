/**
 * Why a request was refused, told afterwards: what the client was told, the rule as it is now, and what would have to
 * change. From the log alone; nothing is guessed where the rule is gone.
 */
import { z } from '@hono/zod-openapi';
import { findDunningLimits } from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import { timestamp } from '../framework/field.ts';
import { listUsableModels } from '../prices/usable-models.ts';
import type { RequestRow } from '../requests/request-store.ts';
import { keyReaches } from './check-request.ts';
import { findRaisedByPayment, presentBudgets } from './present-budget.ts';
import { presentRateLimits } from './present-rate-limit.ts';

const RULE_KINDS = [
  'budget',
  'rateLimit',
  'key',
  'serviceAccount',
  'organization',
  'provider',
  'request',
] as const;

/** What would let such a request through, in the words of whoever shows it. */
export const REMEDIES = [
  'raiseBudget',
  'addPaymentMethod',
  'useOwnProvider',
  'askOperator',
  'waitForReset',
  'lowerOutput',
  'addPrice',
  'raiseRateLimit',
  'retryLater',
  'extendExpiry',
  'makeKey',
  'addModelToKey',
  'connectProvider',
  'allowOnKey',
  'enableServiceAccount',
  'endSuspension',
  'fixRequest',
  'askProvider',
] as const;
type Remedy = (typeof REMEDIES)[number];

export const RefusalExplanation = z
  .object({
    /** False: it was answered, or the client went away. */
    refused: z.boolean(),
    code: z.string(),
    source: z.enum(['tollgate', 'provider']),
    rule: z.object({
      kind: z.enum(RULE_KINDS),
      id: z.string().nullable(),
      name: z.string().nullable(),
      /** Null: there is no such rule any more, or the caller may not read it. */
      limitNow: z.string().nullable(),
      leftNow: z.string().nullable(),
      /** It was changed after the request. */
      changedSince: z.boolean(),
      exists: z.boolean(),
    }),
    /** As it was then. */
    limit: z.string().nullable(),
    used: z.string().nullable(),
    requested: z.string().nullable(),
    resetsAt: timestamp.nullable(),
    remedies: z.array(z.enum(REMEDIES)),
  })
  .openapi('RefusalExplanation');

const text = z.string().max(300);
const Stored = z.object({
  code: text,
  rule_id: text.optional(),
  scope: z.object({ type: text, id: text, name: text.optional() }).optional(),
  limit: text.optional(),
  used: text.optional(),
  requested: text.optional(),
  resets_at: z.iso.datetime().optional(),
  source: z.enum(['tollgate', 'provider']).catch('tollgate'),
});
type Told = z.output<typeof Stored>;
type Rule = z.input<typeof RefusalExplanation>['rule'];

const REMEDY_BY_CODE: Readonly<Record<string, readonly Remedy[]>> = {
  budget_exceeded: ['raiseBudget', 'waitForReset'],
  request_exceeds_budget: ['raiseBudget', 'lowerOutput'],
  unbounded_cost: ['addPrice', 'fixRequest'],
  budget_in_flight: ['retryLater', 'raiseBudget'],
  rate_limit_exceeded: ['raiseRateLimit', 'waitForReset'],
  key_revoked: ['makeKey'],
  key_expired: ['extendExpiry', 'makeKey'],
  invalid_request: ['fixRequest'],
  unsupported_parameter: ['fixRequest'],
  request_too_large: ['fixRequest'],
  guardrail_blocked: ['fixRequest'],
  service_unavailable: ['retryLater'],
  capacity_share_exceeded: ['retryLater'],
  idempotency_in_progress: ['retryLater'],
  idempotency_key_reused: ['fixRequest'],
};

/** Of a budget that the operator has set: nobody of the organization can raise it, and own credentials pass it by. */
const RESOLD_REMEDY_BY_CODE: Readonly<Record<string, readonly Remedy[]>> = {
  budget_exceeded: ['useOwnProvider', 'askOperator', 'waitForReset'],
  request_exceeds_budget: ['useOwnProvider', 'askOperator', 'lowerOutput'],
  unbounded_cost: ['useOwnProvider', 'askOperator', 'fixRequest'],
  budget_in_flight: ['retryLater', 'useOwnProvider', 'askOperator'],
};

const PAYMENT_HELPS: ReadonlySet<string> = new Set(['budget_exceeded', 'request_exceeds_budget']);

interface ExplainCall {
  readonly organizationId: string;
  readonly actor: OrganizationActor;
  readonly nowMs: number;
}

export async function explainRefusal(
  tx: Transaction,
  call: ExplainCall,
  row: RequestRow,
): Promise<z.input<typeof RefusalExplanation>> {
  const parsed = Stored.safeParse(row.refusal);
  const told: Told = parsed.success ? parsed.data : { code: row.errorCode, source: 'tollgate' };
  const refused = row.status >= 400 && row.status !== 499 && told.code !== '';
  const rule = refused ? await findRule(tx, call, row, told) : NO_RULE;
  return {
    refused,
    code: told.code,
    source: told.source,
    rule,
    limit: told.limit ?? null,
    used: told.used ?? null,
    requested: told.requested ?? null,
    resetsAt: told.resets_at ?? null,
    remedies: refused ? [...(await remediesFor(tx, call, row, told, rule))] : [],
  };
}

const NO_RULE: Rule = {
  kind: 'request',
  id: null,
  name: null,
  limitNow: null,
  leftNow: null,
  changedSince: false,
  exists: false,
};

async function findRule(tx: Transaction, call: ExplainCall, row: RequestRow, told: Told): Promise<Rule> {
  const { organizationId, actor, nowMs } = call;
  const { rule_id: id, scope } = told;
  if (told.source === 'provider') return { ...NO_RULE, kind: 'provider', name: row.provider || null };
  if (id?.startsWith('bud_')) {
    const base: Rule = { ...NO_RULE, kind: 'budget', id, name: scope?.name ?? null };
    const found = can(actor, 'budgets:read')
      ? await tx.budget.findFirst({ where: { organizationId, id, archivedAt: null } })
      : null;
    if (found === null) return base;
    const [budget] = await presentBudgets(tx, organizationId, [found], nowMs);
    return {
      ...base,
      name: budget!.name || budget!.scopeName,
      limitNow: budget!.periodLimitUsd,
      leftNow: budget!.remainingUsd,
      changedSince: found.updatedAt > row.startedAt,
      exists: true,
    };
  }
  if (id?.startsWith('lim_')) {
    const base: Rule = { ...NO_RULE, kind: 'rateLimit', id, name: scope?.name ?? null };
    const found = can(actor, 'rate-limits:read')
      ? await tx.rateLimit.findFirst({ where: { organizationId, id } })
      : null;
    if (found === null) return base;
    const [limit] = await presentRateLimits(tx, organizationId, [found]);
    return {
      ...base,
      name: limit!.scopeName,
      limitNow: String(limit!.limit),
      changedSince: found.updatedAt > row.startedAt,
      exists: true,
    };
  }
  if (id?.startsWith(ROUTE)) return routeAsRule(tx, call, row, id);
  return ownerOf(tx, organizationId, row, told);
}

const ROUTE = 'route_';

/** No rule of it matched, or nothing that it leads to could be tried: another request is needed, or another route. */
async function routeAsRule(
  tx: Transaction,
  { organizationId, actor }: ExplainCall,
  row: RequestRow,
  id: string,
): Promise<Rule> {
  const route = can(actor, 'routes:read')
    ? await tx.route.findFirst({ where: { organizationId, id } })
    : null;
  return {
    ...NO_RULE,
    id,
    name: route?.name ?? null,
    changedSince: route !== null && route.updatedAt > row.startedAt,
    exists: route !== null,
  };
}

/** Rules that are no rows of their own: those of the key, its owner, the organization, or of the request itself. */
async function ownerOf(
  tx: Transaction,
  organizationId: string,
  row: RequestRow,
  { code, scope }: Told,
): Promise<Rule> {
  // Named in a header, and not there.
  if (scope?.type === 'route') return { ...NO_RULE, name: scope.name ?? null };
  if (scope?.type === 'organization') return { ...NO_RULE, kind: 'organization', id: scope.id, exists: true };
  if (scope?.type === 'serviceAccount') {
    const account = await tx.serviceAccount.findFirst({ where: { organizationId, id: scope.id } });
    return {
      ...NO_RULE,
      kind: 'serviceAccount',
      id: scope.id,
      name: account?.name ?? null,
      changedSince: account !== null && account.updatedAt > row.startedAt,
      exists: account !== null,
    };
  }
  const ofKey = scope?.type === 'key' || ['key_revoked', 'key_expired', 'model_not_found'].includes(code);
  if (!ofKey) return NO_RULE;
  const key = await tx.virtualKey.findFirst({ where: { organizationId, id: row.keyId } });
  return {
    ...NO_RULE,
    kind: 'key',
    id: row.keyId,
    name: key?.name ?? null,
    changedSince: key !== null && key.updatedAt > row.startedAt,
    exists: key !== null,
  };
}

async function remediesFor(
  tx: Transaction,
  { organizationId }: ExplainCall,
  row: RequestRow,
  { code, source, rule_id: ruleId, scope }: Told,
  rule: Rule,
): Promise<readonly Remedy[]> {
  if (source === 'provider') return ['askProvider', 'retryLater'];
  // Also where the route is gone, or not for the eyes of whoever asks.
  if (ruleId?.startsWith(ROUTE))
    return scope?.type === 'key' ? ['addModelToKey', 'fixRequest'] : ['fixRequest'];
  if (scope?.type === 'route') return ['fixRequest'];
  if (code === 'permission_denied') {
    return rule.kind === 'serviceAccount'
      ? ['enableServiceAccount']
      : rule.kind === 'key'
        ? ['allowOnKey']
        : rule.kind === 'organization'
          ? ['endSuspension']
          : [];
  }
  if (rule.kind === 'rateLimit' && rule.id !== null) {
    const isDunning = (await findDunningLimits(tx, organizationId, [rule.id])).has(rule.id);
    if (isDunning) return ['waitForReset'];
  }
  const resold = rule.kind === 'budget' ? await findResoldBudget(tx, organizationId, rule.id) : null;
  if (resold !== null) {
    const remedies = RESOLD_REMEDY_BY_CODE[code] ?? [];
    const isRaised = PAYMENT_HELPS.has(code) && (await findRaisedByPayment(tx, [resold])).has(resold.id);
    return isRaised ? ['addPaymentMethod', ...remedies] : remedies;
  }
  if (code !== 'model_not_found') return REMEDY_BY_CODE[code] ?? [];
  const name = row.requestedModel.slice(row.requestedModel.indexOf('/') + 1);
  const models = (await listUsableModels(tx, organizationId)).filter(
    (model) =>
      model.name === name || model.name === row.requestedModel || model.facts?.aliases.includes(name),
  );
  if (models.length === 0) return ['connectProvider', 'fixRequest'];
  const key = await tx.virtualKey.findFirst({ where: { organizationId, id: row.keyId } });
  const reached = key !== null && models.some((model) => keyReaches(key, model));
  return reached ? ['retryLater'] : ['addModelToKey', 'fixRequest'];
}

/** Also where it is gone, or not for the eyes of whoever asks: what helps is no secret. */
function findResoldBudget(tx: Transaction, organizationId: string, id: string | null) {
  if (id === null) return null;
  return tx.budget.findFirst({
    where: { organizationId, id, counts: 'resold' },
    select: { id: true, awaitsPayment: true, limitPicoUsd: true },
  });
}
