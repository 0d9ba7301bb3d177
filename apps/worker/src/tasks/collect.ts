/** Collection: what Stripe is told and tells, drafts of plans, balances, reminders, the nightly comparison. */
import {
  applyStripeEvents,
  compareWithStripe,
  refreshDrafts,
  runDunning,
  runPushes,
  topUpAutomatically,
  watchBalance,
} from '@tollgate/billing';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';
import { raiseResale } from './bound-resale.ts';

/** Tells Stripe what waits, and applies what it told. Without a key for it there is nothing to do. */
export async function collect(context: WorkerContext, signal: AbortSignal) {
  const { database, clock, logger, payments } = context;
  if (payments === undefined) return;
  const applied = await applyStripeEvents(database, payments, {
    now: clock.now(),
    signal,
    onError: (err, { alarm, ...event }) => {
      const detail = { err, ...event, ...(alarm ? { alarm: true } : {}) };
      logger.warn(detail, 'an event of Stripe could not be applied yet');
    },
  });
  if (applied > 0) {
    logger.info({ applied }, 'events of Stripe were applied');
    // Not within their transactions: what fails here must not keep a payment from being known.
    await raiseResale(context, signal);
  }
  await forEachOrganization(database, signal, async (organizationId) => {
    await runPushes(database, payments, {
      organizationId,
      nowMs: clock.nowMs(),
      signal,
      onError: (err, { state, ...push }) => {
        const detail = { err, organizationId, ...push };
        if (state === 'failed')
          logger.error({ alarm: true, ...detail }, 'Stripe refuses; finance has to look');
        else logger.warn(detail, 'Stripe could not be told yet');
      },
    });
  });
}

/** Drafts that owe a plan without usage, and what is left of prepaid credits. */
export function keepBalances(
  { database, clock, logger, payments }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  return forEachOrganization(database, signal, async (organizationId) => {
    await refreshDrafts(database, organizationId, clock.nowMs());
    await watchBalance(database, organizationId, clock.now());
    if (payments === undefined) return;
    const toppedUp = await topUpAutomatically(database, payments, {
      organizationId,
      now: clock.now(),
    });
    if (toppedUp === 'charged') logger.info({ organizationId }, 'prepaid credits were topped up');
    if (toppedUp === 'failed') logger.warn({ organizationId }, 'prepaid credits could not be topped up');
  });
}

export function remind(
  { database, clock, logger, mail, notify }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  return forEachOrganization(database, signal, async (organizationId) => {
    const { taken, unmailed } = await runDunning(database, {
      organizationId,
      now: clock.now(),
      ring: mail?.ring,
      consoleUrl: notify?.consoleUrl ?? '',
    });
    for (const step of taken) logger.info({ organizationId, ...step }, 'a dunning step was taken');
    for (const step of unmailed) {
      const detail = { alarm: true, organizationId, ...step };
      logger.error(detail, 'a dunning step was taken, and its mail cannot go to the address it is meant for');
    }
  });
}

/** Every difference is somebody's to look at: said one by one. */
export async function compareAll(
  { database, clock, logger, payments }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  if (payments === undefined) return;
  await forEachOrganization(database, signal, async (organizationId) => {
    const differences = await compareWithStripe(database, payments, { organizationId, now: clock.now() });
    for (const difference of differences)
      logger.error({ alarm: true, organizationId, ...difference }, 'our books and Stripe’s disagree');
  });
}
