'use client';
/** For hiding what would be refused. The API decides. */
import type { Me } from '@tollgate/api';
import { useMe } from '../shell/use-me.ts';

/** @returns Whether the current role allows it; false until that is known. */
export function usePermission(permission: Me['permissions'][number]): boolean {
  return useMe().data?.permissions.includes(permission) ?? false;
}
