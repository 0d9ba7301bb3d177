/** Budgets: what a scope may spend in a period, and where it stands. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  archiveBudget,
  BUDGET_PERIODS,
  type BudgetRecord,
  type BudgetValueStatus,
  createBudget,
  listBudgetValues,
  loadTimeZones,
  resetBudget,
  SCOPE_TYPES,
  toBudgetRule,
  updateBudget,
} from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { recordChange } from '../framework/change-feed.ts';
import { definedOnly, idParam, instant, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import {
  decodeCursor,
  decodeTimeCursor,
  longPageShape,
  pageOf,
  pageShape,
  toPage,
} from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { assertRoomForBudget } from '../limits/budgets-of-key.ts';
import { DryRun, dryRunBudget } from '../limits/dry-run.ts';
import { Budget, BudgetValue, presentBudgets, presentBudgetValues } from '../limits/present-budget.ts';
import { scopeValueHas } from '../limits/scope-names.ts';
import { usdAmount } from '../limits/usd-amount.ts';
import {
  assertLimitsEnforced,
  assertNotOperators,
  limitsChange,
  refusingBadLimits,
} from './limits-change.ts';

export const limitScope = z.strictObject({
  type: z.enum(SCOPE_TYPES),
  id: text(300).refine((value) => value.length > 0, refusal('must not be empty', 'required')),
});

const thresholds = z.array(z.int().min(1).max(1_000)).max(10);
const onExceeded = z.union([z.literal('refuse'), z.strictObject({ model: text(200).min(1) })]);

const changeable = {
  name: text(100).exactOptional(),
  limitUsd: usdAmount.exactOptional(),
  kind: z.enum(['hard', 'soft']).exactOptional(),
  thresholds: thresholds.exactOptional(),
  onExceeded: onExceeded.exactOptional(),
  carryOver: z.boolean().exactOptional(),
  carryOverCapUsd: usdAmount.nullable().exactOptional(),
  paused: z.boolean().exactOptional(),
};

export const budgetRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/budgets',
    tag: 'budgets',
    summary: 'Budgets, newest first, with where they stand',
    access: 'budgets:read',
    query: z.strictObject({
      ...longPageShape,
      scopeType: z.enum(SCOPE_TYPES).exactOptional(),
      scopeId: text(300).exactOptional(),
    }),
    response: pageOf(Budget),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const after = decodeTimeCursor(query.cursor);
      const rows = await tx.budget.findMany({
        where: {
          organizationId,
          archivedAt: null,
          ...(query.scopeType === undefined ? {} : { scopeType: query.scopeType }),
          ...(query.scopeId === undefined ? {} : { scopeId: query.scopeId }),
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      const shown = await presentBudgets(tx, organizationId, rows, nowMs);
      const byId = new Map(shown.map((budget) => [budget.id, budget]));
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt.toISOString(), row.id],
        (row) => byId.get(row.id)!,
      );
    },
  }),
  route({
    method: 'post',
    path: '/budgets',
    tag: 'budgets',
    summary: 'Create a budget; it counts from the start of its current period',
    access: 'budgets:write',
    body: z.strictObject({
      ...changeable,
      scope: limitScope,
      limitUsd: usdAmount,
      period: z.enum(BUDGET_PERIODS),
      anchorAt: instant.nullable().exactOptional(),
    }),
    response: Budget,
    idempotent: true,
    run: async (call) => {
      const { tx, organizationId, body, headers, nowMs } = call;
      assertLimitsEnforced(call.context.settings);
      await assertRoomForBudget(tx, organizationId, body.scope);
      const budget = await refusingBadLimits(() =>
        createBudget(limitsChange(call), {
          name: body.name ?? '',
          scope: body.scope,
          limitPicoUsd: parseUsdSum(body.limitUsd),
          period: body.period,
          anchorAt: body.anchorAt ?? null,
          kind: body.kind ?? 'hard',
          thresholds: body.thresholds ?? [50, 80, 100],
          onExceeded: body.onExceeded ?? 'refuse',
          carryOver: body.carryOver ?? false,
          carryOverCapPicoUsd: parseCap(body.carryOverCapUsd ?? null),
          paused: body.paused ?? false,
        }),
      );
      await recordChange(call, tx, 'policy-changed', budget.id);
      setEtag(headers, budget.version);
      return presentOne(tx, organizationId, budget, nowMs);
    },
  }),
  route({
    method: 'post',
    path: '/budgets/dry-run',
    tag: 'budgets',
    summary: 'What a hard budget would have refused in the last seven days',
    description:
      'Makes nothing. From the roll-ups of 15 minutes, counting from the beginning of the period that the seven days begin in: an estimate.',
    access: 'budgets:read',
    alsoNeeds: ['usage:read'],
    report: true,
    body: z.strictObject({
      scope: limitScope,
      limitUsd: usdAmount,
      period: z.enum(BUDGET_PERIODS),
      anchorAt: instant.nullable().exactOptional(),
    }),
    response: DryRun,
    status: 200,
    run: async ({ tx, organizationId, body, nowMs }) => {
      const { scope, limitUsd, period, anchorAt = null } = body;
      const { zones } = await loadTimeZones(tx, organizationId);
      const rule = {
        scope,
        limitPicoUsd: parseUsdSum(limitUsd),
        period,
        anchorAtMs: anchorAt?.getTime() ?? null,
      };
      return dryRunBudget(tx, organizationId, rule, zones, nowMs);
    },
  }),
  route({
    method: 'get',
    path: '/budgets/{id}',
    tag: 'budgets',
    summary: 'One budget, with where it stands',
    access: 'budgets:read',
    params: idParam,
    response: Budget,
    run: async ({ tx, organizationId, params, headers, nowMs }) => {
      const budget = await getBudget(tx, organizationId, params.id);
      setEtag(headers, budget.version);
      return presentOne(tx, organizationId, budget, nowMs);
    },
  }),
  route({
    method: 'get',
    path: '/budgets/{id}/values',
    tag: 'budgets',
    summary: 'Of a budget that is one per value: the values that spent most in this period',
    description:
      '`q` finds parts of values and of what they are called. Figures move while pages are read: what spends meanwhile may be on two of them, and what is reset on none.',
    access: 'budgets:read',
    params: idParam,
    query: z.strictObject({ ...pageShape, q: text(100).exactOptional() }),
    response: pageOf(BudgetValue),
    run: async ({ tx, organizationId, params, query, nowMs }) => {
      const { limit, cursor, q = '' } = query;
      const budget = await getBudget(tx, organizationId, params.id);
      const { type } = toBudgetRule(budget).scope;
      const values = await listBudgetValues(tx, organizationId, budget, nowMs, {
        limit: limit + 1,
        after: decodeValueCursor(cursor),
        ...(q !== '' && { isWanted: (value) => scopeValueHas(organizationId, type, value, q) }),
      });
      const shown = await presentBudgetValues(tx, organizationId, budget, values);
      const byValue = new Map(shown.map((each) => [each.value, each]));
      return toPage(
        values,
        limit,
        ({ spentPicoUsd, value }) => [String(spentPicoUsd), value],
        ({ value }) => byValue.get(value)!,
      );
    },
  }),
  route({
    method: 'patch',
    path: '/budgets/{id}',
    tag: 'budgets',
    summary: 'Change a budget; what is spent stays spent, scope and period are fixed',
    access: 'budgets:write',
    params: idParam,
    body: z.strictObject(changeable),
    response: Budget,
    run: async (call) => {
      const { tx, organizationId, params, body, request, headers, nowMs } = call;
      const before = await lockBudget(tx, organizationId, params.id);
      assertNotOperators(before);
      assertIfMatch(request, before.version);
      const { limitUsd, carryOverCapUsd, ...rest } = body;
      const budget = await updateBudget(limitsChange(call), before, {
        ...definedOnly(rest),
        ...(limitUsd === undefined ? {} : { limitPicoUsd: parseUsdSum(limitUsd) }),
        ...(carryOverCapUsd === undefined ? {} : { carryOverCapPicoUsd: parseCap(carryOverCapUsd) }),
      });
      await recordChange(call, tx, 'policy-changed', budget.id);
      setEtag(headers, budget.version);
      return presentOne(tx, organizationId, budget, nowMs);
    },
  }),
  route({
    method: 'post',
    path: '/budgets/{id}/reset',
    tag: 'budgets',
    summary: 'Forgive what the current period has spent; the ledger stays as it is',
    access: 'budgets:write',
    params: idParam,
    body: z.strictObject({ scopeValue: text(300).exactOptional() }),
    response: Budget,
    status: 200,
    run: async (call) => {
      const { tx, organizationId, params, body, nowMs } = call;
      const budget = await lockBudget(tx, organizationId, params.id);
      assertNotOperators(budget);
      await resetBudget(limitsChange(call), budget, body.scopeValue);
      await recordChange(call, tx, 'policy-changed', budget.id);
      return presentOne(tx, organizationId, budget, nowMs);
    },
  }),
  route({
    method: 'delete',
    path: '/budgets/{id}',
    tag: 'budgets',
    summary: 'Archive a budget for good; its history stays',
    access: 'budgets:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockBudget(tx, organizationId, params.id);
      assertNotOperators(before);
      assertIfMatch(request, before.version);
      await archiveBudget(limitsChange(call), before);
      await recordChange(call, tx, 'policy-changed', before.id);
      return undefined;
    },
  }),
];

async function getBudget(tx: Transaction, organizationId: string, budgetId: string): Promise<BudgetRecord> {
  const budget = await tx.budget.findFirst({ where: { organizationId, id: budgetId, archivedAt: null } });
  if (budget === null) throw notFound('budget');
  return budget;
}

async function lockBudget(tx: Transaction, organizationId: string, budgetId: string): Promise<BudgetRecord> {
  await tx.$queryRaw`SELECT 1 FROM budgets WHERE organization_id = ${organizationId} AND id = ${budgetId} FOR UPDATE`;
  return getBudget(tx, organizationId, budgetId);
}

/** @throws {ApiProblem} `invalid_request`. */
function decodeValueCursor(
  cursor: string | undefined,
): Pick<BudgetValueStatus, 'spentPicoUsd' | 'value'> | undefined {
  if (cursor === undefined) return undefined;
  const [spent, value] = decodeCursor(cursor, 2) as [string, string];
  if (!/^-?\d{1,38}$/.test(spent)) throw invalidField('query.cursor', 'is not a cursor of this list');
  return { spentPicoUsd: BigInt(spent), value };
}

function parseCap(value: string | null): bigint | null {
  return value === null ? null : parseUsdSum(value);
}

async function presentOne(tx: Transaction, organizationId: string, row: BudgetRecord, nowMs: number) {
  const [budget] = await presentBudgets(tx, organizationId, [row], nowMs);
  return budget!;
}
