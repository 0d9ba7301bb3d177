/** What a caller of this package may be refused; everything else thrown is a fault. */
export type BillingErrorCode =
  /** No such thing in this organization. */
  | 'not-found'
  /** The period has not ended. */
  | 'period-running'
  /** The state does not allow this step. */
  | 'wrong-state'
  /** Usage of the period is recorded but not yet in the draft: try again in seconds. */
  | 'usage-arriving'
  /** Lines and ledger differ: nothing may be numbered before somebody looked. */
  | 'disagrees-with-ledger'
  /** Another issuer numbers in the series. */
  | 'series-taken'
  /** Something of the same kind is there already. */
  | 'place-taken'
  /** Where a secret is sent changes only with the secret. */
  | 'secret-needed';

/** Which state it was, where `wrong-state` stands for several. */
export type BillingErrorReason =
  | 'empty-range'
  | 'too-many-exports'
  | 'too-many-destinations'
  | 'export-not-kept'
  | 'export-elsewhere'
  | 'invoice-not-draft'
  | 'note-not-draft'
  | 'invoice-void'
  | 'nothing-to-confirm'
  | 'month-over'
  | 'shares-not-whole';

export class BillingError extends Error {
  override readonly name = 'BillingError';
  readonly code: BillingErrorCode;
  readonly reason: BillingErrorReason | undefined;

  constructor(code: BillingErrorCode, message: string, reason?: BillingErrorReason) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}
