/** The provider could not be asked, or said something that is no answer; to be tried again. */
export class UnaskableError extends Error {
  override readonly name = 'UnaskableError';
  /** The provider's HTTP status; 0: none came. */
  readonly status: number;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status ?? 0;
  }
}
