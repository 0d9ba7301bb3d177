/** Tells people what happened in their organizations, and forgets what is long past. Whom and what: packages/alerts. */
import { NOTICE_DAYS, tellPeople } from '@tollgate/alerts';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

const DAY_MS = 86_400_000;

export function tellEverybody(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { database, clock, notify } = context;
  const mail = notify === undefined ? {} : { mail: { ring: notify.ring, consoleUrl: notify.consoleUrl } };
  return forEachOrganization(database, signal, async (organizationId) => {
    await tellPeople(database, { organizationId, nowMs: clock.nowMs(), ...mail });
  });
}

/** Also secrets of playground sessions that are over: nobody can use them, and nobody needs them. */
export async function forgetNotices(
  { database, clock }: WorkerContext,
  organizationId: string,
): Promise<void> {
  const until = new Date(clock.nowMs() - NOTICE_DAYS * DAY_MS).toISOString();
  const now = clock.now().toISOString();
  await database.tenant(organizationId, async (tx) => {
    await tx.$executeRaw`
      DELETE FROM notifications WHERE organization_id = ${organizationId} AND occurred_at < ${until}::timestamptz`;
    await tx.$executeRaw`
      UPDATE playground_keys SET secret_ciphertext = NULL
      WHERE organization_id = ${organizationId} AND ends_at < ${now}::timestamptz`;
  });
}
