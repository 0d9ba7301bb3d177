/**
 * From a model name to the credentials that can serve it. Pure.
 *
 * A name is `provider/model` where the part before the first slash is a known provider, else a bare name. The
 * organization's own credentials come before the operator's, then priority, then id. Falling back from own to
 * resold is a route's decision, so where an own credential serves a model no resold one is a candidate.
 */
import { scopeAllows } from '@tollgate/keys';
import { findProvider, type Provider } from '@tollgate/providers';
import type {
  CredentialEntry,
  KeyEntry,
  ModelEntry,
  OrganizationPolicy,
  PlatformPolicy,
} from '../policy/policy.ts';

export interface Candidate {
  readonly credential: CredentialEntry;
  readonly provider: Provider;
  /** As the provider is asked for it. */
  readonly upstreamModel: string;
  /** Canonical: prices and the ledger know it by this name. */
  readonly model: string;
}

export interface Resolution {
  readonly candidates: readonly Candidate[];
  /** Some credential serves the model, but this key may not use it. */
  readonly forbidden: boolean;
}

export interface ProviderPreferences {
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly order: readonly string[];
}

export function resolveModel(
  name: string,
  key: KeyEntry,
  organization: OrganizationPolicy,
  platform: PlatformPolicy,
): Resolution {
  const parsed = parseModelName(name);
  let forbidden = false;
  for (const credentials of [organization.credentials, platform.credentials]) {
    const candidates: Candidate[] = [];
    for (const credential of credentials) {
      const candidate = candidateOf(credential, parsed, platform);
      if (candidate === undefined) continue;
      if (mayUse(key, candidate)) candidates.push(candidate);
      else forbidden = true;
    }
    if (candidates.length > 0) return { candidates, forbidden: false };
  }
  return { candidates: [], forbidden };
}

/** Applies a request's own wishes about providers. */
export function preferProviders(
  candidates: readonly Candidate[],
  wishes: ProviderPreferences,
): readonly Candidate[] {
  if (wishes.only.length === 0 && wishes.ignore.length === 0 && wishes.order.length === 0) return candidates;
  const rank = (candidate: Candidate): number => {
    const place = wishes.order.indexOf(candidate.provider.id);
    return place === -1 ? wishes.order.length : place;
  };
  return candidates
    .filter(({ provider }) => wishes.only.length === 0 || wishes.only.includes(provider.id))
    .filter(({ provider }) => !wishes.ignore.includes(provider.id))
    .toSorted((left, right) => rank(left) - rank(right));
}

/** By the rule that people are told beforehand, too. */
export function mayUse(key: KeyEntry, { provider, model, upstreamModel }: Candidate): boolean {
  if (key.models === null && key.providers === null) return true;
  return scopeAllows(key, provider.id, [model, upstreamModel]);
}

interface ParsedName {
  readonly providerId: string | undefined;
  readonly model: string;
}

export function parseModelName(name: string): ParsedName {
  const slash = name.indexOf('/');
  const provider = slash === -1 ? undefined : findProvider(name.slice(0, slash));
  return provider === undefined
    ? { providerId: undefined, model: name }
    : { providerId: provider.id, model: name.slice(slash + 1) };
}

function candidateOf(
  credential: CredentialEntry,
  name: ParsedName,
  platform: PlatformPolicy,
): Candidate | undefined {
  if (name.providerId !== undefined && credential.provider !== name.providerId) return undefined;
  const provider = findProvider(credential.provider);
  if (provider === undefined) return undefined;
  const listed = platform.models.get(credential.provider)?.get(name.model);
  if (!serves(credential, name.model, listed)) return undefined;
  return { credential, provider, upstreamModel: name.model, model: listed?.name ?? name.model };
}

function serves(credential: CredentialEntry, name: string, listed: ModelEntry | undefined): boolean {
  if (credential.models === null) return listed !== undefined;
  return credential.models.has(name) || (listed !== undefined && credential.models.has(listed.name));
}
