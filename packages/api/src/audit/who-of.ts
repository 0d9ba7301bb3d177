/** Who answers for a change that is made by the API, from where, and when: what subjects write into their audit events. */
import type { AuditActor, AuditOrigin } from '@tollgate/audit';
import { auditActor } from '@tollgate/identity';
import type { DetachedCall } from '../framework/route.ts';

export function whoOf({
  actor,
  origin,
  nowMs,
}: Pick<DetachedCall<unknown, unknown, unknown>, 'actor' | 'origin' | 'nowMs'>): {
  actor: AuditActor;
  origin: AuditOrigin;
  now: Date;
} {
  return { actor: auditActor(actor.actor), origin, now: new Date(nowMs) };
}
