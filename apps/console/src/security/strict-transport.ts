/**
 * Whether browsers shall never again ask for the console without TLS. Only where its own address is https: over
 * plain http the header means nothing, and on a developer's `localhost` it would lock other programs out.
 */
const TWO_YEARS_SECONDS = 63_072_000;

/** @returns The header's value; undefined: none. Of this host alone: its neighbours are not ours to decide. */
export function strictTransportSecurity(consoleUrl: string | undefined): string | undefined {
  return consoleUrl?.trim().toLowerCase().startsWith('https://') ? `max-age=${TWO_YEARS_SECONDS}` : undefined;
}
