/** What identity works with; handed in by whoever starts the process. */
import type { AuditOrigin } from '@tollgate/audit';
import type { Clock } from '@tollgate/clock';
import type { KeyRing } from '@tollgate/config';
import type { Database } from '@tollgate/db';
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
}

/** Where a request came from. */
export type Origin = AuditOrigin;
