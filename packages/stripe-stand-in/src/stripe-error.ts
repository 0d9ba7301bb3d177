/** Errors in Stripe's form, so that the SDK makes its own classes of them. */

export type StripeErrorType = 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';

export class StandInError extends Error {
  override readonly name = 'StandInError';
  readonly status: number;
  readonly type: StripeErrorType;
  readonly code: string | undefined;
  readonly declineCode: string | undefined;

  constructor(
    status: number,
    type: StripeErrorType,
    message: string,
    codes: { readonly code?: string; readonly declineCode?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = codes.code;
    this.declineCode = codes.declineCode;
  }

  toBody(): unknown {
    return {
      error: {
        type: this.type,
        message: this.message,
        ...(this.code === undefined ? {} : { code: this.code }),
        ...(this.declineCode === undefined ? {} : { decline_code: this.declineCode }),
      },
    };
  }
}

export const invalid = (message: string, code?: string) =>
  new StandInError(400, 'invalid_request_error', message, code === undefined ? {} : { code });

export const missing = (what: string, id: string) =>
  new StandInError(404, 'invalid_request_error', `No such ${what}: '${id}'`, { code: 'resource_missing' });

export const declined = () =>
  new StandInError(402, 'card_error', 'Your card was declined.', {
    code: 'card_declined',
    declineCode: 'generic_decline',
  });
