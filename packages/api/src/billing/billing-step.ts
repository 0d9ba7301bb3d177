/** What billing is told of a step that somebody takes by the API: who, when, and whether Stripe collects. */
import { auditActor } from '@tollgate/identity';
import type { DetachedCall } from '../framework/route.ts';

export function billingStepOf(call: DetachedCall<unknown, unknown, unknown>) {
  return {
    organizationId: call.organizationId,
    actor: auditActor(call.actor.actor),
    origin: call.origin,
    now: new Date(call.nowMs),
    collectsByStripe: call.context.payments !== undefined,
  };
}
