/** Teams: a tree inside an organization. `path` holds the ids from the root, so that a subtree is a prefix. */
import { type AuditTarget, changedFields } from '@tollgate/audit';
import { isUniqueViolation, type Prisma, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { OrganizationActor } from './actor.ts';
import { auditChange } from './audit-change.ts';
import type { Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { toDistinctSlug, toSlug } from './slug.ts';
import { assertManagesKeysOf } from './team-power.ts';

export interface TeamInput {
  readonly name: string;
  readonly slug?: string;
  readonly costCenter?: string;
  readonly parentId?: string | null;
}

export type Team = Prisma.TeamModel;

const MAX_DEPTH = 8;

/** @throws {IdentityError} `slug_taken`, `unknown_team` (the parent), `team_cycle` (too deep). */
export async function createTeam(
  tx: Transaction,
  actor: OrganizationActor,
  input: TeamInput,
  origin: Origin,
  nowMs: number,
): Promise<Team> {
  const { organizationId } = actor;
  const id = newId('team', nowMs);
  const path = await pathUnder(tx, organizationId, input.parentId ?? null, id);
  const slug = input.slug ?? (await freeSlug(tx, organizationId, input.name));
  const now = new Date(nowMs);
  const team = await refusingTakenSlug(() =>
    tx.team.create({
      data: {
        id,
        organizationId,
        name: input.name,
        slug,
        costCenter: input.costCenter ?? '',
        parentId: input.parentId ?? null,
        path,
        createdAt: now,
        updatedAt: now,
      },
    }),
  );
  await auditChange(tx, actor, 'team-created', targetOf(team), { after: pickFields(team) }, origin, nowMs);
  return team;
}

/** @throws {IdentityError} `not_found`, `slug_taken`, `unknown_team`, `team_cycle`, `team_keys`. */
export async function updateTeam(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  change: Partial<TeamInput>,
  origin: Origin,
  nowMs: number,
): Promise<Team> {
  const { organizationId } = actor;
  const before = await getTeam(tx, organizationId, id);
  const moved = change.parentId !== undefined && change.parentId !== before.parentId;
  if (moved) await assertMayMove(tx, actor, before, change.parentId ?? null);
  const path = moved ? await pathUnder(tx, organizationId, change.parentId ?? null, id) : before.path;
  const team = await refusingTakenSlug(() =>
    tx.team.update({
      where: { organizationId_id: { organizationId, id } },
      data: { ...change, path, updatedAt: new Date(nowMs) },
    }),
  );
  if (moved) await moveSubtree(tx, before, path);
  const changed = changedFields(pickFields(before), pickFields(team));
  await auditChange(tx, actor, 'team-updated', targetOf(team), changed, origin, nowMs);
  return team;
}

/** Its keys become those of everybody above, and what they spend counts there; what held them before does no longer. */
async function assertMayMove(
  tx: Transaction,
  actor: OrganizationActor,
  team: Team,
  parentId: string | null,
): Promise<void> {
  await assertManagesKeysOf(tx, actor, team);
  const { organizationId } = actor;
  const parent =
    parentId === null ? null : await tx.team.findFirst({ where: { organizationId, id: parentId } });
  if (parent !== null) await assertManagesKeysOf(tx, actor, parent);
}

/** Archives: history and invoices keep their names. @throws `not_found`; `team_in_use` with keys or teams. */
export async function archiveTeam(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const team = await getTeam(tx, organizationId, id);
  const keys = await tx.virtualKey.count({ where: { organizationId, teamId: id, revokedAt: null } });
  const children = await tx.team.count({ where: { organizationId, parentId: id, archivedAt: null } });
  if (keys + children > 0) {
    throw new IdentityError(
      'team_in_use',
      `Cannot archive the team: it has ${keys} keys in use and ${children} teams below it`,
      { counts: { keys, teams: children } },
    );
  }
  // A free slug for the next team of that name.
  const slug = toDistinctSlug(team.slug);
  await tx.team.update({
    where: { organizationId_id: { organizationId, id } },
    data: { archivedAt: new Date(nowMs), slug, updatedAt: new Date(nowMs) },
  });
  await auditChange(tx, actor, 'team-archived', targetOf(team), { before: pickFields(team) }, origin, nowMs);
}

/** @throws {IdentityError} `not_found`, also for an archived one. */
export async function getTeam(tx: Transaction, organizationId: string, id: string): Promise<Team> {
  const team = await tx.team.findFirst({ where: { organizationId, id, archivedAt: null } });
  if (team === null) throw new IdentityError('not_found', 'Cannot find the team: it does not exist here');
  return team;
}

/** Adding twice is the same as adding once. @throws {IdentityError} `not_found`, `team_keys`. */
export async function addTeamMember(
  tx: Transaction,
  actor: OrganizationActor,
  teamId: string,
  membershipId: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const team = await getTeam(tx, organizationId, teamId);
  const member = await tx.membership.findFirst({ where: { organizationId, id: membershipId } });
  if (member === null) {
    throw new IdentityError('not_found', 'Cannot find the member: it does not exist here', {
      field: 'memberId',
    });
  }
  if ((await tx.teamMembership.count({ where: { organizationId, teamId, membershipId } })) > 0) return;
  // Before: whoever puts themselves in is in it after.
  await assertManagesKeysOf(tx, actor, team);
  const { count } = await tx.teamMembership.createMany({
    data: { organizationId, teamId, membershipId, createdAt: new Date(nowMs) },
    skipDuplicates: true,
  });
  if (count === 1) {
    await auditChange(
      tx,
      actor,
      'team-member-added',
      targetOf(team),
      { after: { memberId: membershipId } },
      origin,
      nowMs,
    );
  }
}

/** Leads are told of what concerns the team's keys. @throws {IdentityError} `not_found`: not one of its members. */
export async function setTeamLead(
  tx: Transaction,
  actor: OrganizationActor,
  teamId: string,
  membershipId: string,
  isLead: boolean,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const team = await getTeam(tx, organizationId, teamId);
  const where = { organizationId, teamId, membershipId };
  const before = await tx.teamMembership.findFirst({ where });
  if (before === null) throw new IdentityError('not_found', 'Cannot change: not a member of this team');
  if (before.isLead === isLead) return;
  await tx.teamMembership.updateMany({ where, data: { isLead } });
  const action = isLead ? 'team-lead-named' : 'team-lead-unnamed';
  await auditChange(tx, actor, action, targetOf(team), { after: { memberId: membershipId } }, origin, nowMs);
}

/** @throws {IdentityError} `not_found`: no such team, or not one of its members. */
export async function removeTeamMember(
  tx: Transaction,
  actor: OrganizationActor,
  teamId: string,
  membershipId: string,
  origin: Origin,
  nowMs: number,
): Promise<void> {
  const { organizationId } = actor;
  const team = await getTeam(tx, organizationId, teamId);
  const { count } = await tx.teamMembership.deleteMany({ where: { organizationId, teamId, membershipId } });
  if (count === 0) throw new IdentityError('not_found', 'Cannot remove: not a member of this team');
  await auditChange(
    tx,
    actor,
    'team-member-removed',
    targetOf(team),
    { before: { memberId: membershipId } },
    origin,
    nowMs,
  );
}

async function pathUnder(
  tx: Transaction,
  organizationId: string,
  parentId: string | null,
  id: string,
): Promise<string> {
  if (parentId === null) return id;
  // Locked, so that nobody moves or archives it meanwhile.
  const rows = await tx.$queryRaw<{ path: string }[]>`
    SELECT path FROM teams WHERE organization_id = ${organizationId} AND id = ${parentId}
      AND archived_at IS NULL FOR UPDATE`;
  const parent = rows[0];
  if (parent === undefined) {
    throw new IdentityError('unknown_team', 'Cannot use this parent: it does not exist here', {
      field: 'parentId',
    });
  }
  const ancestors = parent.path.split('/');
  if (ancestors.includes(id) || ancestors.length >= MAX_DEPTH) {
    throw new IdentityError(
      'team_cycle',
      `Cannot move the team there: at most ${MAX_DEPTH} levels, no cycle`,
      {
        field: 'parentId',
      },
    );
  }
  return `${parent.path}/${id}`;
}

async function moveSubtree(tx: Transaction, before: Team, path: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE teams SET path = ${path} || substr(path, ${before.path.length + 1}::int)
    WHERE organization_id = ${before.organizationId} AND starts_with(path, ${`${before.path}/`})`;
}

async function freeSlug(tx: Transaction, organizationId: string, name: string): Promise<string> {
  const slug = toSlug(name);
  const taken = await tx.team.findFirst({ where: { organizationId, slug } });
  return taken === null ? slug : toDistinctSlug(name);
}

async function refusingTakenSlug<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('slug_taken', 'Cannot use this slug: another team has it', { field: 'slug' });
  }
}

function pickFields({ name, slug, costCenter, parentId }: Team): Record<string, unknown> {
  return { name, slug, costCenter, parentId };
}

function targetOf({ id, name }: Team): AuditTarget {
  return { kind: 'team', id, name };
}
