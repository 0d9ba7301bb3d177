/**
 * Who writes the invoices: the operator's letterhead and number series, a platform setting.
 *
 * What is changed holds for drafts and for what is finalized from then on; finalized documents keep the letterhead that
 * they were frozen with.
 */
import type { Prisma, Transaction } from '@tollgate/db';
import { z } from 'zod';

export const ISSUER_SETTING = 'billing.issuer';

/** Of the series of documents about test traffic. */
export const TEST_PREFIX = 'TEST';

/** What real series may begin with. */
export const SERIES_PREFIX = /^[A-Z0-9]{1,12}$/;

const text = z.string().max(500);

export const Issuer = z.object({
  /** Names the owner of the number series. */
  id: z.string().min(1).max(64).default('operator'),
  legalName: text.default('Tollgate'),
  addressLines: z.array(text).max(10).default([]),
  country: text.default(''),
  taxId: text.default(''),
  email: text.default(''),
  website: text.default(''),
  /** How to pay, terms, legal notes; printed at the end. */
  notes: z.array(text).max(20).default([]),
  seriesPrefix: z
    .string()
    .regex(SERIES_PREFIX)
    // Test documents have it: a real one must never look like theirs.
    .refine((prefix) => prefix !== TEST_PREFIX, 'must not be the prefix of test documents')
    .default('TG'),
});
export type Issuer = z.infer<typeof Issuer>;

/** @throws {z.ZodError} The setting was written by something that does not know its form. */
export async function getIssuer(tx: Transaction): Promise<Issuer> {
  const [setting] = await tx.$queryRaw<{ value: unknown }[]>`
    SELECT value FROM platform_settings WHERE key = ${ISSUER_SETTING}`;
  return Issuer.parse(setting?.value ?? {});
}

/** What the operator may change. Not its `id`, which owns the numbers that were given. */
export type IssuerChange = Partial<Omit<Issuer, 'id'>>;

export interface IssuerVersion {
  readonly issuer: Issuer;
  readonly updatedAt: Date;
}

/** Before anybody has set it. */
const NEVER_SET = new Date(0);

export async function getIssuerVersion(tx: Transaction): Promise<IssuerVersion> {
  const row = await tx.platformSetting.findUnique({ where: { key: ISSUER_SETTING } });
  return { issuer: Issuer.parse(row?.value ?? {}), updatedAt: row?.updatedAt ?? NEVER_SET };
}

/** As it stands; nobody else changes it until the transaction ends. */
export async function lockIssuer(tx: Transaction): Promise<IssuerVersion> {
  await tx.platformSetting.createMany({
    data: [{ key: ISSUER_SETTING, value: {}, updatedAt: NEVER_SET }],
    skipDuplicates: true,
  });
  await tx.$queryRaw`SELECT 1 AS locked FROM platform_settings WHERE key = ${ISSUER_SETTING} FOR UPDATE`;
  return getIssuerVersion(tx);
}

/**
 * @param before From `lockIssuer` in this transaction.
 * @throws {z.ZodError} The change is none of a letterhead.
 */
export async function changeIssuer(
  tx: Transaction,
  before: IssuerVersion,
  change: IssuerChange,
  now: Date,
): Promise<IssuerVersion> {
  const issuer = Issuer.parse({ ...before.issuer, ...change });
  const value: Prisma.InputJsonObject = issuer;
  await tx.platformSetting.update({
    where: { key: ISSUER_SETTING },
    data: { value, updatedAt: now },
    select: { key: true },
  });
  return { issuer, updatedAt: now };
}
