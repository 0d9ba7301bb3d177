/**
 * Who writes the invoices: the operator's letterhead and number series, a platform setting.
 */
import type { Transaction } from '@tollgate/db';
import { z } from 'zod';

export const ISSUER_SETTING = 'billing.issuer';

/** Of the series of documents about test traffic. */
export const TEST_PREFIX = 'TEST';

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
    .regex(/^[A-Z0-9]{1,12}$/)
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
