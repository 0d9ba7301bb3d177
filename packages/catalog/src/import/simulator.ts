/** The priced models of the simulator, for the quick start and for tests: real lines, never real money. */
import type { BookModel, BookPrice } from '../price-book.ts';

const SINCE = '2026-01-01';
const chat = {
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

const text = { provider: 'simulator', modalitiesIn: ['text'], modalitiesOut: ['text'], source: 'tollgate' };

export const SIMULATOR_MODELS: readonly BookModel[] = [
  { ...chat, name: 'sim-large' },
  { ...chat, name: 'sim-small' },
  { ...chat, name: 'sim-claude' },
  { ...chat, name: 'sim-command' },
  { ...chat, name: 'sim-gemini' },
  { ...text, mode: 'embedding', name: 'sim-embedding', contextWindow: 8_192 },
  { ...text, mode: 'image', name: 'sim-image', modalitiesIn: ['image', 'text'], modalitiesOut: ['image'] },
  { ...text, mode: 'moderation', name: 'sim-moderation', contextWindow: 32_768 },
  { ...text, mode: 'rerank', name: 'sim-rerank', contextWindow: 32_768 },
  { ...text, mode: 'audio_speech', name: 'sim-speech', contextWindow: 4_096, modalitiesOut: ['audio'] },
  { ...text, mode: 'audio_transcription', name: 'sim-transcribe', modalitiesIn: ['audio'] },
];

/** USD per million tokens: `sim-small` 0.25 / 0.025 / 2, `sim-large` ten times that; the others as their kind is. */
export const SIMULATOR_PRICES: readonly BookPrice[] = [
  {
    ...price,
    model: 'sim-large',
    components: { input: '2500000', cachedInput: '250000', output: '20000000' },
  },
  { ...price, model: 'sim-small', components: { input: '250000', cachedInput: '25000', output: '2000000' } },
  {
    ...price,
    model: 'sim-claude',
    components: {
      input: '3000000',
      cachedInput: '300000',
      cacheWrite5m: '3750000',
      cacheWrite1h: '6000000',
      output: '15000000',
    },
  },
  { ...price, model: 'sim-command', components: { input: '2500000', output: '10000000' } },
  {
    ...price,
    model: 'sim-gemini',
    components: { input: '1250000', cachedInput: '125000', output: '10000000' },
  },
  { ...price, model: 'sim-embedding', components: { input: '20000' } },
  {
    ...price,
    model: 'sim-image',
    components: {
      input: '5000000',
      'unit:image_input_token': '10000000',
      'unit:image_output_token': '40000000',
    },
  },
  { ...price, model: 'sim-moderation', components: { input: '0' } },
  { ...price, model: 'sim-rerank', components: { 'unit:query': '2000000000' } },
  { ...price, model: 'sim-speech', components: { input: '2500000', audioOutput: '12000000' } },
  {
    ...price,
    model: 'sim-transcribe',
    components: { input: '2500000', audioInput: '6000000', output: '10000000' },
  },
];
