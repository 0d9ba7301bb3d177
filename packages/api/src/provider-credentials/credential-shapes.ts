/** What clients send and see of a credential. */

import { z } from '@hono/zod-openapi';
import { CONNECTION_FAULTS } from '../framework/connection-faults.ts';
import { filledText, id, iso, text, timestamp } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import type { CredentialRow } from './credential-store.ts';

export const ProviderCredential = z
  .object({
    id,
    provider: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    /** First and last characters of the secret; empty without one. */
    secretHint: z.string(),
    /** When the secret was last set; null: there is none, or nobody wrote it down then. */
    secretSetAt: timestamp.nullable(),
    region: z.string(),
    livemode: z.boolean(),
    priority: z.int(),
    models: z.array(z.string()),
    disabledAt: timestamp.nullable(),
    lastTestedAt: timestamp.nullable(),
    lastTestOk: z.boolean().nullable(),
    lastTestDetail: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
    version: z.int(),
  })
  .openapi('ProviderCredential');

export const ConnectionTest = z
  .object({
    ok: z.boolean(),
    status: z.int().nullable(),
    detail: z.string(),
    fault: z
      .enum(CONNECTION_FAULTS)
      .nullable()
      .openapi({ description: 'Why it failed; null where it worked.' }),
    tookMs: z.int(),
    models: z.array(z.string()),
  })
  .openapi('ConnectionTest');

const apiKey = z
  .string()
  .min(1)
  .max(4_096)
  // What cannot stand in a header would fail at every use.
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

const MAX_FIELDS = 20;
const credentialFields = z
  .record(z.string().max(64), z.string().max(16_384).nullable())
  .refine(
    (value) => Object.keys(value).length <= MAX_FIELDS,
    refusal(`must have at most ${MAX_FIELDS} fields`, 'too_many'),
  );

/** Of new credentials and of changes alike. */
export const credentialInput = {
  /** The provider’s own, by name; null takes one away. */
  fields: credentialFields.exactOptional(),
  baseUrl: z.string().max(2_048).exactOptional(),
  apiKey: apiKey.exactOptional(),
  region: filledText(64).exactOptional(),
  priority: z.int().min(0).max(10_000).exactOptional(),
  models: z.array(text(256)).max(1_000).exactOptional(),
};

export function presentCredential(row: CredentialRow): z.input<typeof ProviderCredential> {
  return {
    ...row,
    secretSetAt: iso(row.secretSetAt),
    disabledAt: iso(row.disabledAt),
    lastTestedAt: iso(row.lastTestedAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
