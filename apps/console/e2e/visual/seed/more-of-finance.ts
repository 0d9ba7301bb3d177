/**
 * What only finance and the operator open, after every page has its picture: a contract, prices by size and unit, a statement that was
 * rated again and its credit note. By the front door.
 */
import { expect } from '../../support/test.ts';
import type { Caller } from './caller.ts';

const MONTH = { from: '2026-10-01T00:00:00Z', to: '2026-11-01T00:00:00Z' } as const;

export interface MoreOfFinance {
  readonly organizationId: string;
  readonly showbackId: string;
  readonly noteId: string;
}

interface Listed<T> {
  readonly data: readonly T[];
}

export async function makeMoreOfFinance(caller: Caller): Promise<MoreOfFinance> {
  const { organizationId } = caller;
  await statePrices(caller);
  await rateAgain(caller);
  const noteOf = async () => (await caller.get<Listed<{ id: string }>>('/credit-notes')).data[0]?.id;
  await expect.poll(noteOf, { message: 'a credit note is written', timeout: 120_000 }).toBeDefined();
  const statements = await caller.get<Listed<{ id: string }>>('/invoices?kind=showback');
  return {
    organizationId,
    showbackId: statements.data.at(-1)?.id ?? '',
    noteId: (await noteOf()) ?? '',
  };
}

async function statePrices({ post, organizationId }: Caller): Promise<void> {
  const source = 'Contract NW-2026-04';
  for (const [model, validFrom, input, output] of [
    ['gpt-5-mini', MONTH.from, '0.2', '1.6'],
    ['gpt-5.2', '2027-01-01T00:00:00Z', '1.4', '11.2'],
  ] as const)
    await post('/operator/prices', {
      organizationId,
      provider: 'openai',
      model,
      validFrom,
      components: { input: { usdPerMillion: input }, output: { usdPerMillion: output } },
      source,
    });
  await post('/prices', {
    provider: 'openai-compatible',
    model: 'qwen3-235b',
    validFrom: '2026-12-01T00:00:00Z',
    components: {
      input: { usdPerMillion: '0.3' },
      output: { usdPerMillion: '0.9' },
      'image:1024x1024': { usdPerUnit: '0.012' },
      'unit:web_search': { usdPerUnit: '0.008' },
    },
    tiers: [
      {
        aboveInputTokens: 128_000,
        components: { input: { usdPerMillion: '0.6' }, output: { usdPerMillion: '1.4' } },
      },
      {
        aboveInputTokens: 512_000,
        components: { input: { usdPerMillion: '0.9' }, output: { usdPerMillion: '2.1' } },
      },
    ],
    source: 'Power and depreciation, by finance',
  });
}

/** The month that was closed, by the contract that came after it. */
async function rateAgain(caller: Caller): Promise<void> {
  const { organizationId, post } = caller;
  const { id } = await post<{ id: string }>('/operator/reratings', {
    ...MONTH,
    organizationId,
    model: 'gpt-5-mini',
    reason: 'Contract NW-2026-04 holds from October',
  });
  const stateOf = async () => {
    const { data } = await caller.get<Listed<{ id: string; state: string }>>('/reratings');
    return data.find((each) => each.id === id)?.state;
  };
  await expect
    .poll(stateOf, { message: 'it is known what would change', timeout: 120_000 })
    .toBe('previewed');
  await post(`/operator/reratings/${id}/apply`, { organizationId });
  await expect.poll(stateOf, { message: 'the corrections are written', timeout: 120_000 }).toBe('applied');
}
