/** Ticking and unticking permissions of a role, with what belongs to them. Pure. */
import { neededFor } from '@tollgate/identity/permission-description';

type Permission = Parameters<typeof neededFor>[0];

const needs = (permission: string): readonly string[] => neededFor(permission as Permission);

/** @returns Also with what the permission needs to make sense. */
export function withPermission(chosen: readonly string[], permission: string): string[] {
  return [...new Set([...chosen, ...needs(permission), permission])];
}

/** @returns Also without what needs the permission. */
export function withoutPermission(chosen: readonly string[], permission: string): string[] {
  return chosen.filter((one) => one !== permission && !needs(one).includes(permission));
}
