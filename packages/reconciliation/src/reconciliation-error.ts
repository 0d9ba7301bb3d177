/** What a caller of this package may be refused; everything else thrown is a fault. */
export type ReconciliationErrorCode =
  /** No such thing in this organization. */
  | 'not-found'
  /** The state does not allow this step. */
  | 'wrong-state'
  /** More decisions would be lost than whoever asks knows of. */
  | 'drops-decisions'
  /** What was looked at is no longer what stands there. */
  | 'compared-since'
  /** The file is there, read as something else. */
  | 'imported-otherwise';

/** What a refusal is about, for those who say it in words of their own. */
export interface ReconciliationErrorFacts {
  /** How many would be lost. */
  readonly decisions?: number;
  readonly earlier?: { readonly bill: string; readonly provider: string; readonly timeZone: string };
}

export class ReconciliationError extends Error {
  override readonly name = 'ReconciliationError';
  readonly code: ReconciliationErrorCode;
  readonly facts: ReconciliationErrorFacts;

  constructor(code: ReconciliationErrorCode, message: string, facts: ReconciliationErrorFacts = {}) {
    super(message);
    this.code = code;
    this.facts = facts;
  }
}
