/** What identity works with; handed in by whoever starts the process. */
import type { AuditActor, AuditOrigin } from '@tollgate/audit';
import type { Clock } from '@tollgate/clock';
import type { KeyRing } from '@tollgate/config';
import type { Database, Transaction } from '@tollgate/db';
import type { AttemptCounter } from './throttle.ts';

export interface IdentitySettings {
  /** Where links lead. */
  readonly consoleUrl: string;
  readonly signUp: 'open' | 'invitation' | 'domains';
  readonly signUpDomains: readonly string[];
  readonly operatorEmails: readonly string[];
  readonly firstUserIsOperator: boolean;
  /** False without a mailer that reaches people: then addresses count as verified. */
  readonly verificationRequired: boolean;
}

export interface IdentityContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly settings: IdentitySettings;
  /** Seals what waits in the mail queue. */
  readonly encryptionKeys: KeyRing;
  readonly attempts: AttemptCounter;
  /** In the transaction in which somebody accepts an invitation, and before it can be seen. */
  readonly onJoin?: (tx: Transaction, joining: Joining) => Promise<void>;
  /** In the transaction that makes an organization, so that nobody meets it without what belongs to it. */
  readonly onFound?: (tx: Transaction, founding: Founding) => Promise<void>;
}

export interface Founding {
  readonly organizationId: string;
  readonly origin: Origin;
  readonly nowMs: number;
}

export interface Joining {
  readonly organizationId: string;
  readonly membershipId: string;
  readonly actor: AuditActor;
  readonly origin: Origin;
  readonly nowMs: number;
}

/** Where a request came from. */
export type Origin = AuditOrigin;
