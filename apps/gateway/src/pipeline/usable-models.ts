/** Every model that a key may use now, for `GET /v1/models` and for the names that a 404 suggests. Pure. */
import { findProvider } from '@tollgate/providers';
import type { CredentialEntry, KeyEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';
import { mayUse } from './candidates.ts';

export interface UsableModel {
  /** What to send: the bare name, or with its provider where another provider has the bare name. */
  readonly id: string;
  readonly provider: string;
}

export function usableModels(
  key: KeyEntry,
  organization: OrganizationPolicy,
  platform: PlatformPolicy,
): readonly UsableModel[] {
  const byId = new Map<string, UsableModel>();
  for (const credential of [...organization.credentials, ...platform.credentials]) {
    const provider = findProvider(credential.provider);
    if (provider === undefined) continue;
    for (const name of namesServed(credential, platform)) {
      const model = platform.models.get(credential.provider)?.get(name)?.name ?? name;
      if (!mayUse(key, { credential, provider, upstreamModel: name, model })) continue;
      const known = byId.get(name);
      const id = known === undefined || known.provider === provider.id ? name : `${provider.id}/${name}`;
      if (!byId.has(id)) byId.set(id, { id, provider: provider.id });
    }
  }
  return [...byId.values()].toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** Canonical names; aliases are understood but not listed. */
function namesServed(credential: CredentialEntry, platform: PlatformPolicy): Iterable<string> {
  if (credential.models !== null) return credential.models;
  const ofProvider = platform.models.get(credential.provider);
  return ofProvider === undefined ? [] : new Set([...ofProvider.values()].map(({ name }) => name));
}

const MAX_SUGGESTIONS = 3;

/** The usable names nearest to what was asked, nearest first; only ones that could be meant. */
export function nearNames(asked: string, models: readonly UsableModel[]): readonly string[] {
  const wanted = asked.toLowerCase().slice(0, 80);
  const bound = Math.max(3, Math.floor(wanted.length * 0.6));
  return models
    .map(({ id }) => ({ id, distance: distanceOf(wanted, id.toLowerCase().slice(0, 80)) }))
    .filter(({ distance }) => distance <= bound)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ id }) => id);
}

/** Edits between two names; none for what one name adds to the other's beginning or end. */
function distanceOf(wanted: string, name: string): number {
  if (name.includes(wanted) || wanted.includes(name)) return 1;
  let previous = Array.from({ length: name.length + 1 }, (_, index) => index);
  for (let row = 1; row <= wanted.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= name.length; column += 1) {
      const change = wanted[row - 1] === name[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + change));
    }
    previous = current;
  }
  return previous[name.length]!;
}
