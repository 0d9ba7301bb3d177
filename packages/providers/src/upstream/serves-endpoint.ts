/** Whether a provider can answer at an endpoint at all, before there is a request. Pure. */
import type { Provider } from '../provider.ts';
import type { ClientFormat } from './client-format.ts';
import { chooseFormat } from './generate.ts';
import { findBridge, hasTask } from './task-bridge.ts';
import type { TaskEndpoint } from './tasks.ts';

const FORMATS: ReadonlySet<string> = new Set<ClientFormat>([
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'anthropic-messages',
  'gemini-generate',
]);

/** By the rules of `isServedBy` of a request. @param upstreamModel As the provider is asked for it. */
export function servesEndpoint(
  provider: Provider,
  upstreamModel: string,
  endpoint: ClientFormat | TaskEndpoint,
): boolean {
  if (isFormat(endpoint)) return chooseFormat(provider, upstreamModel, endpoint) !== undefined;
  return (
    findBridge(provider, endpoint, upstreamModel) !== undefined || hasTask(provider, endpoint, upstreamModel)
  );
}

function isFormat(endpoint: ClientFormat | TaskEndpoint): endpoint is ClientFormat {
  return FORMATS.has(endpoint);
}
