/**
 * Which writes to its prompt cache a provider can bill for a request: what each format has words for, and whether an hour
 * was asked for. Budgets hold the input at the dearest of them. Pure.
 *
 * Nobody lets a cache live an hour unasked who serves Claude himself: `ttl` "defaults to 5m" (Anthropic's API
 * reference, CacheControlEphemeral), and every recorded answer that tells of an hour has a request that says so.
 */
import type { CacheWrites } from '@tollgate/catalog';
import type { WireFormat } from '@tollgate/dialects';
import type { Provider } from '../provider.ts';

/** By what the readers of usage find in answers: OpenAI has one kind, which it keeps for half an hour. */
const TOLD: Readonly<Record<WireFormat | 'openai-completions', CacheWrites>> = {
  'openai-chat': '5m',
  'openai-responses': '5m',
  'openai-completions': '5m',
  'anthropic-messages': '1h',
  'bedrock-converse': '1h',
  'gemini-generate': 'none',
  'cohere-chat': 'none',
};
/** Whichever way JSON can spell it. In a text of the conversation its quotes have a backslash. */
const HOUR = /"1h"|\\u0031|\\u0068/;

/**
 * @param text The client's body as Latin-1; its marks, like all else, stand in it before they are translated.
 * @param address The credential's base URL. Undefined: it is the provider's own.
 */
export function cacheWritesIn(
  format: WireFormat | 'openai-completions',
  provider: Provider,
  text: string,
  address?: string,
): CacheWrites {
  const told = TOLD[format];
  if (told === 'none') return told;
  const trusted = provider.hourCacheIfAskedAt;
  const isOwn = trusted !== undefined && (address === undefined || trusted.test(address));
  // Whom such marks are passed on to in OpenAI's formats bills what they ask for, but tells of one kind alone.
  if (told === '5m') return !isOwn && HOUR.test(text) ? '1h' : told;
  return isOwn && !HOUR.test(text) ? '5m' : told;
}
