/** A price fix for everything that an organization has used: shown first, then applied as corrections. */
import { loadPriceBook, type PriceComponents, type PriceVersion } from '@tollgate/catalog';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { settleCorrections } from '@tollgate/limits';
import { applyRerating, createRerating, findRerating, runRerating } from '@tollgate/metering/rerating';
import type { FilledOrganization } from './filled-organization.ts';
import { timed } from './measure.ts';

export interface ReratingOptions {
  readonly fromMs: number;
  readonly nowMs: number;
  readonly onProgress: (line: string) => void;
}

/** What the fix makes of a price: nothing keeps its amount. */
const FACTOR = 2n;

export async function measureRerating(
  filled: Pick<FilledOrganization, 'console' | 'worker' | 'organizationId'>,
  { fromMs, nowMs, onProgress }: ReratingOptions,
): Promise<void> {
  const { console, worker, organizationId } = filled;
  onProgress(`${await stateOtherPrices(filled, fromMs, nowMs)} prices stated anew`);
  const created = await console.tenant(organizationId, (tx) =>
    createRerating(tx, {
      organizationId,
      from: new Date(fromMs),
      to: new Date(nowMs),
      provider: '',
      model: '',
      reason: 'every price was wrong',
      ownCredentialsOnly: false,
      requestedByName: 'scale',
      nowMs,
    }),
  );
  if (created === undefined) throw new Error('Cannot rate again: no other may be on its way, got one');
  for (const phase of ['shown', 'applied'] as const) {
    if (phase === 'applied') {
      const of = { organizationId, id: created.id, now: new Date(nowMs) };
      await console.tenant(organizationId, (tx) => applyRerating(tx, of));
    }
    const { tookMs } = await timed(() =>
      runRerating(worker, {
        organizationId,
        now: () => new Date(nowMs),
        onCorrections: (tx, range) => settleCorrections(tx, organizationId, nowMs, range),
      }),
    );
    const entryCount = await countLines(filled, created.id, phase === 'shown' ? 'preview' : 'applied');
    onProgress(
      `${entryCount} entries rated again, ${phase} after ${Math.round(tookMs / 1_000)} s, ${Math.round((entryCount / tookMs) * 1_000)} a second`,
    );
  }
}

async function countLines(
  { console, organizationId }: Pick<FilledOrganization, 'console' | 'organizationId'>,
  id: string,
  phase: 'preview' | 'applied',
): Promise<number> {
  const rerating = await console.tenant(organizationId, (tx) => findRerating(tx, organizationId, id));
  const lines = rerating?.lines.filter((line) => line.phase === phase) ?? [];
  return lines.reduce((sum, { entries }) => sum + Number(entries), 0);
}

/** The operator's, of every model that was used. @returns How many. */
async function stateOtherPrices(
  { console, worker, organizationId }: Pick<FilledOrganization, 'console' | 'worker' | 'organizationId'>,
  fromMs: number,
  nowMs: number,
): Promise<number> {
  const used = await worker.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ provider: string; model: string }[]>`
      SELECT DISTINCT provider, model FROM usage_rollups WHERE organization_id = ${organizationId}`,
  );
  const names = new Set(used.map(({ provider, model }) => `${provider}/${model}`));
  const prices = loadPriceBook().prices.filter(({ provider, model }) => names.has(`${provider}/${model}`));
  const data = newestOf(prices).map((price) => ({
    id: newId('priceVersion', nowMs),
    layer: 'operator',
    organizationId: OPERATOR_ORGANIZATION_ID,
    provider: price.provider,
    model: price.model,
    region: price.region ?? 'default',
    serviceTier: price.serviceTier,
    validFrom: new Date(fromMs),
    components: dearer(price.components),
    tiers: price.tiers.map((tier) => ({ ...tier, components: dearer(tier.components) })),
  }));
  await console.tenant(OPERATOR_ORGANIZATION_ID, (tx) => tx.priceVersion.createMany({ data }));
  return data.length;
}

/** One of each: several may have been in force, one after the other. */
function newestOf(prices: readonly PriceVersion[]): PriceVersion[] {
  const key = (price: PriceVersion) =>
    [price.provider, price.model, price.region, price.serviceTier].join('/');
  const sorted = prices.toSorted((left, right) => left.validFrom.getTime() - right.validFrom.getTime());
  return [...new Map(sorted.map((price) => [key(price), price])).values()];
}

function dearer(components: PriceComponents): Record<string, string> {
  return Object.fromEntries(
    Object.entries(components).map(([name, price = 0n]) => [name, String(price * FACTOR)]),
  );
}
