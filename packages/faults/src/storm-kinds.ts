/**
 * What storms on budgets ask for: one kind of request each, whose cost is the same every time, in the words of each
 * endpoint and provider. Not here: the storm itself (budget-storm.ts).
 */
import { randomBytes } from 'node:crypto';

export interface StormAsk {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | FormData;
}

export interface StormKind {
  readonly name: string;
  /** In whose guise the simulator answers, and below which path of its own. */
  readonly provider: string;
  readonly basePath: string;
  readonly model: string;
  /** Pico-USD; empty: the model has no price. */
  readonly components: Readonly<Record<string, string>>;
  readonly tiers?: readonly {
    readonly aboveInputTokens: number;
    readonly components: Readonly<Record<string, string>>;
  }[];
  /** Lines that are uploaded to the provider before the storm. */
  readonly file?: readonly Readonly<Record<string, unknown>>[];
  /** `fileId`: of that file. */
  readonly ask: (call: {
    readonly streamed: boolean;
    readonly user: string;
    readonly fileId: string;
  }) => StormAsk;
  /** Half of the calls are streams, and some of these are left by their clients. */
  readonly mayStream?: boolean;
  /** Nothing that is asked limits the output: a cap is put in and told. */
  readonly isUncapped?: boolean;
  /** Its cost cannot be told, so that it counts at what was held. */
  readonly isUnknown?: boolean;
  /** Every call is refused, because nothing bounds its cost. */
  readonly isUnbounded?: boolean;
  /** The period ends in the middle of the storm. */
  readonly rollsOver?: boolean;
}

const CHAT_PRICE = { input: '250000', output: '2000000' };
const TEXT = '[[sim tokens=9 latency=15 interval=1]] Tell me something about budgets that hold.';
const messages = [{ role: 'user', content: TEXT }];
const LONG_TEXT = `${TEXT} ${'The same once more, and then again. '.repeat(12)}`;

const chat = (fields: Record<string, unknown>): StormKind['ask'] => {
  return ({ streamed, user }) => ({
    path: '/v1/chat/completions',
    body: { messages, user, ...(streamed ? { stream: true } : {}), ...fields },
  });
};

const openAi = { provider: 'openai', basePath: '/v1' } as const;

export const STORM_KINDS: readonly StormKind[] = [
  {
    ...openAi,
    name: 'chat without an output limit',
    model: 'sim-small',
    components: CHAT_PRICE,
    ask: chat({ model: 'sim-small' }),
    mayStream: true,
    isUncapped: true,
  },
  {
    ...openAi,
    name: 'a tier above 60 tokens',
    model: 'sim-large',
    components: CHAT_PRICE,
    tiers: [{ aboveInputTokens: 60, components: { input: '500000', output: '7000000' } }],
    ask: chat({
      model: 'sim-large',
      max_completion_tokens: 9,
      messages: [{ role: 'user', content: LONG_TEXT }],
    }),
  },
  {
    ...openAi,
    name: 'a period that ends',
    model: 'sim-small',
    components: CHAT_PRICE,
    ask: chat({ model: 'sim-small', max_completion_tokens: 9 }),
    rollsOver: true,
  },
  {
    ...openAi,
    name: 'responses',
    model: 'sim-small',
    components: CHAT_PRICE,
    ask: ({ streamed, user }) => ({
      path: '/v1/responses',
      body: {
        model: 'sim-small',
        input: TEXT,
        user,
        max_output_tokens: 16,
        ...(streamed ? { stream: true } : {}),
      },
    }),
    mayStream: true,
  },
  {
    provider: 'anthropic',
    basePath: '/v1',
    name: 'messages',
    model: 'sim-claude',
    components: { input: '3000000', cachedInput: '300000', cacheWrite5m: '3750000', output: '15000000' },
    ask: ({ streamed, user }) => ({
      path: '/v1/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: {
        model: 'sim-claude',
        max_tokens: 9,
        messages,
        metadata: { user_id: user },
        ...(streamed ? { stream: true } : {}),
      },
    }),
    mayStream: true,
  },
  {
    provider: 'anthropic',
    basePath: '/v1',
    name: 'an unknown price of what is written to a cache',
    model: 'sim-claude',
    components: { input: '3000000', cachedInput: '300000', cacheWrite5m: '3750000', output: '15000000' },
    ask: () => ({
      path: '/v1/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: {
        model: 'sim-claude',
        max_tokens: 9,
        messages: [{ role: 'user', content: TEXT.replace('tokens=9', 'tokens=9 cache-write-1h-tokens=5') }],
      },
    }),
    isUnknown: true,
  },
  {
    provider: 'google',
    basePath: '/v1beta',
    name: 'Gemini',
    model: 'sim-gemini',
    components: CHAT_PRICE,
    ask: ({ streamed }) => ({
      path: `/v1beta/models/sim-gemini:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: {
        contents: [{ role: 'user', parts: [{ text: TEXT }] }],
        generationConfig: { maxOutputTokens: 9 },
      },
    }),
    mayStream: true,
  },
  {
    ...openAi,
    name: 'embeddings',
    model: 'sim-embedding',
    components: { input: '20000' },
    ask: () => ({ path: '/v1/embeddings', body: { model: 'sim-embedding', input: [TEXT, TEXT] } }),
  },
  {
    ...openAi,
    name: 'images',
    model: 'sim-image',
    components: { input: '5000000', output: '10000000', 'unit:image_output_token': '40000000' },
    ask: () => ({
      path: '/v1/images/generations',
      body: { model: 'sim-image', prompt: 'A gate', quality: 'low', size: '1024x1024' },
    }),
  },
  {
    ...openAi,
    name: 'speech',
    model: 'sim-speech',
    components: { 'unit:input_character': '15000000' },
    ask: () => ({
      path: '/v1/audio/speech',
      body: { model: 'sim-speech', input: 'A budget that holds.', voice: 'alloy' },
    }),
  },
  {
    ...openAi,
    name: 'transcription',
    model: 'sim-transcribe',
    components: { input: '2500000', audioInput: '6000000', output: '10000000' },
    ask: () => {
      const form = new FormData();
      form.set('model', 'sim-transcribe');
      form.set('file', new Blob([recording(2)], { type: 'audio/wav' }), 'speech.wav');
      return { path: '/v1/audio/transcriptions', body: form };
    },
  },
  {
    provider: 'cohere',
    basePath: '',
    name: 'rerank',
    model: 'sim-rerank',
    components: { 'unit:query': '2000000000' },
    ask: () => ({
      path: '/v1/rerank',
      body: { model: 'sim-rerank', query: 'Which holds?', documents: ['A budget', 'A promise'] },
    }),
  },
  {
    ...openAi,
    name: 'a model without a price',
    model: 'sim-unpriced',
    components: {},
    ask: chat({ model: 'sim-unpriced', max_completion_tokens: 9 }),
    isUnbounded: true,
  },
  {
    ...openAi,
    name: 'batches',
    model: 'sim-small',
    // A fee for each line: the worker may find out what a batch cost at any time, and it is what was held.
    components: { input: '0', output: '0', request: '5000000' },
    file: [1, 2, 3].map((number) => ({
      custom_id: `line-${number}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'sim-small', max_completion_tokens: 9, messages },
    })),
    ask: ({ fileId }) => ({
      path: '/v1/batches',
      body: { input_file_id: fileId, endpoint: '/v1/chat/completions', completion_window: '24h' },
    }),
    isUnknown: true,
  },
];

/** 16 kHz, 16 bits, one channel. */
function recording(seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = seconds * 32_000;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return new Uint8Array(Buffer.concat([head, randomBytes(bytes)]));
}
