/**
 * Which credentials can serve a name, for this gateway's policy. Pure; the rules are those of packages/routing, so that
 * people are told beforehand what gateways decide by.
 */
import {
  type Candidate as CandidateOf,
  type Resolution,
  resolveModel as resolveIn,
  type Supply,
} from '@tollgate/routing/candidates';
import type { CredentialEntry, KeyEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';

export type Candidate = CandidateOf<CredentialEntry>;

export interface ProviderPreferences {
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly order: readonly string[];
}

export function supplyOf(
  { credentials }: OrganizationPolicy,
  platform: PlatformPolicy,
): Supply<CredentialEntry> {
  return { own: credentials, resold: platform.credentials, models: platform.models };
}

/** By the model's own name: a route of this name is another matter (routed-candidates.ts). */
export function resolveModel(
  name: string,
  key: KeyEntry,
  organization: OrganizationPolicy,
  platform: PlatformPolicy,
): Resolution<CredentialEntry> {
  return resolveIn(name, key, supplyOf(organization, platform));
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
