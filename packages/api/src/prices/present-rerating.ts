/** Re-ratings as the API shows them: what changes per model, and in all. */
import { z } from '@hono/zod-openapi';
import { toBigInt } from '@tollgate/db';
import type { ReratingLineRecord, ReratingRecord } from '@tollgate/metering/rerating';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { id, iso, timestamp, usd } from '../framework/field.ts';

const amounts = {
  /** Corrections: one per attempt whose cost changes. */
  entries: z.int(),
  /** Of those: attempts that had no cost. */
  unknownEntries: z.int(),
  /** Attempts without a cost that no price covers: they stay as they are. */
  unpricedEntries: z.int(),
  oldCostUsd: usd,
  newCostUsd: usd,
  oldChargeUsd: usd,
  newChargeUsd: usd,
};

const Line = z.object({
  provider: z.string(),
  model: z.string(),
  credentialOwner: z.enum(['organization', 'operator']),
  livemode: z.boolean(),
  ...amounts,
});

const Phase = z.object({ ...amounts, lines: z.array(Line) });

export const Rerating = z
  .object({
    id,
    state: z.enum(['previewing', 'previewed', 'applying', 'applied', 'cancelled', 'failed']),
    from: timestamp,
    to: timestamp,
    provider: z.string().nullable(),
    model: z.string().nullable(),
    reason: z.string(),
    /** False: also what was sent with the operator's credentials; only the operator asks for that. */
    ownCredentialsOnly: z.boolean(),
    requestedByName: z.string(),
    createdAt: timestamp,
    previewedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    /** How far it is. */
    attemptsSeen: z.int(),
    preview: Phase,
    applied: Phase,
  })
  .openapi('Rerating');

export function presentRerating(
  record: ReratingRecord & { readonly lines: readonly ReratingLineRecord[] },
): z.input<typeof Rerating> {
  return {
    ...record,
    state: record.state as z.input<typeof Rerating>['state'],
    from: iso(record.periodStart),
    to: iso(record.periodEnd),
    provider: record.provider || null,
    model: record.model || null,
    createdAt: iso(record.createdAt),
    previewedAt: iso(record.previewedAt),
    endedAt: iso(record.endedAt),
    attemptsSeen: Number(record.attemptsSeen),
    preview: presentPhase(record.lines.filter(({ phase }) => phase === 'preview')),
    applied: presentPhase(record.lines.filter(({ phase }) => phase === 'applied')),
  };
}

function presentPhase(lines: readonly ReratingLineRecord[]): z.input<typeof Phase> {
  const sum = (of: (line: ReratingLineRecord) => bigint) =>
    lines.reduce((total, line) => total + of(line), 0n);
  const usdOf = (amount: bigint) => formatUsd(picoUsdSum(amount));
  return {
    entries: Number(sum(({ entries }) => entries)),
    unknownEntries: Number(sum(({ unknownEntries }) => unknownEntries)),
    unpricedEntries: Number(sum(({ unpricedEntries }) => unpricedEntries)),
    oldCostUsd: usdOf(sum(({ oldCostPicoUsd }) => toBigInt(oldCostPicoUsd))),
    newCostUsd: usdOf(sum(({ newCostPicoUsd }) => toBigInt(newCostPicoUsd))),
    oldChargeUsd: usdOf(sum(({ oldChargePicoUsd }) => toBigInt(oldChargePicoUsd))),
    newChargeUsd: usdOf(sum(({ newChargePicoUsd }) => toBigInt(newChargePicoUsd))),
    lines: lines.map((line) => ({
      provider: line.provider,
      model: line.model,
      credentialOwner: line.credentialOwner as 'organization' | 'operator',
      livemode: line.livemode,
      entries: Number(line.entries),
      unknownEntries: Number(line.unknownEntries),
      unpricedEntries: Number(line.unpricedEntries),
      oldCostUsd: usdOf(toBigInt(line.oldCostPicoUsd)),
      newCostUsd: usdOf(toBigInt(line.newCostPicoUsd)),
      oldChargeUsd: usdOf(toBigInt(line.oldChargePicoUsd)),
      newChargeUsd: usdOf(toBigInt(line.newChargePicoUsd)),
    })),
  };
}
