/** A tenant whose credentials are the simulator in the guise of several providers, each model priced. */
import { type Harness, startHarness } from './harness.ts';

export interface World extends Harness {
  readonly organizationId: string;
}

/** Provider, the base URL below the simulator's, its model there. */
const GUISES = [
  { provider: 'openai', path: '/v1', model: 'sim-small' },
  { provider: 'anthropic', path: '/v1', model: 'sim-claude' },
  { provider: 'google', path: '/v1beta', model: 'sim-gemini' },
] as const;

export const PRICE = { input: '250000', cachedInput: '25000', output: '2000000' };

export async function startWorld(): Promise<World> {
  const harness = await startHarness({
    prepare: async (seed) => {
      for (const { provider, model } of GUISES) await seed.model(provider, model, PRICE);
    },
  });
  const { organizationId } = harness.key;
  for (const { provider, path, model } of GUISES) {
    await harness.seed.credential({
      organizationId,
      provider,
      baseUrl: `${harness.simulator.url}${path}`,
      models: [model],
    });
  }
  return { ...harness, organizationId };
}
