/**
 * How an organization pays: plan and seats, address and tax id, payment method (on Stripe's pages), prepaid credits,
 * and where our books and Stripe's disagree.
 */
import { z } from '@hono/zod-openapi';
import {
  assertTopUpAmount,
  CollectionError,
  changeBillingProfile,
  changeSubscription,
  getBillingProfile,
  getCreditStanding,
  getSubscription,
  InvalidCursorError,
  listCreditEntries,
  listDifferences,
  listPlans,
  lockBillingProfile,
  type PaymentProcessor,
  type ProfileChange,
  startPaymentMethodCheckout,
  startPortal,
  startTopUpCheckout,
} from '@tollgate/billing';
import { findEmailAddress } from '@tollgate/identity';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { whoOf } from '../audit/who-of.ts';
import {
  collectionMode,
  Plan,
  presentProfile,
  profileFields,
  toldByApi,
  toPicoUsd,
} from '../billing/billing-fields.ts';
import { countryCodeOrNone } from '../billing/country-code.ts';
import { assertKeepsCountry, assertMayCollect, assertTaxIdForm } from '../billing/debtor-terms.ts';
import type { ApiContext } from '../framework/api-context.ts';
import { id, text, timestamp, usd } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { usdAmount } from '../limits/usd-amount.ts';

export const Billing = z
  .object({
    /** `off`: invoices are paid by hand. `stand-in`: nobody pays anything. */
    stripe: z.enum(['off', 'test', 'live', 'stand-in']),
    plan: z.object({
      planId: z.string(),
      planName: z.string(),
      seats: z.number(),
      includedSeats: z.number(),
      usedSeats: z.number(),
      monthlyFeeUsd: usd,
      seatFeeUsd: usd,
      includedUsageUsd: usd,
      since: timestamp.nullable(),
    }),
    credits: z.object({
      balanceUsd: usd,
      /** Without what the running drafts will take. */
      availableUsd: usd,
    }),
    ...profileFields,
  })
  .openapi('Billing');

export const CreditEntry = z
  .object({
    id,
    kind: z.string(),
    amountUsd: usd,
    reason: z.string(),
    invoiceId: z.string().nullable(),
    createdAt: timestamp,
  })
  .openapi('CreditEntry');

export const StripeDifference = z
  .object({
    id,
    kind: z.string(),
    targetId: z.string(),
    stripeId: z.string(),
    /** Ours. */
    expected: z.string(),
    /** Stripe's. */
    found: z.string(),
    foundAt: timestamp,
    resolvedAt: timestamp.nullable(),
  })
  .openapi('StripeDifference');

/** In the one form that mail goes to, or reminders of what is owed could not be sent. */
const email = text(254)
  .overwrite((value) => findEmailAddress(value) ?? value)
  .refine(
    (value) => value === '' || findEmailAddress(value) !== undefined,
    refusal('must be an e-mail address', 'invalid_email'),
  );

const planChoice = { planId: id, seats: z.int().min(1).max(1_000_000) };
const Redirect = z.object({ url: z.string() }).openapi('Redirect');
/** Where people come back to. */
const RETURN_PATH = '/settings/billing';
const CHECKOUT_THROTTLE = { limit: 60, windowSeconds: 3_600 };

export const billingRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/billing',
    tag: 'billing',
    summary: 'How the organization pays',
    access: 'billing:read',
    response: Billing,
    run: async ({ context, tx, organizationId, headers }) => {
      const profile = await getBillingProfile(tx, organizationId);
      setEtag(headers, profile.updatedAt);
      const standing = await getCreditStanding(tx, organizationId);
      return {
        stripe: context.payments?.mode ?? ('off' as const),
        plan: await getSubscription(tx, organizationId),
        credits: {
          balanceUsd: formatUsd(picoUsdSum(standing.balance)),
          availableUsd: formatUsd(picoUsdSum(standing.available)),
        },
        ...presentProfile(profile),
      };
    },
  }),
  route({
    method: 'patch',
    path: '/billing',
    tag: 'billing',
    summary: 'Change address, tax id, how invoices are collected, and automatic top-up',
    description:
      'A tax id has the form of the country’s. Once something was billed, the country can be changed, but not left empty. Where Stripe is configured, `manual` is for the operator to choose; whoever has it may keep it.',
    access: 'billing:write',
    body: z.strictObject({
      legalName: text(200).exactOptional(),
      addressLines: z.array(text(200)).max(6).exactOptional(),
      country: countryCodeOrNone.exactOptional(),
      region: text(64).exactOptional(),
      taxId: text(64).exactOptional(),
      email: email.exactOptional(),
      purchaseOrder: text(100).exactOptional(),
      collectionMode: collectionMode.exactOptional(),
      autoTopUp: z.strictObject({ belowUsd: usdAmount, amountUsd: usdAmount }).nullable().exactOptional(),
      lowBalanceUsd: usdAmount.nullable().exactOptional(),
    }),
    response: z.object(profileFields).openapi('BillingProfile'),
    run: async (call) => {
      const { context, tx, organizationId, actor, body, request, headers } = call;
      const before = await lockBillingProfile(tx, organizationId);
      assertIfMatch(request, before.updatedAt);
      assertTaxIdForm(before, body);
      await assertKeepsCountry(tx, organizationId, before, body);
      if (context.payments !== undefined) assertMayCollect(actor, before, body);
      const { autoTopUp, lowBalanceUsd, ...plain } = body;
      const change: ProfileChange = {
        ...plain,
        ...(autoTopUp === undefined
          ? {}
          : { autoTopUp: autoTopUp === null ? null : readTopUpRule(autoTopUp) }),
        ...(lowBalanceUsd === undefined
          ? {}
          : { lowBalancePicoUsd: lowBalanceUsd === null ? null : toPicoUsd(lowBalanceUsd) }),
      };
      const who = { organizationId, ...whoOf(call) };
      const after = await changeBillingProfile(tx, who, before, change);
      setEtag(headers, after.updatedAt);
      return presentProfile(after);
    },
  }),
  route({
    method: 'get',
    path: '/billing/plans',
    tag: 'billing',
    summary: 'Plans that can be taken, the cheapest first',
    access: 'billing:read',
    response: z.object({ data: z.array(Plan) }),
    run: async ({ tx }) => ({ data: await listPlans(tx) }),
  }),
  route({
    method: 'post',
    path: '/billing/subscription',
    tag: 'billing',
    summary: 'Take a plan, or change the number of seats, at once',
    description: 'Days are shared between plans: a day belongs to the one that is in effect when it ends.',
    access: 'billing:write',
    body: z.strictObject(planChoice),
    status: 204,
    run: async (call) => {
      const { tx, organizationId, body } = call;
      await toldByApi(() => changeSubscription(tx, { organizationId, ...body, ...whoOf(call) }));
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/billing/checkout',
    tag: 'billing',
    summary: "A page of Stripe's on which to give a payment method, and to take a plan with it",
    access: 'billing:write',
    detached: true,
    throttle: CHECKOUT_THROTTLE,
    body: z.strictObject({ plan: z.strictObject(planChoice).exactOptional() }),
    response: Redirect,
    run: ({ context, organizationId, body, nowMs }) =>
      toldByApi(async () => ({
        url: await startPaymentMethodCheckout(context.database, processorOf(context), {
          ...returning(context, organizationId, nowMs),
          ...body,
        }),
      })),
  }),
  route({
    method: 'post',
    path: '/billing/top-up',
    tag: 'billing',
    summary: "A page of Stripe's on which to buy prepaid credits",
    access: 'billing:write',
    detached: true,
    throttle: CHECKOUT_THROTTLE,
    body: z.strictObject({ amountUsd: usdAmount }),
    response: Redirect,
    run: ({ context, organizationId, body, nowMs }) =>
      toldByApi(async () => ({
        url: await startTopUpCheckout(context.database, processorOf(context), {
          ...returning(context, organizationId, nowMs),
          amountPicoUsd: toPicoUsd(body.amountUsd),
        }),
      })),
  }),
  route({
    method: 'post',
    path: '/billing/portal',
    tag: 'billing',
    summary: "Stripe's portal: payment methods and receipts",
    access: 'billing:write',
    whenClosed: true,
    detached: true,
    throttle: CHECKOUT_THROTTLE,
    response: Redirect,
    run: ({ context, organizationId, nowMs }) =>
      toldByApi(async () => ({
        url: await startPortal(
          context.database,
          processorOf(context),
          returning(context, organizationId, nowMs),
        ),
      })),
  }),
  route({
    method: 'get',
    path: '/billing/credits',
    tag: 'billing',
    summary: 'The ledger of prepaid credits, newest first; its sum is the balance',
    access: 'billing:read',
    query: z.strictObject(pageShape),
    response: pageOf(CreditEntry),
    run: async ({ tx, organizationId, query }) => {
      try {
        const page = await listCreditEntries(tx, { organizationId, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      } catch (error) {
        if (error instanceof InvalidCursorError)
          throw invalidField('query.cursor', 'is not a cursor of this list');
        throw error;
      }
    },
  }),
  route({
    method: 'get',
    path: '/billing/differences',
    tag: 'billing',
    summary: 'Where the last comparison found our books and Stripe’s to disagree',
    access: 'billing:read',
    response: z.object({ comparedAt: timestamp.nullable(), data: z.array(StripeDifference) }),
    run: ({ tx, organizationId }) => listDifferences(tx, organizationId),
  }),
];

function returning({ settings }: ApiContext, organizationId: string, nowMs: number) {
  return { organizationId, returnUrl: `${settings.consoleUrl}${RETURN_PATH}`, now: new Date(nowMs) };
}

/** @throws {CollectionError} `not-configured`. */
function processorOf({ payments }: ApiContext): PaymentProcessor {
  if (payments !== undefined) return payments;
  throw new CollectionError(
    'not-configured',
    'Cannot ask Stripe: this installation has no key for it; pay by hand',
  );
}

function readTopUpRule({ belowUsd, amountUsd }: { belowUsd: string; amountUsd: string }) {
  const amountPicoUsd = toPicoUsd(amountUsd);
  try {
    assertTopUpAmount(amountPicoUsd);
  } catch (error) {
    if (error instanceof CollectionError)
      throw invalidField('body.autoTopUp.amountUsd', error.message, 'amount');
    throw error;
  }
  return { belowPicoUsd: toPicoUsd(belowUsd), amountPicoUsd };
}
