/** Schemas of billing that several routes share, and how its refusals are told. */
import { z } from '@hono/zod-openapi';
import {
  BillingError,
  type BillingProfileView,
  CollectionError,
  type CollectionErrorCode,
  DunningPolicy,
} from '@tollgate/billing';
import { parseUsdSum } from '@tollgate/money';
import { timestamp, usd } from '../framework/field.ts';
import { ApiProblem, type ProblemCode } from '../framework/problem.ts';
import type { ProblemReason } from '../framework/problem-codes.ts';
import { toBillingProblem } from '../routes/billing-answer.ts';

const PROBLEM_OF: Readonly<Record<CollectionErrorCode, readonly [ProblemCode, ProblemReason | undefined]>> = {
  'not-configured': ['not_enforced', 'not_configured'],
  'processor-failed': ['service_unavailable', 'payment_provider_failed'],
  'organization-closed': ['organization_closed', undefined],
  'unknown-plan': ['invalid_request', 'unknown_plan'],
  'too-few-seats': ['conflict', 'too_few_seats'],
  'invalid-amount': ['invalid_request', 'invalid_amount'],
};

/** Runs one of billing's functions and tells its refusals in the API's words. */
export async function toldByApi<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CollectionError) {
      const [code, reason] = PROBLEM_OF[error.code];
      throw new ApiProblem(code, error.message, { reason, cause: error });
    }
    if (error instanceof BillingError) throw toBillingProblem(error);
    throw error;
  }
}

export const Plan = z
  .object({
    id: z.string(),
    name: z.string(),
    monthlyFeeUsd: usd,
    seatFeeUsd: usd,
    includedSeats: z.number(),
    includedUsageUsd: usd,
    archived: z.boolean(),
  })
  .openapi('Plan');

export const taxRate = z.object({ name: z.string(), rateBasisPoints: z.number() });

export const collectionMode = z.enum(['automatic', 'send-invoice', 'manual']);

export const profileFields = {
  legalName: z.string(),
  addressLines: z.array(z.string()),
  country: z.string(),
  region: z.string(),
  taxId: z.string(),
  email: z.string(),
  purchaseOrder: z.string(),
  collectionMode,
  autoTopUp: z.object({ belowUsd: usd, amountUsd: usd }).nullable(),
  lowBalanceUsd: usd.nullable(),
  taxExempt: z.boolean(),
  ownTaxRates: z.array(taxRate),
  graceDays: z.number(),
  paymentTermDays: z.number(),
  dunningPolicy: DunningPolicy,
  paymentMethod: z
    .object({
      type: z.string(),
      brand: z.string(),
      last4: z.string(),
      expiresMonth: z.number().nullable(),
      expiresYear: z.number().nullable(),
    })
    .nullable(),
  updatedAt: timestamp,
};

export function presentProfile({ updatedAt, ...profile }: BillingProfileView) {
  return { ...profile, updatedAt: updatedAt.toISOString() };
}

export const toPicoUsd = (amount: string): bigint => parseUsdSum(amount);
