/** Requests that other gateways served, or that this one has forgotten: from the ledger, once shipped. */

export interface StoredRequests {
  /**
   * The report as JSON, or undefined: there is none (yet) for this organization and key.
   *
   * Rejections mean "cannot tell now".
   */
  find(
    organizationId: string,
    keyId: string,
    requestId: string,
  ): Promise<Record<string, unknown> | undefined>;
}
