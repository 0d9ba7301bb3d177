/** Says once that the balance is low, and once that it has recovered: outbox events `credits.low` and `credits.recovered`. */
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { getCreditBalance, getReservedCredits } from './credit-ledger.ts';

export interface CreditStanding {
  readonly balance: bigint;
  /** Without what running drafts will take. */
  readonly available: bigint;
}

export async function getCreditStanding(tx: Transaction, organizationId: string): Promise<CreditStanding> {
  const balance = await getCreditBalance(tx, organizationId);
  return { balance, available: balance - (await getReservedCredits(tx, organizationId)) };
}

/** @returns What is left now. */
export function watchBalance(database: Database, organizationId: string, now: Date): Promise<CreditStanding> {
  return database.tenant(organizationId, async (tx) => {
    const standing = await getCreditStanding(tx, organizationId);
    const [profile] = await tx.$queryRaw<{ threshold: string | null; lowSince: Date | null }[]>`
      SELECT low_balance_pico_usd::text AS threshold, balance_low_since AS "lowSince" FROM billing_profiles
      WHERE organization_id = ${organizationId} FOR UPDATE`;
    const isLow = profile?.threshold != null && standing.available < BigInt(profile.threshold);
    if (profile !== undefined && isLow !== (profile.lowSince !== null)) {
      await tell(tx, organizationId, isLow, standing.available, profile.threshold, now);
    }
    return standing;
  });
}

async function tell(
  tx: Transaction,
  organizationId: string,
  isLow: boolean,
  available: bigint,
  threshold: string | null,
  now: Date,
): Promise<void> {
  const usd = (amount: bigint) => formatUsd(picoUsdSum(amount));
  const payload = {
    availableUsd: usd(available),
    thresholdUsd: threshold === null ? null : usd(BigInt(threshold)),
  };
  await tx.billingProfile.update({
    where: { organizationId },
    data: { balanceLowSince: isLow ? now : null },
    select: { organizationId: true },
  });
  await tx.$executeRaw`
    INSERT INTO outbox_events (id, organization_id, kind, target_id, payload)
    VALUES (${newId('event', now.getTime())}, ${organizationId}, ${isLow ? 'credits.low' : 'credits.recovered'}, ${organizationId},
      ${JSON.stringify(payload)}::jsonb)`;
}
