/**
 * How a request to a provider proves who sends it, where a fixed header is not enough: signatures over the whole
 * request (AWS) and short-lived tokens bought with a key (Google).
 *
 * One authorizer belongs to one version of one credential; it may keep a token, so keep it as long as the
 * credential's connections. Not here: which credential serves (gateway), where it is kept (keys).
 */

export interface UnsignedRequest {
  readonly method: string;
  /** As `URL.origin` writes it. */
  readonly origin: string;
  /** Path and query exactly as they will be sent. */
  readonly path: string;
  /** Names in lower case. All that will be sent; `host` is the origin's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

export interface UpstreamAuthorizer {
  /**
   * The request's headers together with those that authorize it; at once where nothing has to be waited for.
   *
   * @throws {GatewayError} `provider_credential_rejected`, or `upstream_unavailable` where the token's issuer does
   * not answer.
   */
  authorize(
    request: UnsignedRequest,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** What must never be shown of it, tokens included; for `redact`. */
  secrets(): readonly string[];
}

/** A bearer token, an `x-api-key`: the same header each time. */
export function headerAuthorizer(name: string, value: string, secret: string): UpstreamAuthorizer {
  return {
    authorize: ({ headers }) => ({ ...headers, [name]: value }),
    secrets: () => [secret],
  };
}
