/**
 * What an address wants besides the format's own body: where Claude is served by somebody else, the model (and often
 * the stream) is in the path, and the API's version in the body.
 */
import type { MessagesPatch } from '@tollgate/dialects';
import { hostedMessagesPatch } from '../bedrock/invoke.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** @returns Undefined: the format's own provider, or one that has the very same address and body. */
export function hostedPatchOf(
  provider: Provider,
  format: ProviderEndpoint,
  betas: readonly string[],
): MessagesPatch | undefined {
  if (format !== 'anthropic-messages') return undefined;
  if (provider.id !== 'google-vertex' && provider.id !== 'amazon-bedrock') return undefined;
  return hostedMessagesPatch(provider.id, betas);
}
