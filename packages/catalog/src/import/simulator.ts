/** The two priced models of the simulator, for the quick start and for tests: real lines, never real money. */
import type { BookModel, BookPrice } from '../price-book.ts';

const SINCE = '2026-01-01';
const model = {
  provider: 'simulator',
  mode: 'chat',
  contextWindow: 200_000,
  maxOutputTokens: 32_000,
  supports: [
    'prompt_caching',
    'reasoning',
    'structured_outputs',
    'system_messages',
    'tool_choice',
    'tools',
    'vision',
  ],
  modalitiesIn: ['image', 'text'],
  modalitiesOut: ['text'],
  source: 'tollgate',
};
const price = { provider: 'simulator', validFrom: SINCE, source: 'tollgate', sourceDate: SINCE };

export const SIMULATOR_MODELS: readonly BookModel[] = [
  { ...model, name: 'sim-large' },
  { ...model, name: 'sim-small' },
];

/** USD per million tokens: `sim-small` 0.25 / 0.025 / 2, `sim-large` ten times that. */
export const SIMULATOR_PRICES: readonly BookPrice[] = [
  {
    ...price,
    model: 'sim-large',
    components: { input: '2500000', cachedInput: '250000', output: '20000000' },
  },
  { ...price, model: 'sim-small', components: { input: '250000', cachedInput: '25000', output: '2000000' } },
];
