/**
 * What an address wants besides the format's own body: where Claude or Gemini is served by somebody else, the model
 * (and often the stream) is in the path, and the API's version in the body.
 */
import type { WireFormat } from '@tollgate/dialects';
import type { Provider } from '../provider.ts';

export interface NativeMembers {
  /** The address names the model, so that the body must not. */
  readonly inPath: boolean;
  readonly remove: readonly string[];
  readonly add: Readonly<Record<string, string | readonly string[]>>;
}

const PLAIN: NativeMembers = { inPath: false, remove: [], add: {} };
/** The address says whether to stream; the version stands in the body. Amazon's InvokeModel for Claude. */
const BEDROCK: NativeMembers = {
  inPath: true,
  remove: ['stream'],
  add: { anthropic_version: 'bedrock-2023-05-31' },
};
/** Google's rawPredict for Claude keeps `stream`. */
const VERTEX: NativeMembers = { inPath: true, remove: [], add: { anthropic_version: 'vertex-2023-10-16' } };

/** @param betas The client's `anthropic-beta`, which Bedrock takes in the body. */
export function nativeMembersOf(
  provider: Provider,
  format: WireFormat,
  betas: readonly string[],
): NativeMembers {
  if (format !== 'anthropic-messages') return PLAIN;
  if (provider.id === 'google-vertex') return VERTEX;
  if (provider.id !== 'amazon-bedrock') return PLAIN;
  return betas.length === 0 ? BEDROCK : { ...BEDROCK, add: { ...BEDROCK.add, anthropic_beta: betas } };
}
