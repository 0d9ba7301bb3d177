/** Behind which provider of the gateway a recording is played, so that the gateway asks in the recording's format. */
import { chooseFormat, findProvider } from '@tollgate/providers';
import type { ClientFormat } from '../clients/client-format.ts';
import type { ContentFormat, Exchange } from '../fixtures/exchange.ts';
import type { Guise } from '../world/tenant.ts';

interface Target {
  readonly provider: string;
  readonly model: string;
}

/** Providers that stand for a format. None is asked in Responses by clients of another format: all that have it chat. */
const STAND_INS: Readonly<Record<ContentFormat, readonly Target[]>> = {
  'openai-chat': [{ provider: 'openai-compatible', model: 'replayed' }],
  'openai-responses': [{ provider: 'openai', model: 'replayed' }],
  'anthropic-messages': [
    { provider: 'anthropic', model: 'replayed' },
    { provider: 'amazon-bedrock', model: 'anthropic.replayed' },
  ],
  'gemini-generate': [{ provider: 'google', model: 'replayed' }],
  'bedrock-converse': [{ provider: 'amazon-bedrock', model: 'amazon.replayed' }],
  'cohere-chat': [{ provider: 'cohere', model: 'replayed' }],
};

/** Those whose own wire the recordings show. */
const OWN = [
  'mistral',
  'groq',
  'deepseek',
  'xai',
  'openrouter',
  'perplexity',
  'cerebras',
  'togetherai',
  'ollama',
  'llamacpp',
];

export const REPLAY_NAME = 'conformance';

export function replayGuises(replayUrl: string): Guise[] {
  const targets = [
    ...Object.values(STAND_INS).flat(),
    ...OWN.map((provider) => ({ provider, model: 'replayed' })),
  ];
  const providers = new Set(targets.map(({ provider }) => provider));
  return [...providers].map((provider) => ({
    provider,
    fields: {
      baseUrl: replayUrl,
      apiKey: 'sk-replayed',
      ...(provider === 'amazon-bedrock' ? { region: 'us-east-1' } : {}),
    },
    models: [...new Set(targets.filter((one) => one.provider === provider).map(({ model }) => model))],
  }));
}

/** @returns Undefined: no provider of the gateway would be asked in this format on behalf of this client. */
export function replayTarget(exchange: Exchange, client: ClientFormat): Target | undefined {
  const own = OWN.includes(exchange.provider) ? [{ provider: exchange.provider, model: 'replayed' }] : [];
  const isInvoke = exchange.framing === 'event-stream' && exchange.format === 'anthropic-messages';
  const standIns = STAND_INS[exchange.format!];
  return [...own, ...(isInvoke ? standIns.slice(1) : standIns)].find(
    ({ provider, model }) => chooseFormat(findProvider(provider)!, model, client) === exchange.format,
  );
}
