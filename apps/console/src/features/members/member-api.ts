'use client';
/** Changes of members. */
import type { Member } from '@tollgate/api';
import type { MutationCall } from '../../api/use-api.ts';
import { etagOfTime } from '../common/request-safety.ts';

/** Who is removed loses their keys and admin tokens, and those whom they invited their invitations. */
export const STALE_AFTER_MEMBER_CHANGE = [
  '/members',
  '/roles',
  '/teams',
  '/me',
  '/keys',
  '/invitations',
  '/admin-tokens',
] as const;

export const changeRoleCall = (member: Member, role: string): MutationCall => ({
  path: `/members/${member.id}`,
  method: 'PATCH',
  json: { role },
  ifMatch: etagOfTime(member.updatedAt),
});

export const removeMemberCall = ({ id }: Member): MutationCall => ({
  path: `/members/${id}`,
  method: 'DELETE',
});
