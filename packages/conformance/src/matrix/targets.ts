/**
 * The provider wires of the matrix: the simulator in the guise of each provider, under names of real models.
 *
 * Vertex AI is not among them: it speaks Gemini's and Anthropic's formats, and its tokens come from Google's one
 * address, which a gateway process obeys whatever a key's file says (packages/providers shows it with a token fetch).
 */
import { SIMULATED_MODELS, type SimulatedModel, type Simulator, simulateModel } from '@tollgate/simulator';
import type { Guise } from '../world/tenant.ts';

export interface MatrixTarget {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
}

export const TARGETS: readonly MatrixTarget[] = [
  { name: 'OpenAI', provider: 'openai', model: 'gpt-5-mini' },
  { name: 'OpenAI-compatible', provider: 'openai-compatible', model: 'qwen3-32b' },
  { name: 'Azure OpenAI', provider: 'azure', model: 'gpt-5' },
  { name: 'Anthropic', provider: 'anthropic', model: 'claude-sonnet-4-5' },
  { name: 'Google Gemini', provider: 'google', model: 'gemini-2.5-flash' },
  { name: 'Bedrock Converse', provider: 'amazon-bedrock', model: 'amazon.nova-2-lite-v1:0' },
  { name: 'Bedrock Claude', provider: 'amazon-bedrock', model: 'us.anthropic.claude-sonnet-4-5-v1:0' },
  { name: 'Cohere', provider: 'cohere', model: 'command-a-reasoning-08-2025' },
];

/** Bedrock's ids name the vendor and a version around the model; the simulator may know either. */
export const MATRIX_MODELS: readonly SimulatedModel[] = [
  ...SIMULATED_MODELS,
  ...TARGETS.map(({ model }) => simulateModel(model)),
  simulateModel('nova-2-lite'),
  simulateModel('amazon.nova-2-lite'),
  simulateModel('nova-2-lite-v1:0'),
  simulateModel('claude-sonnet-4-5'),
].filter((model, at, all) => all.findIndex(({ id }) => id === model.id) === at);

export function matrixGuises({ url, apiKey }: Simulator): Guise[] {
  const fieldsOf: Readonly<Record<string, Record<string, string>>> = {
    openai: { apiKey, baseUrl: `${url}/v1` },
    'openai-compatible': { apiKey, baseUrl: `${url}/v1` },
    azure: { apiKey, baseUrl: url },
    anthropic: { apiKey, baseUrl: `${url}/v1` },
    google: { apiKey, baseUrl: `${url}/v1beta` },
    'amazon-bedrock': { apiKey, region: 'us-east-1', baseUrl: url },
    cohere: { apiKey, baseUrl: url },
  };
  return Object.entries(fieldsOf).map(([provider, fields]) => ({
    provider,
    fields,
    models: TARGETS.filter((target) => target.provider === provider).map(({ model }) => model),
  }));
}
