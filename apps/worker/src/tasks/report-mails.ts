/** Mails saved reports after each month. What, when and to whom: packages/api (usage/report-mails). */
import { mailReports } from '@tollgate/api/report-mails';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

export function mailAllReports(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { database, clock, logger, notify } = context;
  if (notify === undefined) return Promise.resolve();
  const { ring, consoleUrl } = notify;
  return forEachOrganization(database, signal, async (organizationId) => {
    const queued = await mailReports(database, { organizationId, nowMs: clock.nowMs(), ring, consoleUrl });
    if (queued > 0) logger.info({ organizationId, queued }, 'reports of the month were mailed');
  });
}
