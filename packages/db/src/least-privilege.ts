import type { Database } from './database.ts';

/**
 * Stops a process that was given too strong a database role: row security does not bind superusers, and the
 * owner could switch it off.
 *
 * @throws {Error} The role is a superuser, bypasses row security, or owns tables.
 */
export async function assertLeastPrivilege(database: Database): Promise<void> {
  const [role] = await database.platform(
    (tx) => tx.$queryRaw<{ name: string; superuser: boolean; bypasses: boolean; owns: boolean }[]>`
      SELECT rolname AS name, rolsuper AS superuser, rolbypassrls AS bypasses,
             EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')) AS owns
      FROM pg_roles WHERE rolname = current_user`,
  );
  if (role === undefined || role.superuser || role.bypasses || role.owns) {
    throw new Error(
      `Cannot start: the database role must be a plain one without ownership (tollgate_console, tollgate_gateway, tollgate_worker), got ${role?.name ?? 'none'}`,
    );
  }
}
