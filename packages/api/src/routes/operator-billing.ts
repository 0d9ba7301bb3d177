/** What the operator sets: plans, taxes by country, and how one organization is billed and reminded. */
import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { changedFields, recordAudit } from '@tollgate/audit';
import {
  addCreditEntry,
  canonicalCountry,
  changeBillingProfile,
  DunningPolicy,
  getCreditStanding,
  getIssuerVersion,
  listPlans,
  lockBillingProfile,
  type PlanView,
  TaxRates,
  toPlanView,
} from '@tollgate/billing';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { collectionMode, Plan, presentProfile, profileFields, toPicoUsd } from '../billing/billing-fields.ts';
import { countryCode } from '../billing/country-code.ts';
import { listTaxChanges } from '../billing/tax-changes.ts';
import { id, idParam, instant, name, text, timestamp, usd } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import { usdAmount } from '../limits/usd-amount.ts';

const basisPoints = z.int().min(0).max(10_000);

export const TaxRateView = z
  .object({
    id,
    country: z.string(),
    region: z.string(),
    name: z.string(),
    rateBasisPoints: z.number(),
    validFrom: timestamp,
    endsAt: timestamp.nullable(),
    reverseChargeText: z.string(),
  })
  .openapi('TaxRate');

const planFields = {
  name,
  monthlyFeeUsd: usdAmount,
  seatFeeUsd: usdAmount,
  includedSeats: z.int().min(0).max(1_000_000),
  includedUsageUsd: usdAmount,
};

export const OperatorPlan = Plan.extend({
  /** For `If-Match`. */
  version: z.int(),
}).openapi('OperatorPlan');

const taxFields = z.object({
  country: z.string().exactOptional(),
  region: z.string().exactOptional(),
  taxId: z.string().exactOptional(),
});

const OrganizationBilling = z
  .object({
    ...profileFields,
    credits: z.object({ balanceUsd: usd, availableUsd: usd }),
    taxChanges: z
      .array(z.object({ changedAt: timestamp, by: z.string(), before: taxFields, after: taxFields }))
      .openapi({
        description:
          'The newest changes of what decides on taxes and is the organization’s to say: country, region and tax id; those of them that changed.',
      }),
  })
  .openapi('OrganizationBilling');

export const operatorBillingRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/plans',
    tag: 'operator',
    summary: 'Every plan, archived ones too',
    access: 'operator',
    response: z.object({ data: z.array(OperatorPlan) }),
    run: async ({ tx }) => ({ data: (await listPlans(tx, true)).map(withVersion) }),
  }),
  route({
    method: 'post',
    path: '/operator/plans',
    tag: 'operator',
    summary: 'Offer a plan',
    access: 'operator',
    recentSignIn: true,
    body: z.strictObject(planFields),
    response: OperatorPlan,
    idempotent: true,
    run: async (call) => {
      const { tx, body, nowMs, headers } = call;
      await assertPlanNameFree(tx, body.name);
      const planId = newId('plan', nowMs);
      const row = await tx.plan.create({ data: { id: planId, ...toPlanRow(body) } });
      await auditOperator(call, 'plan-created', 'plan', planId, { ...body });
      const plan = withVersion(toPlanView(row));
      setEtag(headers, plan.version);
      return plan;
    },
  }),
  route({
    method: 'patch',
    path: '/operator/plans/{id}',
    tag: 'operator',
    summary: 'Change a plan for those who take it from now on, or archive it',
    access: 'operator',
    recentSignIn: true,
    params: idParam,
    body: z.strictObject({
      name: name.exactOptional(),
      monthlyFeeUsd: usdAmount.exactOptional(),
      seatFeeUsd: usdAmount.exactOptional(),
      includedSeats: planFields.includedSeats.exactOptional(),
      includedUsageUsd: usdAmount.exactOptional(),
      archived: z.boolean().exactOptional(),
    }),
    response: OperatorPlan,
    run: async (call) => {
      const { tx, params, body, nowMs, request, headers } = call;
      await tx.$queryRaw`SELECT 1 FROM plans WHERE id = ${params.id} FOR UPDATE`;
      const before = await tx.plan.findUnique({ where: { id: params.id } });
      if (before === null) throw notFound('plan');
      assertIfMatch(request, withVersion(toPlanView(before)).version);
      if (body.name !== undefined && body.name !== before.name) await assertPlanNameFree(tx, body.name);
      const { archived, ...fields } = body;
      const archivedAt = archived === undefined ? {} : { archivedAt: archived ? new Date(nowMs) : null };
      const row = await tx.plan.update({
        where: { id: params.id },
        data: { ...toPlanRow(fields), ...archivedAt },
      });
      const changed = changedFields({ ...toPlanView(before) }, { ...toPlanView(row) });
      await auditOperator(call, 'plan-changed', 'plan', params.id, changed.after, changed.before);
      const plan = withVersion(toPlanView(row));
      setEtag(headers, plan.version);
      return plan;
    },
  }),
  route({
    method: 'get',
    path: '/operator/tax-rates',
    tag: 'operator',
    summary: 'Taxes by country and region',
    access: 'operator',
    response: z.object({
      data: z.array(TaxRateView),
      issuerCountry: z.string().nullable().openapi({
        description:
          'The country of the letterhead. Null: it names none, and every rate is charged, whatever is printed where a tax is reversed.',
      }),
    }),
    run: async ({ tx }) => {
      const rows = await tx.taxRate.findMany({
        orderBy: [{ country: 'asc' }, { region: 'asc' }, { name: 'asc' }, { validFrom: 'asc' }],
        take: 1_000,
      });
      const issuerCountry = canonicalCountry((await getIssuerVersion(tx)).issuer.country) || null;
      return { data: rows.map(presentTaxRate), issuerCountry };
    },
  }),
  route({
    method: 'post',
    path: '/operator/tax-rates',
    tag: 'operator',
    summary: 'Set a tax from an instant on; it ends the earlier rate of the same name and place',
    access: 'operator',
    recentSignIn: true,
    body: z.strictObject({
      country: countryCode,
      region: text(64).default(''),
      name: text(80).min(1),
      rateBasisPoints: basisPoints,
      validFrom: instant,
      endsAt: instant.nullable().default(null),
      /** Printed, and nothing charged, where the customer has a tax id. */
      reverseChargeText: text(300).default(''),
    }),
    response: TaxRateView,
    status: 201,
    run: async (call) => {
      const { tx, body, nowMs } = call;
      const { country, region, name: taxName, validFrom, ...terms } = body;
      const key = { country, region, name: taxName, validFrom };
      const before = await tx.taxRate.findUnique({ where: { country_region_name_validFrom: key } });
      const row = await tx.taxRate.upsert({
        where: { country_region_name_validFrom: key },
        create: { id: newId('taxRate', nowMs), ...key, ...terms },
        update: terms,
      });
      const was = before === null ? undefined : presentTaxRate(before);
      await auditOperator(call, 'tax-rate-set', 'taxRate', row.id, { ...body }, was);
      return presentTaxRate(row);
    },
  }),
  route({
    method: 'get',
    path: '/operator/organizations/{id}/billing',
    tag: 'operator',
    summary: 'How one organization is billed',
    access: 'operator',
    detached: true,
    params: idParam,
    response: OrganizationBilling,
    run: (call) => inOrganization(call),
  }),
  route({
    method: 'patch',
    path: '/operator/organizations/{id}/billing',
    tag: 'operator',
    summary: 'Set taxes, terms, collection and the dunning policy of one organization, or give it credits',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    idempotent: true,
    status: 200,
    params: idParam,
    body: z.strictObject({
      taxExempt: z.boolean().exactOptional(),
      ownTaxRates: TaxRates.max(10).exactOptional(),
      collectionMode: collectionMode.exactOptional(),
      graceDays: z.int().min(0).max(60).exactOptional(),
      paymentTermDays: z.int().min(0).max(365).exactOptional(),
      /** Reminders only, unless more is set here. */
      dunningPolicy: DunningPolicy.exactOptional(),
      grantCredits: z.strictObject({ amountUsd: usdAmount, reason: text(200).min(1) }).exactOptional(),
    }),
    response: OrganizationBilling,
    run: (call) =>
      inOrganizationOnce(call, async (tx) => {
        const { grantCredits, ...change } = call.body;
        const { nowMs } = call;
        const organizationId = call.params.id;
        const who = {
          organizationId,
          actor: auditActor(call.actor.actor),
          origin: call.origin,
          now: new Date(nowMs),
        };
        const before = await lockBillingProfile(tx, organizationId);
        assertIfMatch(call.request, before.updatedAt);
        if (Object.keys(change).length > 0) await changeBillingProfile(tx, who, before, change);
        if (grantCredits === undefined) return;
        const causeId = newId('creditEntry', nowMs);
        const amountPicoUsd = toPicoUsd(grantCredits.amountUsd);
        const { reason } = grantCredits;
        await addCreditEntry(tx, { organizationId, kind: 'grant', causeId, amountPicoUsd, reason, nowMs });
        const target = { kind: 'credits', id: causeId };
        await recordAudit(tx, { ...who, action: 'credits-granted', target, after: grantCredits, nowMs });
      }),
  }),
];

type Tx = Parameters<Parameters<DetachedCall<unknown, unknown, unknown>['tenant']>[0]>[0];

type BillingCall = DetachedCall<unknown, unknown, { id: string }>;

/** @throws {ApiProblem} `not_found`: no such organization. */
function inOrganization({ context, params }: BillingCall) {
  return context.database.tenant(params.id, async (tx) => {
    await assertCustomer(tx, params.id);
    return describeBilling(tx, params.id);
  });
}

/** As `inOrganization`, after a change; credits that are given twice would be twice as many. */
function inOrganizationOnce(call: BillingCall, run: (tx: Tx) => Promise<void>): Promise<Response> {
  const organizationId = call.params.id;
  return call.context.database.tenant(organizationId, async (tx) => {
    await assertCustomer(tx, organizationId);
    return call.once({ tx, organizationId }, async () => {
      await run(tx);
      return describeBilling(tx, organizationId);
    });
  });
}

async function assertCustomer(tx: Tx, organizationId: string): Promise<void> {
  const found = await tx.organization.findUnique({ where: { id: organizationId }, select: { id: true } });
  if (found === null || organizationId === OPERATOR_ORGANIZATION_ID) throw notFound('organization');
}

async function describeBilling(tx: Tx, organizationId: string) {
  const profile = await lockBillingProfile(tx, organizationId);
  const { balance, available } = await getCreditStanding(tx, organizationId);
  const credits = {
    balanceUsd: formatUsd(picoUsdSum(balance)),
    availableUsd: formatUsd(picoUsdSum(available)),
  };
  return { ...presentProfile(profile), credits, taxChanges: await listTaxChanges(tx, organizationId) };
}

/** @throws {ApiProblem} `name_taken`, at its field. */
/** A plan is as it reads: the same terms again are the same version. */
function withVersion(plan: PlanView): PlanView & { readonly version: number } {
  const digest = createHash('sha256').update(JSON.stringify(plan)).digest();
  return { ...plan, version: digest.readUIntBE(0, 6) };
}

async function assertPlanNameFree(tx: Tx, planName: string): Promise<void> {
  if ((await tx.plan.findUnique({ where: { name: planName }, select: { id: true } })) === null) return;
  const message = 'Cannot use this name: another plan has it';
  throw new ApiProblem('name_taken', message, {
    errors: [{ path: 'body.name', message, code: 'taken' }],
  });
}

interface PlanTerms {
  readonly name: string;
  readonly monthlyFeeUsd: string;
  readonly seatFeeUsd: string;
  readonly includedSeats: number;
  readonly includedUsageUsd: string;
}

function toPlanRow<T extends Partial<PlanTerms>>({
  monthlyFeeUsd,
  seatFeeUsd,
  includedUsageUsd,
  ...rest
}: T) {
  const amount = (text_: string) => String(toPicoUsd(text_));
  return {
    ...rest,
    ...(monthlyFeeUsd === undefined ? {} : { monthlyFeePicoUsd: amount(monthlyFeeUsd) }),
    ...(seatFeeUsd === undefined ? {} : { seatFeePicoUsd: amount(seatFeeUsd) }),
    ...(includedUsageUsd === undefined ? {} : { includedUsagePicoUsd: amount(includedUsageUsd) }),
  };
}

function presentTaxRate(row: {
  id: string;
  country: string;
  region: string;
  name: string;
  rateBasisPoints: number;
  validFrom: Date;
  endsAt: Date | null;
  reverseChargeText: string;
}) {
  return { ...row, validFrom: row.validFrom.toISOString(), endsAt: row.endsAt?.toISOString() ?? null };
}

async function auditOperator(
  call: Pick<DetachedCall<unknown, unknown, unknown>, 'actor' | 'origin' | 'nowMs'> & { readonly tx: Tx },
  action: string,
  kind: string,
  targetId: string,
  after: Record<string, unknown>,
  before?: Record<string, unknown>,
): Promise<void> {
  await recordAudit(call.tx, {
    organizationId: OPERATOR_ORGANIZATION_ID,
    actor: auditActor(call.actor.actor),
    origin: call.origin,
    action,
    target: { kind, id: targetId },
    ...(before === undefined ? {} : { before }),
    after,
    nowMs: call.nowMs,
  });
}
