/** Every model and route that a key may use now, for `GET /v1/models` and for the names that a 404 suggests. Pure. */
import { findProvider } from '@tollgate/providers';
import { type Route, type RouteTarget, routeKey } from '@tollgate/routing';
import { mayUse, reachesRoute, reachesTarget } from '@tollgate/routing/candidates';
import type { CredentialEntry, KeyEntry, OrganizationPolicy, PlatformPolicy } from '../policy/policy.ts';
import { supplyOf } from './candidates.ts';

export interface UsableModel {
  /** What to send: the bare name, or with its provider where another provider has the bare name. */
  readonly id: string;
  readonly provider: string;
}

/**
 * Credentials looked at for the routes of one list, each model of theirs once: with a key that reaches nothing all are
 * looked at, and requests of others wait. Routes to still more models serve, but are not listed.
 */
const MAX_LOOKS = 200_000;

/** In the place of a provider. */
const OURS = 'tollgate';

/** Whether some rule of the route leads this key to a model. */
export function mayUseRoute(
  route: Route,
  key: KeyEntry,
  organization: OrganizationPolicy,
  platform: PlatformPolicy,
): boolean {
  return reachesRoute(route, key, supplyOf(organization, platform));
}

export function usableRoute({ name }: Route): UsableModel {
  return { id: name, provider: OURS };
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
      if (!mayUse(key, { provider, upstreamModel: name, model })) continue;
      const known = byId.get(name);
      const id = known === undefined || known.provider === provider.id ? name : `${provider.id}/${name}`;
      if (!byId.has(id)) byId.set(id, { id, provider: provider.id });
    }
  }
  if (organization.routes !== null) {
    // Whoever asks for a model of a route's name is sent by the route.
    for (const [id, model] of [...byId]) {
      if (!organization.routes.has(routeKey(id))) continue;
      byId.delete(id);
      const whole = `${model.provider}/${id}`;
      if (id.startsWith(`${model.provider}/`) || organization.routes.has(routeKey(whole))) continue;
      byId.set(whole, { ...model, id: whole });
    }
    for (const route of usableRoutes(key, organization, platform)) byId.set(route.id, route);
  }
  return [...byId.values()].toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** Many routes lead to few models: each is looked up once. */
export function usableRoutes(
  key: KeyEntry,
  organization: OrganizationPolicy,
  platform: PlatformPolicy,
): readonly UsableModel[] {
  const supply = supplyOf(organization, platform);
  const known = new Map<string, boolean>();
  let looks = 0;
  const reaches = (target: RouteTarget): boolean => {
    const name = `${target.credentialId ?? ''} ${target.model}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    looks += supply.own.length + supply.resold.length;
    if (looks > MAX_LOOKS) return false;
    const found = reachesTarget(target, key, supply);
    known.set(name, found);
    return found;
  };
  const routes = organization.routes?.values() ?? [];
  return [...routes].filter((route) => reachesRoute(route, key, supply, reaches)).map(usableRoute);
}

/** Canonical names; aliases are understood but not listed. */
function namesServed(credential: CredentialEntry, platform: PlatformPolicy): Iterable<string> {
  if (credential.models !== null) return credential.models;
  const ofProvider = platform.models.get(credential.provider);
  return ofProvider === undefined ? [] : new Set([...ofProvider.values()].map(({ name }) => name));
}

const MAX_SUGGESTIONS = 3;
const MAX_COMPARED_LENGTH = 80;

/**
 * The usable names nearest to what was asked, nearest first; only ones that could be meant.
 *
 * Asked for with every model that is not found, among thousands of names: only those are compared letter by letter
 * whose letters allow them to be nearer than what is found already.
 */
export function nearNames(asked: string, models: readonly Pick<UsableModel, 'id'>[]): readonly string[] {
  const wanted = asked.toLowerCase().slice(0, MAX_COMPARED_LENGTH);
  const letters = lettersOf(wanted);
  const found: { readonly id: string; readonly distance: number }[] = [];
  let most = Math.max(3, Math.floor(wanted.length * 0.6));
  for (const { id } of models) {
    const name = id.toLowerCase().slice(0, MAX_COMPARED_LENGTH);
    const distance = distanceOf(wanted, letters, name, most);
    if (distance > most) continue;
    const later = found.findIndex((each) => each.distance > distance);
    found.splice(later === -1 ? found.length : later, 0, { id, distance });
    if (found.length > MAX_SUGGESTIONS) found.pop();
    // Of equally near ones the first stays.
    if (found.length === MAX_SUGGESTIONS) most = found.at(-1)!.distance - 1;
    if (most < 1) break;
  }
  return found.map(({ id }) => id);
}

/** How often each letter occurs; letters that share a place only make names look nearer than they are. */
function lettersOf(text: string): Uint8Array {
  const counts = new Uint8Array(128);
  for (let at = 0; at < text.length; at += 1) counts[text.charCodeAt(at) & 127]! += 1;
  return counts;
}

const left = new Uint8Array(128);
let previous = new Uint8Array(MAX_COMPARED_LENGTH + 1);
let current = new Uint8Array(MAX_COMPARED_LENGTH + 1);

/** Edits between two names, or more than `most`; one for what a name adds to the other's beginning or end. */
function distanceOf(wanted: string, letters: Uint8Array, name: string, most: number): number {
  if (name.includes(wanted) || wanted.includes(name)) return 1;
  left.set(letters);
  let common = 0;
  for (let at = 0; at < name.length; at += 1) {
    const place = name.charCodeAt(at) & 127;
    if (left[place]! > 0) {
      left[place]! -= 1;
      common += 1;
    }
  }
  if (Math.max(wanted.length, name.length) - common > most) return most + 1;
  for (let column = 0; column <= name.length; column += 1) previous[column] = column;
  for (let row = 1; row <= wanted.length; row += 1) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= name.length; column += 1) {
      const change = wanted.charCodeAt(row - 1) === name.charCodeAt(column - 1) ? 0 : 1;
      const edits = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + change);
      current[column] = edits;
      if (edits < least) least = edits;
    }
    if (least > most) return most + 1;
    [previous, current] = [current, previous];
  }
  return previous[name.length]!;
}
