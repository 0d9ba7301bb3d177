/**
 * What somebody must be allowed to see who has it sent somewhere.
 *
 * Rules, channels and webhook endpoints carry amounts and names to mailboxes and addresses of people's choice. Whoever
 * sets one up is told through it, so it takes the permission to read what is told, besides the one to write rules.
 */
import {
  ALERT_KINDS,
  type AlertKind,
  isAlertKind,
  READ_PERMISSION_OF,
  WEBHOOK_EVENT_TYPES,
} from '@tollgate/alerts';
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor, type Permission } from '@tollgate/identity';
import { ApiProblem } from '../framework/problem.ts';

const PERMISSION_OF_KIND: Readonly<Record<AlertKind, Permission>> = READ_PERMISSION_OF;

const PERMISSION_OF_SUBJECT: Readonly<Record<string, Permission>> = {
  budget: 'budgets:read',
  key: 'keys:read',
  provider_credential: 'provider-credentials:read',
  member: 'members:read',
  invoice: 'invoices:read',
  credit_note: 'invoices:read',
  credits: 'billing:read',
};
const EVERY_KIND = [...new Set(Object.values(PERMISSION_OF_KIND))];

/** Kinds of alerts that somebody may not see. */
export function hiddenKinds(actor: OrganizationActor): AlertKind[] {
  return ALERT_KINDS.filter((kind) => !can(actor, PERMISSION_OF_KIND[kind]));
}

/** Types of events whose content somebody may not see. */
export function hiddenEvents(actor: OrganizationActor): string[] {
  return WEBHOOK_EVENT_TYPES.filter((type) => !permissionsOfEvent(type).every((one) => can(actor, one)));
}

/** @param kind As it stands in a row. @throws {ApiProblem} `permission_denied`, naming what is missing. */
export function assertMaySee(actor: OrganizationActor, kind: string): void {
  assertAll(actor, isAlertKind(kind) ? [PERMISSION_OF_KIND[kind]] : EVERY_KIND, `have ${kind} told`);
}

/** @param events As an endpoint subscribes: `*` is all, those of later versions as well. @throws {ApiProblem} */
export function assertMaySeeEvents(actor: OrganizationActor, events: readonly string[]): void {
  const types = events.includes('*') ? WEBHOOK_EVENT_TYPES : events;
  const needed = new Set(types.flatMap(permissionsOfEvent));
  assertAll(actor, [...needed], 'send these events');
}

/**
 * For a change of where a channel leads: it moves what its rules tell.
 *
 * @throws {ApiProblem} `permission_denied`.
 */
export async function assertMaySeeChannel(
  tx: Transaction,
  actor: OrganizationActor,
  channelId: string,
): Promise<void> {
  const { organizationId } = actor;
  const rules = await tx.alertRule.findMany({
    where: { organizationId, channelIds: { has: channelId } },
    select: { kind: true },
    distinct: ['kind'],
  });
  for (const { kind } of rules) assertMaySee(actor, kind);
}

/** Until the transaction ends, nobody leads the channels of a rule elsewhere. */
export async function holdChannels(
  tx: Transaction,
  organizationId: string,
  channelIds: readonly string[],
): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM notification_channels WHERE organization_id = ${organizationId} AND id = ANY(${[...channelIds]})
    ORDER BY id FOR SHARE`;
}

function permissionsOfEvent(type: string): readonly Permission[] {
  const subject = type.split('.')[0] ?? '';
  // An alert may be of any kind.
  if (subject === 'alert') return EVERY_KIND;
  const permission = PERMISSION_OF_SUBJECT[subject];
  if (permission !== undefined) return [permission];
  return subject === 'test' ? [] : EVERY_KIND;
}

function assertAll(actor: OrganizationActor, needed: readonly Permission[], what: string): void {
  const missing = needed.filter((permission) => !can(actor, permission));
  if (missing.length === 0) return;
  throw new ApiProblem(
    'permission_denied',
    `Cannot ${what}: the permission ${missing.join(', ')} is missing, without which one may not see it`,
  );
}
