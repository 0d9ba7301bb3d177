/**
 * What organizations may spend a month on what the operator resells: what new ones are bounded to, a platform setting, and
 * where one of them stands.
 */
import { z } from '@hono/zod-openapi';
import { type Prisma, type Transaction, toBigInt } from '@tollgate/db';
import { type BudgetRecord, getBudgetStatuses, RESOLD_SETTING } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import { timestamp, usd } from '../framework/field.ts';
import { findRaisedByPayment, usdText } from './present-budget.ts';
import { usdAmount } from './usd-amount.ts';

export const ResoldSpend = z
  .object({
    limitUsd: usd,
    spentUsd: usd.openapi({ description: 'Since the month began in the organization’s time zone.' }),
    remainingUsd: usd,
    raisedByPayment: z.boolean().openapi({
      description:
        'It has not shown yet that it can pay: once it has, the bound rises by itself to what is usual then. False of what the operator has set for it.',
    }),
    version: z.int().openapi({ description: 'For `If-Match`; without a bound it is 0.' }),
  })
  .openapi('ResoldSpend');

/** Null: nothing bounds it. */
export async function readResoldSpend(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<z.input<typeof ResoldSpend> | null> {
  const budget = await findResoldBudget(tx, organizationId);
  if (budget === null) return null;
  const status = (await getBudgetStatuses(tx, organizationId, [budget], nowMs)).get(budget.id)!;
  return {
    limitUsd: usdText(toBigInt(budget.limitPicoUsd)),
    spentUsd: usdText(status.spentPicoUsd),
    remainingUsd: usdText(status.remainingPicoUsd),
    raisedByPayment: (await findRaisedByPayment(tx, [budget])).has(budget.id),
    version: budget.version,
  };
}

export function findResoldBudget(tx: Transaction, organizationId: string): Promise<BudgetRecord | null> {
  return tx.budget.findFirst({ where: { organizationId, counts: 'resold', archivedAt: null } });
}

/** Unless the operator has said otherwise; `resold_spend_figures` in the migration has the same. */
const USUAL_USD = '50';
const FIRST_USD = '15';

const figure = usdAmount.nullable().optional();
const Setting = z.object({ limitUsd: figure, firstLimitUsd: figure });

export const NewResoldSpend = z
  .object({
    limitUsd: usd.nullable().openapi({
      description:
        'A month, for whoever has shown that they can pay; null: nothing bounds them. Without a payment processor, for everybody.',
    }),
    firstLimitUsd: usd.nullable().openapi({
      description:
        'A month, until an organization has shown that it can pay: by a payment method on file, by prepaid credits, or by a payment. Null: nothing bounds it.',
    }),
    byPayment: z.boolean().openapi({
      description: 'Whether there is a payment processor. Without one, only `limitUsd` is used.',
    }),
    updatedAt: timestamp,
  })
  .openapi('NewResoldSpend');

export interface ResoldFigures {
  readonly limitUsd: string | null;
  /** As the other one, unless told. */
  readonly firstLimitUsd?: string | null;
}

export interface SettingVersion {
  readonly limitUsd: string | null;
  readonly firstLimitUsd: string | null;
  readonly updatedAt: Date;
}

/** Before anybody has set it. */
const NEVER_SET = new Date(0);

export async function readSetting(tx: Transaction): Promise<SettingVersion> {
  const row = await tx.platformSetting.findUnique({ where: { key: RESOLD_SETTING } });
  const said = Setting.parse(row?.value ?? {});
  // What was said when there was one figure, or is said of one alone, is meant for everybody.
  const { limitUsd = USUAL_USD, firstLimitUsd = said.limitUsd === undefined ? FIRST_USD : limitUsd } = said;
  const shown = (amount: string | null) => (amount === null ? null : usdText(parseUsdSum(amount)));
  return {
    limitUsd: shown(limitUsd),
    firstLimitUsd: shown(firstLimitUsd),
    updatedAt: row?.updatedAt ?? NEVER_SET,
  };
}

/** As it stands; nobody else changes it until the transaction ends. */
export async function lockSetting(tx: Transaction): Promise<SettingVersion> {
  await tx.platformSetting.createMany({
    data: [{ key: RESOLD_SETTING, value: {}, updatedAt: NEVER_SET }],
    skipDuplicates: true,
  });
  await tx.$queryRaw`SELECT 1 AS locked FROM platform_settings WHERE key = ${RESOLD_SETTING} FOR UPDATE`;
  return readSetting(tx);
}

export async function writeSetting(
  tx: Transaction,
  value: ResoldFigures,
  now: Date,
): Promise<SettingVersion> {
  await tx.platformSetting.update({
    where: { key: RESOLD_SETTING },
    data: { value: { ...value } satisfies Prisma.InputJsonObject, updatedAt: now },
    select: { key: true },
  });
  return readSetting(tx);
}
