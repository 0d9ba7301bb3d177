/** What a caller of collection may be refused; everything else thrown is a fault. */
export type CollectionErrorCode =
  /** No Stripe key is configured. */
  | 'not-configured'
  /** Stripe did not answer, or refused what we asked. */
  | 'processor-failed'
  | 'organization-closed'
  | 'unknown-plan'
  /** Fewer seats than members. */
  | 'too-few-seats'
  | 'invalid-amount';

export class CollectionError extends Error {
  override readonly name = 'CollectionError';
  readonly code: CollectionErrorCode;

  constructor(code: CollectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
