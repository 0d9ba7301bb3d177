/** What billing is told of a step that somebody takes by the API: who, when, and whether Stripe collects. */
import { whoOf } from '../audit/who-of.ts';
import type { DetachedCall } from '../framework/route.ts';

export function billingStepOf(call: DetachedCall<unknown, unknown, unknown>) {
  return {
    organizationId: call.organizationId,
    ...whoOf(call),
    collectsByStripe: call.context.payments !== undefined,
  };
}
