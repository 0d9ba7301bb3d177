/** Where a request goes. */
export interface UpstreamAddress {
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}
