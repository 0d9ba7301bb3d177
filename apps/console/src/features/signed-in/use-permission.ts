'use client';
/** For hiding what would be refused. The API decides. */
import type { Me } from '@tollgate/api';
import { useMe } from '../shell/use-me.ts';

/** @returns Whether the current role allows it; false until that is known. Undefined needs none. */
export function usePermission(permission: Me['permissions'][number] | undefined): boolean {
  const held = useMe().data?.permissions;
  return permission === undefined || (held?.includes(permission) ?? false);
}
