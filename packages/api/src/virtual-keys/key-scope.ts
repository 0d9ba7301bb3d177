/** What a key may be limited to, and who may manage which keys. */

import { isIP } from 'node:net';
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can, holdMember, type OrganizationActor } from '@tollgate/identity';
import { parseId } from '@tollgate/ids';
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import { filledText, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';

const MAX_ENTRIES = 200;
const MAX_TAGS = 20;

const addressRange = z
  .string()
  .max(64)
  .refine(
    isAddressRange,
    refusal('must be an IP address or a CIDR range such as 192.0.2.0/24', 'address_range'),
  );

export const tags = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be letters, digits, _ . -'), text(256))
  .refine((value) => Object.keys(value).length <= MAX_TAGS, `must have at most ${MAX_TAGS} tags`);

/** Of a list: `NAME` or `NAME=VALUE`. */
export const tagFilter = text(400).refine(
  (value) => /^[A-Za-z0-9_.-]{1,64}(=.*)?$/.test(value),
  refusal('must be NAME or NAME=VALUE', 'tag_form'),
);

/** The optional fields of a key; an empty list does not restrict. */
export const scopeFields = {
  models: z.array(filledText(256)).max(MAX_ENTRIES).exactOptional(),
  providers: z.array(filledText(64)).max(MAX_ENTRIES).exactOptional(),
  endpoints: z.array(z.enum(ENDPOINT_SCOPES)).max(MAX_ENTRIES).exactOptional(),
  ipAllowlist: z.array(addressRange).max(MAX_ENTRIES).exactOptional(),
  tags: tags.exactOptional(),
};

function isAddressRange(value: string): boolean {
  const [address = '', prefix, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}

/** Whose a key is: a row has one column per kind of owner. */
export interface KeyOwner {
  readonly memberId: string | null;
  readonly serviceAccountId: string | null;
}

/** @throws {ApiProblem} Not the id of a member or service account of this organization. */
export async function getKeyOwner(
  tx: Transaction,
  organizationId: string,
  ownerId: string | null,
): Promise<KeyOwner> {
  if (ownerId === null) return { memberId: null, serviceAccountId: null };
  const where = { organizationId, id: ownerId };
  if (parseId('serviceAccount', ownerId) !== undefined || ownerId.startsWith('sa_')) {
    const account = await tx.serviceAccount.findFirst({ where, select: { id: true } });
    if (account !== null) return { memberId: null, serviceAccountId: account.id };
  } else {
    // Their keys end with their membership, those that they are just being given among them.
    if (await holdMember(tx, organizationId, ownerId)) return { memberId: ownerId, serviceAccountId: null };
  }
  throw invalidField(
    'body.ownerId',
    'must be a member or a service account of this organization',
    'unknown_reference',
  );
}

/** @throws {ApiProblem} Not a team of this organization that is in use. */
export async function assertTeam(
  tx: Transaction,
  organizationId: string,
  teamId: string | null,
): Promise<void> {
  if (teamId === null) return;
  const team = await tx.team.findFirst({ where: { organizationId, id: teamId, archivedAt: null } });
  if (team === null)
    throw invalidField('body.teamId', 'must be a team of this organization', 'unknown_reference');
}

export interface KeyPlace extends KeyOwner {
  readonly teamId: string | null;
}

/**
 * Who has only `keys:write` manages keys of their own teams (and those below) and of themselves.
 *
 * @returns For each place, in its order. Whether they may manage keys at all, the route asks.
 */
export async function mayManageKeys(
  tx: Transaction,
  actor: OrganizationActor,
  places: readonly KeyPlace[],
): Promise<boolean[]> {
  if (places.length === 0 || can(actor, 'keys:write-any')) return places.map(() => true);
  const { membershipId } = actor;
  const teamOfAccount = await findTeamsOfAccounts(tx, actor, places);
  const isOwnTeam = await findOwnTeams(tx, actor, [
    ...places.map(({ teamId }) => teamId),
    ...teamOfAccount.values(),
  ]);
  return places.map(({ teamId, memberId, serviceAccountId }) => {
    const ownsIt = memberId === membershipId;
    const teamAllows = teamId === null ? ownsIt : isOwnTeam(teamId);
    const accountAllows = serviceAccountId === null || isOwnTeam(teamOfAccount.get(serviceAccountId) ?? null);
    return teamAllows && (ownsIt || (memberId === null && accountAllows));
  });
}

/** @throws {ApiProblem} `exceeds_own_permissions`. */
export async function assertMayManageKey(
  tx: Transaction,
  actor: OrganizationActor,
  place: KeyPlace,
): Promise<void> {
  const [allowed] = await mayManageKeys(tx, actor, [place]);
  if (allowed) return;
  throw new ApiProblem(
    'exceeds_own_permissions',
    'Cannot manage this key: without keys:write-any it must be of one of your teams or yours',
  );
}

/** @returns Service account to its team. */
async function findTeamsOfAccounts(
  tx: Transaction,
  { organizationId }: OrganizationActor,
  places: readonly KeyPlace[],
): Promise<ReadonlyMap<string, string | null>> {
  const ids = [...new Set(places.flatMap(({ serviceAccountId }) => serviceAccountId ?? []))];
  if (ids.length === 0) return new Map();
  const where = { organizationId, id: { in: ids } };
  const rows = await tx.serviceAccount.findMany({ where, select: { id: true, teamId: true } });
  return new Map(rows.map(({ id, teamId }) => [id, teamId]));
}

/** @returns Whether one of the teams that were asked for is the actor's, or below one. */
async function findOwnTeams(
  tx: Transaction,
  { organizationId, membershipId }: OrganizationActor,
  asked: readonly (string | null)[],
): Promise<(teamId: string | null) => boolean> {
  const ids = [...new Set(asked.filter((id) => id !== null))];
  if (ids.length === 0) return () => false;
  const memberships = await tx.teamMembership.findMany({
    where: { organizationId, membershipId },
    select: { teamId: true },
  });
  const own = new Set(memberships.map(({ teamId }) => teamId));
  const where = { organizationId, id: { in: ids } };
  const teams = await tx.team.findMany({ where, select: { id: true, path: true } });
  const allowed = new Set(
    teams.filter(({ path }) => path.split('/').some((id) => own.has(id))).map(({ id }) => id),
  );
  return (teamId) => teamId !== null && allowed.has(teamId);
}
