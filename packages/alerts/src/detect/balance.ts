/**
 * The prepaid balance: low until it has recovered. Billing says both once (credits/low-balance.ts); whose word came too
 * long ago to be read is asked what stands in the profile, so that no alert stays open for good.
 */
import { type Observation, observe } from '../observation.ts';
import type { WebhookEvent } from '../webhooks/event-types.ts';
import { type Look, openOf } from './look.ts';

const KIND = 'credits-low';
const CAUSE = { kind: KIND, causeKey: 'credits', periodKey: '' } as const;
const TARGET = { kind: 'credits', id: '', name: '' } as const;

/** @param told The newest of what billing said since the last look. */
export async function detectLowBalance(look: Look, told: WebhookEvent | undefined): Promise<Observation[]> {
  if (told !== undefined) {
    const firing = told.type === 'credits.low';
    return [
      observe({
        ...CAUSE,
        target: TARGET,
        firing,
        severity: 'critical',
        recoveryReason: 'above',
        figures: textsOf(told.data),
      }),
    ];
  }
  const open = openOf(look, KIND);
  if (!look.byTime || open.length === 0) return [];
  const profile = await look.tx.billingProfile.findUnique({
    where: { organizationId: look.organizationId },
    select: { balanceLowSince: true },
  });
  if (profile?.balanceLowSince != null) return [];
  return open.map(({ ruleId, causeKey, periodKey, figures }) =>
    observe({
      kind: KIND,
      ruleId,
      causeKey,
      periodKey,
      target: TARGET,
      firing: false,
      recoveryReason: 'above',
      figures,
    }),
  );
}

function textsOf(data: WebhookEvent['data']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
