/** The providers that are known by name. A credential of `openai-compatible` brings its own base URL. */
import type { Provider, ProviderAuthentication } from './provider.ts';

const BEARER: ProviderAuthentication = { kind: 'bearer' };
const NEITHER: readonly string[] = ['metadata', 'user'];
/** They know only the older name, or all do that run behind the name. */
const OLDER_CAP = 'max_tokens';

const openAiCompatible = (
  id: string,
  displayName: string,
  baseUrl: string,
  unknownMembers: readonly string[] = [],
  outputCapMember: Provider['outputCapMember'] = 'max_completion_tokens',
): Provider => ({
  id,
  displayName,
  wireFormat: 'openai-compatible',
  baseUrl,
  authentication: BEARER,
  unknownMembers,
  outputCapMember,
});

const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [
    openAiCompatible('openai', 'OpenAI', 'https://api.openai.com/v1'),
    openAiCompatible('simulator', 'Simulator', 'http://127.0.0.1:4010/v1'),
    openAiCompatible('openai-compatible', 'OpenAI-compatible', '', NEITHER, OLDER_CAP),
    openAiCompatible('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', ['metadata'], OLDER_CAP),
    openAiCompatible('deepseek', 'DeepSeek', 'https://api.deepseek.com/v1', NEITHER, OLDER_CAP),
    openAiCompatible('groq', 'Groq', 'https://api.groq.com/openai/v1', ['metadata']),
    openAiCompatible('togetherai', 'Together AI', 'https://api.together.xyz/v1', NEITHER, OLDER_CAP),
    openAiCompatible(
      'fireworks',
      'Fireworks AI',
      'https://api.fireworks.ai/inference/v1',
      ['metadata'],
      OLDER_CAP,
    ),
    openAiCompatible('mistral', 'Mistral', 'https://api.mistral.ai/v1', NEITHER, OLDER_CAP),
    openAiCompatible('xai', 'xAI', 'https://api.x.ai/v1', ['metadata']),
    openAiCompatible('cerebras', 'Cerebras', 'https://api.cerebras.ai/v1', ['metadata']),
    openAiCompatible('perplexity', 'Perplexity', 'https://api.perplexity.ai', NEITHER, OLDER_CAP),
    openAiCompatible('ollama', 'Ollama', 'http://127.0.0.1:11434/v1', NEITHER, OLDER_CAP),
  ].map((provider) => [provider.id, provider]),
);

/** @returns Undefined for a provider that is not known (yet). */
export function findProvider(id: string): Provider | undefined {
  return PROVIDERS.get(id);
}

/** All of them, in the order in which people should see them. */
export function allProviders(): readonly Provider[] {
  return [...PROVIDERS.values()];
}
