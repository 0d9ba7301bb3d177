/**
 * What only set-up does: roles, databases, migrations. Applications never import this entry.
 */
export { createDatabase, ensureRoles, type RolePasswords, roleUrl } from './migrations/roles.ts';
export { applyMigrations, diffMigrations } from './migrations/schema-engine.ts';
