/**
 * What an organization can use: the models of its own credentials and of those that the operator resells, each
 * with the price that holds now.
 */
import { componentsFromJson, type PriceComponents, PriceIndex, type PriceVersion } from '@tollgate/catalog';
import { priceFromRow } from '@tollgate/catalog/store';
import { OPERATOR_ORGANIZATION_ID, type Prisma, type Transaction } from '@tollgate/db';

export interface ServingCredential {
  readonly id: string;
  readonly owner: 'organization' | 'operator';
  readonly provider: string;
  readonly name: string;
  readonly region: string;
  readonly livemode: boolean;
  readonly models: readonly string[];
  readonly markupBasisPoints: number;
  /** Pico-USD on top of that, per unit of a component. */
  readonly markupPerUnit: PriceComponents;
}

export interface UsableModel {
  readonly provider: string;
  readonly name: string;
  /** Undefined where the catalogue does not know it. */
  readonly facts: Prisma.ModelModel | undefined;
  readonly credentials: readonly ServingCredential[];
}

/** Own credentials before resold ones, then by priority: the order in which they are tried. */
export async function listServingCredentials(
  tx: Transaction,
  organizationId: string,
): Promise<ServingCredential[]> {
  const own = await tx.providerCredential.findMany({
    where: { organizationId, disabledAt: null },
    orderBy: [{ priority: 'asc' }, { id: 'asc' }],
  });
  const resold = await tx.$queryRaw<
    (Omit<ServingCredential, 'owner' | 'markupPerUnit'> & {
      priority: number;
      markupPerUnit: Prisma.JsonValue;
    })[]
  >`
    SELECT id, provider, name, region, livemode, COALESCE(models, '{}') AS models, priority, markup_basis_points AS "markupBasisPoints",
      markup_per_unit AS "markupPerUnit"
    FROM list_resold_credentials() ORDER BY priority, id`;
  return [
    ...own.map((row) => ({
      ...row,
      owner: 'organization' as const,
      markupBasisPoints: 0,
      markupPerUnit: {},
    })),
    ...resold.map(({ markupPerUnit, ...row }) => ({
      ...row,
      owner: 'operator' as const,
      markupPerUnit: componentsFromJson(markupPerUnit),
    })),
  ];
}

/** Sorted by provider and name. */
export async function listUsableModels(tx: Transaction, organizationId: string): Promise<UsableModel[]> {
  const credentials = await listServingCredentials(tx, organizationId);
  const providers = [...new Set(credentials.map(({ provider }) => provider))];
  const facts = await tx.model.findMany({ where: { provider: { in: providers } } });
  const factsByProvider = Map.groupBy(facts, ({ provider }) => provider);
  const found = new Map<string, { provider: string; name: string; credentials: ServingCredential[] }>();
  for (const credential of credentials) {
    const { provider } = credential;
    const names =
      credential.models.length > 0
        ? credential.models
        : (factsByProvider.get(provider) ?? []).map(({ name }) => name);
    for (const name of names) {
      const key = `${provider}/${name}`;
      const model = found.get(key) ?? { provider, name, credentials: [] };
      found.set(key, model);
      model.credentials.push(credential);
    }
  }
  const factsByKey = new Map(facts.map((row) => [`${row.provider}/${row.name}`, row]));
  return [...found]
    .map(([key, model]) => ({ ...model, facts: factsByKey.get(key) }))
    .toSorted((left, right) => compare(left.provider, right.provider) || compare(left.name, right.name));
}

/** The price that holds now for each of these models, by `provider/name`. */
export async function findEffectivePrices(
  tx: Transaction,
  organizationId: string,
  models: readonly UsableModel[],
  at: Date,
): Promise<ReadonlyMap<string, PriceVersion>> {
  const rows = await tx.priceVersion.findMany({
    where: {
      organizationId: { in: [OPERATOR_ORGANIZATION_ID, organizationId] },
      provider: { in: [...new Set(models.map(({ provider }) => provider))] },
      model: { in: [...new Set(models.map(({ name }) => name))] },
    },
  });
  const index = new PriceIndex(rows.map(priceFromRow));
  const prices = new Map<string, PriceVersion>();
  for (const { provider, name, credentials } of models) {
    const region = credentials[0]?.region ?? 'default';
    const price = index.find({
      organizationId,
      provider,
      model: name,
      region: region === 'default' ? null : region,
      serviceTier: 'default',
      credentialOwner: credentials[0]?.owner ?? 'organization',
      at,
    });
    if (price !== undefined) prices.set(`${provider}/${name}`, price);
  }
  return prices;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
