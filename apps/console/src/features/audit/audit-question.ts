/** What the address asks of the audit log: the path of the list, and its file. Pure. */
import { withQuery } from '../../api/query-key.ts';
import type { UrlState } from '../common/use-url-state.ts';
import { addDays, findCalendarDate, startOfDate } from '../usage/zoned-time.ts';

export const AUDIT_FILTERS = [
  'action',
  'targetKind',
  'targetId',
  'actor',
  'actorKind',
  'from',
  'to',
] as const;

/** Kinds of those who act, as the API filters them. */
export const ACTOR_KINDS = ['user', 'adminToken', 'system', 'outsider'] as const;

/** @returns The list without `limit`; days of the address are whole days of `timeZone`. */
export function auditPath(url: Pick<UrlState, 'get'>, timeZone: string): string {
  const from = findCalendarDate(url.get('from'));
  const to = findCalendarDate(url.get('to'));
  return withQuery('/audit-events', {
    action: url.get('action'),
    targetKind: url.get('targetKind'),
    targetId: url.get('targetId'),
    actorId: url.get('actor'),
    actorKind: ACTOR_KINDS.find((kind) => kind === url.get('actorKind')),
    from: from && new Date(startOfDate(from, timeZone)).toISOString(),
    to: to && new Date(startOfDate(addDays(to, 1), timeZone)).toISOString(),
  });
}

const KIND = 'kind:';

/** One control chooses a kind of actors, or one of them. */
export function toActorChoice(url: Pick<UrlState, 'get'>): string {
  const kind = ACTOR_KINDS.find((each) => each === url.get('actorKind'));
  return url.get('actor') ?? (kind === undefined ? '' : `${KIND}${kind}`);
}

/** @returns What the choice puts into the address; an empty one takes it out. */
export function fromActorChoice(choice: string): {
  actor: string | undefined;
  actorKind: string | undefined;
} {
  if (choice.startsWith(KIND)) return { actor: undefined, actorKind: choice.slice(KIND.length) };
  return { actor: choice === '' ? undefined : choice, actorKind: undefined };
}
