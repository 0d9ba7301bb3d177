/**
 * Bounds what is spent on resold models where nobody has said anything of it: organizations from before something was
 * resold, and those made by a way that does not ask. Raises those that have shown since that they can pay.
 *
 * Not here: what they are bounded to and how it is counted (packages/limits).
 */
import { NO_ORIGIN } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { ensureResoldBudget, RESOLD_ACTOR, raiseResoldBudget } from '@tollgate/limits';
import type { WorkerContext } from '../worker-context.ts';

const PAGE = 200;
/** The month is summed once, and of a large organization that takes its time. */
const TIMEOUT_MS = 120_000;

/** @throws {AggregateError} After all had their turn, when some failed. */
export async function boundResale(context: WorkerContext, signal: AbortSignal, page = PAGE): Promise<void> {
  const byPayment = context.payments !== undefined;
  const faults = [
    ...(await inPages(context, signal, page, {
      said: 'what organizations may spend on resold models was bounded',
      list: (tx) =>
        tx.$queryRaw`SELECT id FROM list_resale_to_bound(${page}::integer, ${byPayment}::boolean) AS id`,
      change: (change) => ensureResoldBudget(change, byPayment),
    })),
    ...(await raise(context, signal, page)),
  ];
  if (faults.length > 0)
    throw new AggregateError(faults, `Cannot finish the round: ${faults.length} organizations failed`);
}

/** As soon as Stripe has told of something; whoever fails here has another turn with the round. */
export async function raiseResale(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const faults = await raise(context, signal, PAGE);
  for (const err of faults)
    context.logger.warn({ err }, 'what an organization may spend on resold models was not raised yet');
}

function raise(context: WorkerContext, signal: AbortSignal, page: number): Promise<unknown[]> {
  return inPages(context, signal, page, {
    said: 'organizations have shown that they can pay and may spend more on resold models',
    list: (tx) => tx.$queryRaw`SELECT id FROM list_shown_payment(${page}::integer) AS id`,
    change: async (change) => (await raiseResoldBudget(change)) !== null,
  });
}

interface Step {
  readonly said: string;
  /** Those at which there is something to do: whoever is done is not listed again. */
  readonly list: (tx: Transaction) => Promise<{ id: string }[]>;
  /** @returns Whether there was anything to do. */
  readonly change: (change: Parameters<typeof raiseResoldBudget>[0]) => Promise<boolean>;
}

/** @returns What went wrong, when all have had their turn. */
async function inPages(
  { database, clock, logger }: WorkerContext,
  signal: AbortSignal,
  page: number,
  { said, list, change }: Step,
): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (;;) {
    const rows = await database.platform(list);
    let changed = 0;
    for (const { id: organizationId } of rows) {
      if (signal.aborted) return faults;
      try {
        const nowMs = clock.nowMs();
        const isChanged = await database.tenant(
          organizationId,
          async (tx) => {
            const given = { tx, organizationId, actor: RESOLD_ACTOR, origin: NO_ORIGIN, nowMs };
            return (await change(given)) && (await tellGateways(tx, organizationId, nowMs));
          },
          { timeoutMs: TIMEOUT_MS },
        );
        if (isChanged) changed += 1;
      } catch (error) {
        faults.push(error);
      }
    }
    if (changed > 0) logger.info({ organizations: changed }, said);
    // Those that failed are listed again: the next round's.
    if (rows.length < page || changed === 0) return faults;
  }
}

async function tellGateways(tx: Transaction, organizationId: string, nowMs: number): Promise<true> {
  await tx.$executeRaw`
    INSERT INTO outbox_events (id, organization_id, kind, target_id, created_at)
    VALUES (${newId('event', nowMs)}, ${organizationId}, 'policy-changed', ${organizationId}, ${new Date(nowMs)})`;
  return true;
}
