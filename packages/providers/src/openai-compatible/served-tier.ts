/**
 * The service tier that an answer names (OpenAI's `service_tier`): who asks for `auto`, or for `flex` where there is no
 * room, is served and billed by another tier than the asked one.
 */
const PRICED: ReadonlySet<unknown> = new Set(['default', 'flex', 'priority']);

/** @returns Undefined: what was asked for stands. */
export function servedTierOf(value: unknown): string | undefined {
  return PRICED.has(value) ? (value as string) : undefined;
}
