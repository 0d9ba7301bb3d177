/** For tests: usage of a simulated model, as the worker would have brought it into the ledger and rolled it up. */
import { rollUp } from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { waitFor } from '@tollgate/testing';

export interface TestUsage {
  readonly organizationId: string;
  readonly count: number;
  readonly livemode: boolean;
  readonly startedMs: number;
  /** The first, unless told. */
  readonly attempt?: number;
}

const MARKUP_BASIS_POINTS = 1_550;

/** Every second entry is of a team. Returns once all of them are in the roll-up, and so on a draft. */
export async function addRolledUpUsage(worker: Database, usage: TestUsage): Promise<void> {
  const { organizationId, count } = usage;
  const before = await countRolledUp(worker, organizationId);
  await worker.tenant(organizationId, (tx) =>
    tx.usageEntry.createMany({ data: Array.from({ length: count }, (_, index) => entryOf(usage, index)) }),
  );
  await waitFor(async () => {
    await rollUp(worker, { organizationId, nowMs: usage.startedMs });
    return (await countRolledUp(worker, organizationId)) === before + count;
  });
}

function entryOf({ organizationId, livemode, startedMs, attempt = 1 }: TestUsage, index: number) {
  const quantity = 1_000 + index;
  const cost = BigInt(quantity) * 250_000n;
  const charge = (cost * BigInt(10_000 + MARKUP_BASIS_POINTS)) / 10_000n;
  return {
    organizationId,
    startedAt: new Date(startedMs),
    requestId: `req_${crypto.randomUUID()}`,
    attempt,
    keyId: 'key_1',
    teamId: index % 2 === 0 ? '' : 'team_1',
    requestedModel: 'sim-small',
    model: 'sim-small',
    provider: 'simulator',
    credentialId: 'cred_1',
    credentialOwner: 'operator',
    endpoint: 'chat',
    streamed: false,
    livemode,
    markupBasisPoints: MARKUP_BASIS_POINTS,
    components: [
      {
        component: 'input',
        quantity,
        unitPricePicoUsd: '250000',
        costPicoUsd: String(cost),
        chargePicoUsd: String(charge),
      },
    ],
    costPicoUsd: cost,
    chargePicoUsd: charge,
    status: 'succeeded',
    usageSource: 'provider',
  };
}

async function countRolledUp(worker: Database, organizationId: string): Promise<number> {
  const rollups = await worker.tenant(organizationId, (tx) =>
    tx.usageRollup.aggregate({ _sum: { entries: true } }),
  );
  return Number(rollups._sum.entries ?? 0n);
}
