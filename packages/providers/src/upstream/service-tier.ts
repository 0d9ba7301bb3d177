/**
 * The service tier that a request asks for, as prices name it: it decides what an attempt costs, so that it is read
 * before anything is held. Words for the usual tier are one; any other stands for itself, and has a price or none.
 */
import { decodeBytes, type ObjectMember, type WireFormat } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';

export const DEFAULT_TIER = 'default';
/** Of every line of a batch, whatever it asks for. */
export const BATCH_TIER = 'batch';

/** OpenAI's, Anthropic's, Gemini's two spellings; Anthropic's fast mode is a price of its own. */
const MEMBERS: ReadonlySet<string> = new Set(['service_tier', 'serviceTier', 'speed']);
const USUAL: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
  'unspecified',
]);
const FORM = /^[a-z][a-z0-9_-]{0,31}$/;
/** They cannot be asked for a tier: their writers report it. */
const WITHOUT_TIERS: ReadonlySet<WireFormat> = new Set(['anthropic-messages', 'cohere-chat']);

/** @throws {GatewayError} `invalid_request`: it stands there twice, so that a provider might read the other one. */
export function readServiceTier(text: string, members: readonly ObjectMember[]): string {
  let tier: string | undefined;
  for (const { name, valueStart, end } of members) {
    if (!MEMBERS.has(name)) continue;
    if (tier !== undefined) {
      throw new GatewayError('invalid_request', `Cannot read the request: "${name}" must appear once.`, {
        param: name,
      });
    }
    const value: unknown = JSON.parse(decodeBytes(text.slice(valueStart, end)));
    if (value !== null) tier = tierOf(value);
  }
  return tier ?? DEFAULT_TIER;
}

const GEO = /^"([a-z]{2,16})"$/;

/** Anthropic's `inference_geo`: every region but its usual `global` has a surcharge (Anthropic, Pricing). */
export function readInferenceGeo(text: string, members: readonly ObjectMember[]): string | undefined {
  const member = members.find(({ name }) => name === 'inference_geo');
  const geo = member === undefined ? undefined : GEO.exec(text.slice(member.valueStart, member.end))?.[1];
  return geo === 'global' ? undefined : geo;
}

function tierOf(value: unknown): string {
  const word = typeof value === 'string' ? value.toLowerCase().replace(/^service_tier_/, '') : '';
  if (USUAL.has(word)) return DEFAULT_TIER;
  return FORM.test(word) ? word : 'other';
}

/** What is left of it where another format is asked. */
export function translatedTier(tier: string, format: WireFormat): string {
  return WITHOUT_TIERS.has(format) ? DEFAULT_TIER : tier;
}
