/** What an organization changed of itself that decides on its taxes, for the operator, who answers for them. */
import type { Transaction } from '@tollgate/db';
import { z } from 'zod';

const TaxFields = z.object({
  country: z.string().exactOptional(),
  region: z.string().exactOptional(),
  taxId: z.string().exactOptional(),
});
type TaxFields = z.infer<typeof TaxFields>;

export interface TaxChange {
  readonly changedAt: string;
  readonly by: string;
  readonly before: TaxFields;
  readonly after: TaxFields;
}

const SHOWN_MAX = 5;

/** From its audit log, newest first. */
export async function listTaxChanges(tx: Transaction, organizationId: string): Promise<TaxChange[]> {
  const rows = await tx.$queryRaw<{ at: Date; by: string; before: unknown; after: unknown }[]>`
    SELECT occurred_at AS at, actor_name AS by, before, after FROM audit_events
    WHERE organization_id = ${organizationId} AND target_id = ${organizationId} AND action = 'billing-profile-changed'
      AND jsonb_exists_any(after, ARRAY['country', 'region', 'taxId'])
    ORDER BY occurred_at DESC, id DESC LIMIT ${SHOWN_MAX}`;
  return rows.map(({ at, by, before, after }) => ({
    changedAt: at.toISOString(),
    by,
    before: TaxFields.parse(before),
    after: TaxFields.parse(after),
  }));
}
