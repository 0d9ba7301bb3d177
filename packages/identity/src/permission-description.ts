/**
 * What each permission means in words, which go together, and which one needs another to make sense.
 *
 * Plain data without imports of the server, so that the console shows the same words. A new permission does not
 * compile without its description here.
 */
import { type BuiltInRole, PERMISSIONS, type Permission } from './permission.ts';

export const PERMISSION_DESCRIPTIONS: Readonly<Record<Permission, string>> = {
  'organization:read': 'See the name, time zone and settings of the organization.',
  'organization:write': 'Change the name, time zone and settings of the organization.',
  'teams:read': 'See teams, who is in them and their cost centres.',
  'teams:write':
    'Create, move, change and archive teams; put people in and out. Teams with keys only where one may manage those.',
  'members:read': 'See members, their addresses and roles, and invitations.',
  'members:write':
    'Invite people, give them roles, and remove them; into a team only with the right to change teams.',
  'roles:read': 'See what each role allows.',
  'roles:write': 'Create, change and delete roles of the organization.',
  'service-accounts:read': 'See service accounts and who owns them.',
  'service-accounts:write': 'Create, change and switch off service accounts.',
  'admin-tokens:read': 'See which tokens for the admin API there are; never their secrets.',
  'admin-tokens:write': 'Create and revoke tokens for the admin API.',
  'provider-credentials:read': 'See which providers are connected and their health; never their keys.',
  'provider-credentials:write': 'Connect providers, replace their keys and disconnect them.',
  'models:read': 'See which models can be used, with prices and abilities.',
  'keys:read': 'See virtual keys with their scopes, limits and what they have spent; never their secrets.',
  'keys:write':
    'Create, change, rotate and revoke keys of one’s own teams, of oneself, and of those teams’ service accounts.',
  'keys:write-any': 'Create, change, rotate and revoke every key of the organization.',
  'rate-limits:read': 'See rate limits and how much of them is used.',
  'rate-limits:write': 'Create, change and delete rate limits.',
  'budgets:read': 'See budgets, what is spent of them, and forecasts.',
  'budgets:write': 'Create, change, reset and archive budgets.',
  'routes:read': 'See routes and the providers that they lead to.',
  'routes:write': 'Create, change and delete routes.',
  'usage:read': 'See spend, tokens and requests by team, key, member and model.',
  'requests:read': 'See single requests with their costs and errors, and export them.',
  'payloads:read':
    'See what requests said and what they were answered, where the organization keeps that; each reading is in the audit log.',
  'prices:read': 'See the price book and what models without a price have cost.',
  'prices:write': 'State prices of one’s own and rate a period again.',
  'invoices:read': 'See invoices and credit notes with their lines, and export them.',
  'invoices:write': 'Finalize and void invoices, issue credit notes, close the month.',
  'billing:read': 'See the plan, the balance, the billing address and payment method.',
  'billing:write': 'Change plan, payment method, billing address and credits.',
  'alerts:read': 'See alerts, their rules and the channels that they go to.',
  'alerts:write': 'Acknowledge alerts; create and change rules and channels.',
  'webhooks:read': 'See webhook endpoints and what was sent to them.',
  'webhooks:write': 'Create and change webhook endpoints, and send events again.',
  'audit:read': 'See the audit log: who changed what, before and after.',
  'sso:read': 'See verified domains and the identity provider that members sign in by; never its secret.',
  'sso:write':
    'Verify domains and set the identity provider: whoever may do this can sign in as anybody whose address is of a verified domain, owners included.',
};

/** Areas that belong together, in the order in which people look for them. */
export const PERMISSION_GROUPS = {
  people: ['organization', 'teams', 'members', 'roles', 'service-accounts', 'admin-tokens', 'sso', 'audit'],
  traffic: ['keys', 'models', 'provider-credentials', 'routes', 'rate-limits', 'requests', 'payloads'],
  money: ['usage', 'budgets', 'prices', 'invoices', 'billing'],
  notices: ['alerts', 'webhooks'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PermissionGroup = keyof typeof PERMISSION_GROUPS | 'other';

/** What it is about: `provider-credentials` of `provider-credentials:read`. */
export function areaOf(permission: string): string {
  return permission.split(':')[0] ?? '';
}

/** @returns `other` for an area that has found no place yet. */
export function groupOf(permission: string): PermissionGroup {
  const area = areaOf(permission);
  for (const [group, areas] of Object.entries(PERMISSION_GROUPS)) {
    if ((areas as readonly string[]).includes(area)) return group as PermissionGroup;
  }
  return 'other';
}

/**
 * What somebody must have besides: who changes a thing is answered with it, so changing without seeing would be
 * seeing all the same; and a payload is a part of its request.
 */
export function neededFor(permission: Permission): readonly Permission[] {
  if (permission === 'keys:write-any') return ['keys:read', 'keys:write'];
  if (permission === 'payloads:read') return ['requests:read'];
  const read = `${areaOf(permission)}:read`;
  return PERMISSIONS.filter((one) => one === read && one !== permission);
}

export const BUILT_IN_ROLE_DESCRIPTIONS: Readonly<Record<BuiltInRole, string>> = {
  owner: 'Everything, the plan and payment included. An organization has at least one.',
  admin: 'Everything but changing the plan, payment and single sign-on.',
  developer: 'Sees the product, and makes keys for themselves and their teams.',
  finance: 'Sees the product, and looks after budgets, prices, invoices and payment.',
  viewer: 'Sees the product and changes nothing.',
};
