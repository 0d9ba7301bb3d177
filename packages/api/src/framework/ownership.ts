/**
 * Things that people keep for themselves or share with their organization: views, reports.
 *
 * A private one is seen by its owner alone, whatever permissions others have. A shared one is read by everybody who
 * may read what it shows; its owner changes it, and whoever manages the organization.
 */
import { z } from '@hono/zod-openapi';
import type { OrganizationActor } from '@tollgate/identity';
import { can } from '@tollgate/identity/permission';
import { id, timestamp } from './field.ts';
import { ApiProblem } from './problem.ts';

export interface Owned {
  readonly id: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly name: string;
  readonly shared: boolean;
  readonly version: number;
}

export const savedShape = {
  id,
  name: z.string(),
  shared: z.boolean(),
  ownerName: z.string(),
  isOwn: z.boolean(),
  /** Whether the caller may change and delete it. */
  canChange: z.boolean(),
  version: z.int(),
  createdAt: timestamp,
  updatedAt: timestamp,
};

export interface Ownership {
  readonly memberId: string;
  readonly managesOrganization: boolean;
}

export function ownershipOf(actor: OrganizationActor): Ownership {
  return { memberId: actor.membershipId, managesOrganization: can(actor, 'organization:write') };
}

/** For `where`: what somebody sees. */
export function visibleTo(organizationId: string, { memberId }: Ownership) {
  return { organizationId, OR: [{ shared: true }, { ownerId: memberId }] };
}

export function presentOwnership(row: Owned, ownership: Ownership) {
  const { id: rowId, name, shared, ownerName, version } = row;
  const isOwn = row.ownerId === ownership.memberId;
  return { id: rowId, name, shared, ownerName, version, isOwn, canChange: mayChange(row, ownership) };
}

function mayChange(row: Owned, { memberId, managesOrganization }: Ownership): boolean {
  return row.ownerId === memberId || (row.shared && managesOrganization);
}

/** @throws {ApiProblem} `permission_denied`. */
export function assertMayChange(row: Owned, ownership: Ownership): void {
  if (mayChange(row, ownership)) return;
  throw new ApiProblem('permission_denied', `Cannot change it: it belongs to ${row.ownerName}`);
}
