/** What a caller of this package may be refused; everything else thrown is a fault. */
export type ReconciliationErrorCode =
  /** No such thing in this organization. */
  | 'not-found'
  /** The state does not allow this step. */
  | 'wrong-state';

export class ReconciliationError extends Error {
  override readonly name = 'ReconciliationError';
  readonly code: ReconciliationErrorCode;

  constructor(code: ReconciliationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
