/** What a caller of this package may be refused; everything else thrown is a fault. */
export type ReconciliationErrorCode =
  /** No such thing in this organization. */
  | 'not-found'
  /** The state does not allow this step. */
  | 'wrong-state'
  /** More decisions would be lost than whoever asks knows of. */
  | 'drops-decisions'
  /** What was looked at is no longer what stands there. */
  | 'compared-since';

export class ReconciliationError extends Error {
  override readonly name = 'ReconciliationError';
  readonly code: ReconciliationErrorCode;
  /** How many would be lost. */
  readonly decisions: number | undefined;

  constructor(code: ReconciliationErrorCode, message: string, decisions?: number) {
    super(message);
    this.code = code;
    this.decisions = decisions;
  }
}
