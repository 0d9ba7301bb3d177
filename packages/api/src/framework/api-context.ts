/** What the API works with; handed in by the process that serves it. */
import type { PaymentProcessor } from '@tollgate/billing';
import type { Clock } from '@tollgate/clock';
import type { KeyRing } from '@tollgate/config';
import type { Database } from '@tollgate/db';
import type { AttemptCounter, IdentityContext, IdentitySettings, LookUpTxt } from '@tollgate/identity';
import type { KeyHasher } from '@tollgate/keys';
import type { Logger } from '@tollgate/logging';
import type { QueueMonitor } from '@tollgate/queues';
import type { ReadRateUse } from '../limits/effective-policy.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { ReportGate, ReportGateOptions } from './report-gate.ts';

export interface ApiOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: IdentitySettings & {
    /** For documentation and snippets. */
    readonly gatewayUrl: string;
    /** Exact origins (`http://127.0.0.1:4010`) that may be private addresses. */
    readonly allowedPrivateOrigins: readonly string[];
    /** Besides those, for credentials that the operator resells. */
    readonly operatorPrivateOrigins?: readonly string[];
    /**
     * Whether this installation's gateways hold requests to budgets and rate limits. A limit that nobody keeps is
     * worse than none, so without it none can be made.
     */
    readonly limitsEnforced: boolean;
  };
  readonly keyPeppers: KeyRing;
  readonly encryptionKeys: KeyRing;
  readonly changes: ChangeFeed;
  readonly attempts: AttemptCounter;
  /** Tells the peer's address. Without it, every caller shares one throttle. */
  readonly clientAddress?: (request: Request) => string;
  /** Stripe. Without it invoices are paid by hand, and what needs it says so. */
  readonly payments?: PaymentProcessor;
  /** What rate limits have used just now. Without it, policies show limits without what is left of them. */
  readonly readRateUse?: ReadRateUse;
  /** The queues, for the operator. Without it nobody sees how they stand. */
  readonly queues?: QueueMonitor;
  /** Where the worker leaves exports. Without it none can be fetched. */
  readonly exportsFolder?: string;
  /** How the records that prove domains are looked up; by the system's servers unless told. */
  readonly lookUpTxt?: LookUpTxt;
  /** How long a client may take to send a body of the usual size; half a minute unless told. */
  readonly bodyWithinMs?: number;
  /** How many files of an organization are read at once, and for how long others wait for that; `FILE_GATE` unless told. */
  readonly fileGate?: ReportGateOptions;
}

export interface ApiContext extends ApiOptions {
  readonly identity: IdentityContext;
  readonly keyHasher: KeyHasher;
  readonly reports: ReportGate;
  readonly files: ReportGate;
}
