/** What processors and tasks work with; handed in by the process. */
import type { NotifySettings } from '@tollgate/alerts';
import type { CheckpointSigner } from '@tollgate/audit';
import type { PaymentProcessor } from '@tollgate/billing';
import type { Clock } from '@tollgate/clock';
import type { KeyRing } from '@tollgate/config';
import type { Database } from '@tollgate/db';
import type { BudgetExcess } from '@tollgate/limits';
import type { Logger } from '@tollgate/logging';
import type { MailTransport, SendingMails } from '@tollgate/mail';
import type { AccountOptions } from './batches/provider-account.ts';
import type { Turns } from './turns.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface Retention {
  /** How many whole months of the request log are kept besides the running one. */
  readonly requestLogMonths: number;
  /** The same of the ledger; 0: for ever. */
  readonly ledgerMonths: number;
}

export interface WorkerContext {
  /** In the worker's role. */
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: WorkerMetrics;
  /** Without it mails wait in the database. */
  readonly mail?: { readonly transport: MailTransport; readonly ring: KeyRing };
  /** What earlier rounds are still sending. Without it each mail is waited for. */
  readonly sending?: SendingMails;
  /** Of organizations in rounds that wait for servers of theirs. Without it each is waited for. */
  readonly turns?: Turns;
  /** Hard budgets that stand above their limit after a correction. */
  readonly tellOfExcess?: (organizationId: string, excesses: readonly BudgetExcess[]) => void;
  /** Where exports are written; the console reads the same folder. Without it they wait. */
  readonly exportsFolder?: string;
  /** Without it alerts and webhooks wait in the database. */
  readonly notify?: NotifySettings;
  /** How providers are asked with the organizations' own credentials. Without it batches are not followed. */
  readonly accounts?: AccountOptions;
  /** Without it nothing is dropped. */
  readonly retention?: Retention;
  /** Stripe. Without it invoices are paid by hand. */
  readonly payments?: PaymentProcessor;
  /** Without it audit chains have no signed checkpoints. */
  readonly signer?: CheckpointSigner;
}
