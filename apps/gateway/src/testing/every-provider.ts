/** A tenant whose credentials are the simulator in the guise of every provider, each model priced. */
import { type Simulator, simulateModel } from '@tollgate/simulator';
import type { GatewayOptions } from '../create-gateway.ts';
import { type Harness, startHarness } from './harness.ts';

export interface World extends Harness {
  readonly organizationId: string;
}

interface Guise {
  readonly provider: string;
  /** The base URL below the simulator's. */
  readonly path: string;
  readonly models: readonly string[];
  readonly secret?: (simulator: Simulator) => string;
}

const PROJECT = '/v1/projects/test/locations/us-east1';
export const GUISES: readonly Guise[] = [
  { provider: 'openai', path: '/v1', models: ['sim-small'] },
  { provider: 'anthropic', path: '/v1', models: ['sim-claude'] },
  { provider: 'google', path: '/v1beta', models: ['sim-gemini'] },
  { provider: 'cohere', path: '', models: ['sim-command', 'sim-rerank'] },
  { provider: 'azure', path: '', models: ['sim-large'] },
  {
    provider: 'amazon-bedrock',
    path: '',
    models: ['us.anthropic.sim-claude-v1:0', 'sim-command'],
    secret: ({ aws }) => JSON.stringify(aws),
  },
  {
    provider: 'google-vertex',
    path: PROJECT,
    models: ['claude-sim', 'sim-gemini'],
    secret: (simulator) => JSON.stringify(simulator.serviceAccount()),
  },
];

export const PRICE = { input: '250000', cachedInput: '25000', output: '2000000' };

/** @param priced More models with prices, by provider and name; their credentials serve them. */
export async function startWorld(
  priced: readonly {
    provider: string;
    name: string;
    components: Record<string, string>;
    mode?: string;
  }[] = [],
  gateway: Partial<GatewayOptions> = {},
): Promise<World> {
  let tokenUrl = '';
  const harness = await startHarness({
    simulatedModels: [simulateModel('claude-sim')],
    prepare: async (seed) => {
      for (const { provider, models } of GUISES) {
        for (const model of models) await seed.model(provider, model, PRICE);
      }
      for (const { provider, name, components, mode } of priced) {
        await seed.model(provider, name, components, mode);
      }
    },
    gateway: { fetchToken: (_url, init) => fetch(tokenUrl, init), ...gateway },
  });
  const { simulator, seed } = harness;
  tokenUrl = `${simulator.url}/token`;
  const { organizationId } = harness.key;
  for (const { provider, path, models, secret } of GUISES) {
    await seed.credential({
      organizationId,
      provider,
      baseUrl: `${simulator.url}${path}`,
      models: [...models, ...priced.filter((more) => more.provider === provider).map(({ name }) => name)],
      ...(secret === undefined ? {} : { apiKey: secret(simulator) }),
    });
  }
  return { ...harness, organizationId };
}
