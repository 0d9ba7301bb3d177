import { type ErrorScope, GATEWAY_ERROR, type GatewayErrorCode } from './gateway-error-code.ts';

/** What a refusal tells besides its code; each as far as it applies. Never holds secrets or request bodies. */
export interface GatewayErrorDetails {
  /** Status to use instead of the table's: a provider's own 4xx about the request. */
  readonly status?: number;
  /** The request field at fault, as the client wrote it. */
  readonly param?: string;
  readonly ruleId?: string;
  readonly scope?: ErrorScope;
  readonly limit?: string;
  readonly used?: string;
  readonly requested?: string;
  /** ISO 8601, UTC. */
  readonly resetsAt?: string;
  readonly source?: 'tollgate' | 'provider';
  /** How long to wait before trying again, where known. */
  readonly retryAfterMs?: number;
  /** The provider's own error type and code, where the dialects agree and they may pass. */
  readonly upstreamType?: string;
  readonly upstreamCode?: string;
  readonly cause?: unknown;
}

/** An outcome that the client is told. Anything else that is thrown is a bug and answers 500. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly details: GatewayErrorDetails;

  constructor(code: GatewayErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? GATEWAY_ERROR[this.code].status;
  }
}
