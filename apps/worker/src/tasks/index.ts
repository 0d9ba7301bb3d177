/**
 * The rounds of the worker: what is done, how often, by schedule. Each is safe to run twice and at once; jobs
 * only make things happen sooner than the next round would.
 */
import { deliverExports, extendSummaries, makeExports, rollUp, takeUpTimeZone } from '@tollgate/billing';
import { deliverPendingMail } from '@tollgate/mail';
import { followBatches } from '../batches/follow-batches.ts';
import { loadMailAttachments } from '../mail-attachments.ts';
import { forEachOrganization } from '../organizations.ts';
import { takeTurn } from '../turns.ts';
import type { WorkerContext } from '../worker-context.ts';
import { lookForAllAlerts, notifyAll } from './alerts.ts';
import { boundResale } from './bound-resale.ts';
import { auditAllBudgets, endEpochs } from './budgets.ts';
import { carryOutDecisions } from './carry-out-decisions.ts';
import { closeInvoices, renderMissingDocuments } from './close-invoices.ts';
import { collect, compareAll, keepBalances, remind } from './collect.ts';
import { cleanMails, cleanOrganization } from './housekeeping.ts';
import { issueNotes } from './issue-notes.ts';
import { remindOfRotations } from './key-reminders.ts';
import { ensurePartitions } from './partitions.ts';
import { deleteOldPayloads } from './payload-retention.ts';
import { mailAllReports } from './report-mails.ts';
import { rerate } from './rerating.ts';
import { sealAudit } from './seal-audit.ts';
import { forgetNotices, tellEverybody } from './tell-people.ts';

export interface Task {
  readonly everyMs: number;
  /** Also run when the process clock was moved. */
  readonly onClockMoved?: boolean;
  run(context: WorkerContext, signal: AbortSignal): Promise<void>;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** What is not summarized yet is read from the cubes: nothing waits for these. */
const SUMMARY_DAYS_A_ROUND = 5;

export const TASKS = {
  'rollup-sweep': {
    everyMs: 15 * SECOND_MS,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, async (organizationId) => {
        await rollUp(context.database, { organizationId, nowMs: context.clock.nowMs(), signal });
        for (let day = 0; day < SUMMARY_DAYS_A_ROUND && !signal.aborted; day++) {
          if (!(await extendSummaries(context.database, organizationId))) break;
        }
      }),
  },
  mail: {
    everyMs: 2 * SECOND_MS,
    run: async ({ database, clock, logger, mail, sending }) => {
      if (mail === undefined) return;
      await deliverPendingMail(database, mail.transport, {
        ring: mail.ring,
        ...(sending === undefined ? {} : { sending }),
        loadAttachments: (template, data) => loadMailAttachments(database, template, data),
        nowMs: clock.nowMs(),
        onError: (error, mailId) => logger.warn({ err: error, mailId }, 'a mail could not be sent yet'),
      });
    },
  },
  rerating: {
    everyMs: 3 * SECOND_MS,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) =>
        rerate(context, organizationId, signal),
      ),
  },
  batches: {
    everyMs: 15 * SECOND_MS,
    onClockMoved: true,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) =>
        takeTurn(context, 'batches', organizationId, (turn) =>
          followBatches(context, organizationId, signal, turn),
        ),
      ),
  },
  alerts: { everyMs: 15 * SECOND_MS, onClockMoved: true, run: lookForAllAlerts },
  people: { everyMs: 10 * SECOND_MS, onClockMoved: true, run: tellEverybody },
  notify: { everyMs: 2 * SECOND_MS, onClockMoved: true, run: notifyAll },
  epochs: { everyMs: 5 * SECOND_MS, run: endEpochs },
  'resold-spend': { everyMs: 60 * SECOND_MS, run: boundResale },
  // Sums the ledger of every running budget.
  'budget-audit': { everyMs: HOUR_MS, run: auditAllBudgets },
  partitions: { everyMs: HOUR_MS, onClockMoved: true, run: ensurePartitions },
  payloads: {
    everyMs: HOUR_MS,
    onClockMoved: true,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) =>
        deleteOldPayloads(context, organizationId, signal),
      ),
  },
  'invoice-close': {
    // Cheap while nothing is due; soon after, because what waits for usage waits for seconds.
    everyMs: 60 * SECOND_MS,
    onClockMoved: true,
    run: async (context, signal) => {
      // The audit event of a finalization needs its month.
      await ensurePartitions(context);
      await forEachOrganization(context.database, signal, (organizationId) =>
        closeInvoices(context, organizationId),
      );
    },
  },
  'debit-notes': { everyMs: 60 * SECOND_MS, onClockMoved: true, run: issueNotes },
  'time-zones': {
    everyMs: 60 * SECOND_MS,
    onClockMoved: true,
    run: ({ database, clock, logger }, signal) =>
      forEachOrganization(database, signal, async (organizationId) => {
        const timeZone = await takeUpTimeZone(database, { organizationId, nowMs: clock.nowMs() });
        if (timeZone !== undefined) logger.info({ organizationId, timeZone }, 'a new time zone took effect');
      }),
  },
  documents: {
    everyMs: 60 * SECOND_MS,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) =>
        renderMissingDocuments(context, organizationId),
      ),
  },
  decisions: {
    everyMs: 10 * SECOND_MS,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) =>
        carryOutDecisions(context, organizationId),
      ),
  },
  exports: {
    everyMs: 10 * SECOND_MS,
    onClockMoved: true,
    run: async (context, signal) => {
      const { database, clock, exportsFolder: folder } = context;
      if (folder === undefined) return;
      await forEachOrganization(database, signal, async (organizationId) => {
        await makeExports(database, { organizationId, folder, now: clock.now() });
      });
    },
  },
  'export-deliveries': {
    everyMs: 10 * SECOND_MS,
    onClockMoved: true,
    run: async (context, signal) => {
      const { database, clock, exportsFolder: folder, notify } = context;
      if (folder === undefined || notify === undefined) return;
      const { ring, allowedPrivateOrigins } = notify;
      await forEachOrganization(database, signal, (organizationId) =>
        takeTurn(context, 'export-deliveries', organizationId, async () => {
          await deliverExports(database, { organizationId, folder, ring, allowedPrivateOrigins, clock });
        }),
      );
    },
  },
  'report-mails': { everyMs: 5 * 60 * SECOND_MS, onClockMoved: true, run: mailAllReports },
  collection: { everyMs: 5 * SECOND_MS, run: collect },
  balances: { everyMs: 60 * SECOND_MS, onClockMoved: true, run: keepBalances },
  dunning: { everyMs: 15 * 60 * SECOND_MS, onClockMoved: true, run: remind },
  'stripe-comparison': { everyMs: 24 * HOUR_MS, run: compareAll },
  'key-reminders': {
    everyMs: HOUR_MS,
    onClockMoved: true,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, async (organizationId) => {
        const told = await remindOfRotations(context, organizationId);
        if (told > 0) context.logger.info({ organizationId, told }, 'people were reminded of rotations');
      }),
  },
  'audit-seal': {
    everyMs: 30 * SECOND_MS,
    run: (context, signal) =>
      forEachOrganization(context.database, signal, (organizationId) => sealAudit(context, organizationId)),
  },
  housekeeping: {
    everyMs: HOUR_MS,
    run: async (context, signal) => {
      await cleanMails(context);
      await forEachOrganization(context.database, signal, async (organizationId) => {
        await cleanOrganization(context, organizationId);
        await forgetNotices(context, organizationId);
      });
    },
  },
} as const satisfies Record<string, Task>;

export type TaskName = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as readonly TaskName[];

export function isTaskName(text: string): text is TaskName {
  return Object.hasOwn(TASKS, text);
}

export function getTask(name: TaskName): Task {
  return TASKS[name];
}
