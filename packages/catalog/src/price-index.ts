/**
 * Which price applies: built once per price book or policy bundle, asked once per request.
 *
 * The order of precedence, first difference wins:
 * 1. Service tier: exactly the asked one before any fallback. `batch` and `flex` fall back to `default`,
 *    which is never cheaper, so a cost is not understated; any other tier without a price (`priority`
 *    above all) has none, because `default` would understate it.
 * 2. Layer: what the organization states for its own credentials (for those alone), its contract, then the
 *    operator's override, then the catalogue.
 * 3. Region: exactly the asked one, then the versions for any region.
 * 4. Time: the newest `validFrom` that is not after `at`.
 *
 * So a contract for any region beats the catalogue's price of one region, but no contract for `default`
 * decides what `flex` costs while somebody states a `flex` price.
 */
import type { PriceLayer, PriceVersion, ServiceTier } from './price.ts';
import type { CredentialOwner } from './rate.ts';

export interface PriceQuery {
  /** Whose contracts count; null: none. */
  readonly organizationId: string | null;
  readonly provider: string;
  readonly model: string;
  readonly region: string | null;
  readonly serviceTier: ServiceTier;
  /** `organization` unless told. What an organization states itself is not the price of the operator's credentials. */
  readonly credentialOwner?: CredentialOwner;
  /** The start of the request, by the gateway's clock. */
  readonly at: Date;
}

const RANK_BY_LAYER: Readonly<Record<PriceLayer, number>> = { organization: 0, operator: 1, catalogue: 2 };
const TIERS_NEVER_DEARER_THAN_DEFAULT: ReadonlySet<string> = new Set(['batch', 'flex']);
const DEFAULT_TIER = 'default';

/** Versions of one (provider, model), by service tier; each list in the order in which the first match wins. */
type ListsByTier = Map<string, PriceVersion[]>;

export class PriceIndex {
  readonly #models = new Map<string, Map<string, ListsByTier>>();
  /** Contracts, per organization, so that one tenant's many do not slow down the others' look-ups. */
  readonly #contracts = new Map<string, Map<string, Map<string, ListsByTier>>>();

  constructor(prices: Iterable<PriceVersion>) {
    const touched = new Set<PriceVersion[]>();
    for (const price of prices) {
      const models = price.organizationId === null ? this.#models : this.#contractsOf(price.organizationId);
      const byModel = getOrAdd(models, price.provider, () => new Map<string, ListsByTier>());
      const byTier = getOrAdd(byModel, price.model, () => new Map<string, PriceVersion[]>());
      const list = getOrAdd(byTier, price.serviceTier, () => []);
      list.push(price);
      touched.add(list);
    }
    for (const list of touched) list.sort(byPrecedence);
  }

  /** The price by the rules above, or undefined: unknown cost. Allocates nothing. */
  find(query: PriceQuery): PriceVersion | undefined {
    const exact = this.#findTier(query, query.serviceTier);
    if (exact !== undefined || !TIERS_NEVER_DEARER_THAN_DEFAULT.has(query.serviceTier)) return exact;
    return this.#findTier(query, DEFAULT_TIER);
  }

  /** Whether any version names the model, valid now or not. */
  has(provider: string, model: string): boolean {
    return this.#models.get(provider)?.has(model) ?? false;
  }

  #findTier(query: PriceQuery, serviceTier: string): PriceVersion | undefined {
    if (query.organizationId !== null) {
      const contracts = this.#contracts.get(query.organizationId);
      const list = contracts?.get(query.provider)?.get(query.model)?.get(serviceTier);
      const found = list === undefined ? undefined : findFirst(list, query);
      if (found !== undefined) return found;
    }
    const list = this.#models.get(query.provider)?.get(query.model)?.get(serviceTier);
    return list === undefined ? undefined : findFirst(list, query);
  }

  #contractsOf(organizationId: string): Map<string, Map<string, ListsByTier>> {
    return getOrAdd(this.#contracts, organizationId, () => new Map<string, Map<string, ListsByTier>>());
  }
}

/** `PriceIndex` for one question; build the index where there is more than one. */
export function selectPrice(prices: Iterable<PriceVersion>, query: PriceQuery): PriceVersion | undefined {
  return new PriceIndex(prices).find(query);
}

function findFirst(list: readonly PriceVersion[], query: PriceQuery): PriceVersion | undefined {
  const atMs = query.at.getTime();
  for (const price of list) {
    if (price.validFrom.getTime() > atMs) continue;
    if (price.ownCredentialsOnly === true && query.credentialOwner === 'operator') continue;
    if (price.region === null || price.region === query.region) return price;
  }
  return undefined;
}

function byPrecedence(left: PriceVersion, right: PriceVersion): number {
  return (
    RANK_BY_LAYER[left.layer] - RANK_BY_LAYER[right.layer] ||
    Number(right.ownCredentialsOnly === true) - Number(left.ownCredentialsOnly === true) ||
    Number(left.region === null) - Number(right.region === null) ||
    right.validFrom.getTime() - left.validFrom.getTime() ||
    // Equal in all that is unique: two sources were merged wrongly. Still the same answer on every machine.
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
