/**
 * Ids of everything that Tollgate names: a prefix that says the kind, then a UUIDv7 in base58.
 *
 * Minted by the application, so that a row's id is known before its insert. Not secrets.
 */
import { decodeBase58, encodeBase58 } from './base58.ts';
import { newUuidV7Bytes, timeOfUuidV7 } from './uuid-v7.ts';

export const ID_PREFIX = {
  user: 'usr',
  account: 'acc',
  session: 'ses',
  passkey: 'psk',
  organization: 'org',
  member: 'mem',
  role: 'role',
  invitation: 'invite',
  team: 'team',
  serviceAccount: 'sa',
  virtualKey: 'key',
  keySecret: 'sec',
  adminToken: 'adm',
  providerCredential: 'cred',
  model: 'mdl',
  priceVersion: 'prc',
  rerating: 'rrt',
  providerBatch: 'pbt',
  markupRule: 'mkp',
  route: 'route',
  budget: 'bud',
  grant: 'grt',
  rateLimit: 'lim',
  invoice: 'inv',
  invoiceLine: 'line',
  creditNote: 'cn',
  creditEntry: 'crd',
  plan: 'plan',
  subscription: 'sub',
  taxRate: 'tax',
  payment: 'pay',
  topUp: 'top',
  stripePush: 'push',
  difference: 'dif',
  alert: 'alr',
  alertRule: 'alrule',
  alertDelivery: 'ald',
  notificationChannel: 'chan',
  notification: 'ntf',
  playgroundPrompt: 'prompt',
  webhookEndpoint: 'wh',
  webhookDelivery: 'whd',
  event: 'evt',
  gateway: 'gw',
  gatewayEpoch: 'gwe',
  identityProvider: 'idp',
  domain: 'dom',
  file: 'file',
  dataExport: 'exp',
  exportSchedule: 'exs',
  exportDestination: 'exd',
  exportDelivery: 'exv',
  providerBill: 'bill',
  gatewayImport: 'imp',
  costSplit: 'split',
  savedView: 'view',
  savedReport: 'report',
  request: 'req',
} as const;

export type IdKind = keyof typeof ID_PREFIX;

/** An id of one kind; kinds do not mix at compile time. A string brand, so that builds agree on it. */
export type Id<K extends IdKind = IdKind> = string & { readonly __id: K };

/** Mints an id. @param nowMs Unix milliseconds of the process clock; orders ids by time. */
export function newId<K extends IdKind>(kind: K, nowMs: number): Id<K> {
  return `${ID_PREFIX[kind]}_${encodeBase58(newUuidV7Bytes(nowMs))}` as Id<K>;
}

/** Whether `value` has the form of an id of this kind (it may still name nothing). */
export function isId<K extends IdKind>(kind: K, value: string): value is Id<K> {
  return parseId(kind, value) !== undefined;
}

/** @returns The id with its creation time in Unix milliseconds, or undefined when it is not of this form. */
export function parseId<K extends IdKind>(kind: K, value: string): { id: Id<K>; timeMs: number } | undefined {
  const prefix = `${ID_PREFIX[kind]}_`;
  if (!value.startsWith(prefix)) return undefined;
  const bytes = decodeBase58(value.slice(prefix.length), 16);
  if (bytes === undefined) return undefined;
  return { id: value as Id<K>, timeMs: timeOfUuidV7(bytes) };
}
