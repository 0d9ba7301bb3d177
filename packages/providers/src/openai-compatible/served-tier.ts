/**
 * The service tier that an answer names (OpenAI's `service_tier`, Gemini's `usageMetadata.serviceTier`, the `speed` in
 * Anthropic's usage): who asks for `auto`, or for `flex` where there is no room, is served and billed by another tier
 * than the asked one. Anthropic's own `service_tier` is none of them: its tokens cost the same in each.
 */
const PRICED: ReadonlySet<unknown> = new Set(['default', 'flex', 'priority']);

/** @returns Undefined: what was asked for stands. */
export function servedTierOf(value: unknown): string | undefined {
  return PRICED.has(value) ? (value as string) : undefined;
}

/** @param usage Gemini's `usageMetadata`; Vertex leaves the tier out. */
export function servedTierInGeminiUsage(usage: unknown): string | undefined {
  const tier = memberOf(usage, 'serviceTier');
  if (typeof tier !== 'string') return undefined;
  const word = tier.toLowerCase();
  return word === 'standard' ? 'default' : servedTierOf(word);
}

/** @param usage Of a Message: its speed stands there where fast mode can be asked for. */
export function servedSpeedInMessagesUsage(usage: unknown): string | undefined {
  const speed = memberOf(usage, 'speed');
  if (speed === 'standard') return 'default';
  return speed === 'fast' ? speed : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
