/** What an organization's requests can be served by, in the form that routes are resolved by. */
import type { Transaction } from '@tollgate/db';
import { findProvider } from '@tollgate/providers';
import {
  type Candidate,
  canServe,
  parseModelName,
  resolveModel,
  type Supply,
} from '@tollgate/routing/candidates';
import { listServingCredentials, type ServingCredential } from '../prices/usable-models.ts';

export type SupplyingCredential = Omit<ServingCredential, 'models'> & {
  readonly models: ReadonlySet<string> | null;
};
export type RoutingSupply = Supply<SupplyingCredential>;
export type RoutedCandidate = Candidate<SupplyingCredential>;

export async function readSupply(tx: Transaction, organizationId: string): Promise<RoutingSupply> {
  const credentials = (await listServingCredentials(tx, organizationId)).map((credential) => ({
    ...credential,
    models: credential.models.length === 0 ? null : new Set(credential.models),
  }));
  const providers = [...new Set(credentials.map(({ provider }) => provider))];
  const rows = await tx.model.findMany({
    where: { provider: { in: providers } },
    select: { provider: true, name: true, aliases: true },
    orderBy: [{ provider: 'asc' }, { name: 'asc' }],
  });
  const models = new Map<string, Map<string, { readonly name: string }>>();
  for (const { provider, name, aliases } of rows) {
    const ofProvider = models.get(provider) ?? new Map<string, { readonly name: string }>();
    models.set(provider, ofProvider);
    ofProvider.set(name, { name });
    for (const alias of aliases) if (!ofProvider.has(alias)) ofProvider.set(alias, { name });
  }
  return {
    own: credentials.filter(({ owner }) => owner === 'organization'),
    resold: credentials.filter(({ owner }) => owner === 'operator'),
    models,
  };
}

/** Looked up instead of asked of each credential: pages of routes have targets by the thousand. */
export interface ServedNames {
  /** Whether some credential can be asked for a model by this name. */
  serves(name: string): boolean;
  /** Likewise, without regard to case, as names of routes are compared. */
  servesAnyCase(name: string): boolean;
  /** Undefined: it is none of the organization's own in use. */
  servedByOwn(credentialId: string, name: string): boolean | undefined;
}

export function indexNames(supply: RoutingSupply): ServedNames {
  const names = listNames(supply);
  const lowered = new Set([...names].map((name) => name.toLowerCase()));
  const own = new Map(supply.own.map((credential) => [credential.id, credential]));
  return {
    serves: (name) => {
      const { providerId, model } = parseModelName(name);
      return names.has(providerId === undefined ? model : `${providerId}/${model}`);
    },
    servesAnyCase: (name) => lowered.has(name.toLowerCase()),
    servedByOwn: (credentialId, name) => {
      const credential = own.get(credentialId);
      if (credential === undefined) return undefined;
      const alone = { own: [credential], resold: [], models: supply.models };
      return resolveModel(name, { models: null, providers: null }, alone).candidates.length > 0;
    },
  };
}

/** Every name by which some credential can be asked for a model: bare, and with its provider. */
function listNames({ own, resold, models }: RoutingSupply): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [provider, credentials] of Map.groupBy([...own, ...resold], (each) => each.provider)) {
    if (findProvider(provider) === undefined) continue;
    const isOpen = credentials.some((credential) => credential.models === null);
    const listed = new Set(credentials.flatMap((credential) => [...(credential.models ?? [])]));
    const known = [...(models.get(provider) ?? [])]
      .filter(([name, model]) => isOpen || listed.has(name) || listed.has(model.name))
      .map(([name]) => name);
    for (const name of [...listed, ...known]) names.add(name).add(`${provider}/${name}`);
  }
  return names;
}

/** What of a target's candidates has an endpoint. */
export const canAnswer =
  (endpoint: string) =>
  (candidates: readonly RoutedCandidate[]): readonly RoutedCandidate[] =>
    candidates.filter(({ provider, upstreamModel }) => canServe(provider, upstreamModel, endpoint));
