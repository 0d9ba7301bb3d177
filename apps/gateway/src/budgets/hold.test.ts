import { emptyUsage, type PriceVersion } from '@tollgate/catalog';
import { worstCaseOf } from '@tollgate/limits';
import { type AttemptTarget, rateAttempt } from '@tollgate/metering';
import {
  findProvider,
  readGenerateRequest,
  readTaskRequest,
  type UnderstoodRequest,
} from '@tollgate/providers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../policy/policy.ts';
import { boundOf, withUnasked } from './hold.ts';

const PRICE: PriceVersion = {
  id: 'prc_test',
  layer: 'catalogue',
  organizationId: null,
  provider: 'openai',
  model: 'm',
  region: null,
  serviceTier: 'default',
  currency: 'USD',
  validFrom: new Date(0),
  components: { input: 3n, output: 15n },
  tiers: [{ aboveInputTokens: 200, components: { input: 6n, output: 30n } }],
  source: 'test',
  sourceDate: null,
};
const TARGET: AttemptTarget = {
  attempt: 1,
  model: 'm',
  provider: 'openai',
  credentialId: 'crd_1',
  credentialOwner: 'organization',
  region: 'default',
  serviceTier: 'default',
  livemode: false,
  priceVersionId: PRICE.id,
  markupRuleId: '',
  markupBasisPoints: 0,
};
const entryOf = (contextWindow: number): ModelEntry =>
  ({ name: 'm', contextWindow, maxOutputTokens: null }) as ModelEntry;
const body = (value: object): Buffer => Buffer.from(JSON.stringify({ model: 'm', ...value }));
const hints = { contentType: 'application/json', errorBody: () => '' };

/** What is held for a request that has the output cap of 0. */
function heldFor(request: UnderstoodRequest, contextWindow: number): bigint {
  const worst = worstCaseOf(
    boundOf(request.useFor(PRICE.components), entryOf(contextWindow), TARGET, PRICE, '1h'),
    0,
  );
  if (worst.kind !== 'bounded') throw new Error(`must be bounded, got ${worst.reason}`);
  return worst.amountPicoUsd;
}

function costOf(inputTokens: number): bigint {
  return BigInt(rateAttempt(TARGET, PRICE, { ...emptyUsage(), inputTokens }).costPicoUsd!);
}

describe('what is held for the input', () => {
  const texts = Array.from({ length: 20 }, () => 'x'.repeat(50));

  it('[M3] is no more than the context window for one conversation', () => {
    const asked = body({ messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });
    expect(heldFor(readGenerateRequest('openai-chat', asked), 100)).toBe(300n);
  });

  it.each<[string, UnderstoodRequest]>([
    ['embeddings', readTaskRequest('openai-embeddings', body({ input: texts }), hints)],
    ['moderations', readTaskRequest('openai-moderations', body({ input: texts }), hints)],
    ['rankings', readTaskRequest('cohere-rerank', body({ query: 'x', documents: texts }), hints)],
    [
      'Gemini embeddings',
      readTaskRequest(
        'gemini-batch-embed',
        body({ requests: texts.map((text) => ({ content: { parts: [{ text }] } })) }),
        { ...hints, model: 'm' },
      ),
    ],
    ['completions', readGenerateRequest('openai-completions', body({ prompt: texts }))],
  ])('[M3] is that of all texts of %s, each of which may fill the context window', (_what, request) => {
    expect(heldFor(request, 50)).toBeGreaterThanOrEqual(costOf(20 * 50));
  });

  it('[M3] is that of the window that a beta of Anthropic’s opens, at its price', () => {
    const asked = body({ max_tokens: 1, messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });
    const request = readGenerateRequest('anthropic-messages', asked, { betas: ['context-1m-2025-08-07'] });
    expect(heldFor(request, 200)).toBeGreaterThanOrEqual(costOf(1_000));
  });
});

describe('a provider that searches without being asked', () => {
  const searching = { quirks: { unaskedSearches: 100 } };
  const request = readGenerateRequest('openai-chat', body({ messages: [{ role: 'user', content: 'x' }] }));
  const use = request.useFor(PRICE.components);

  it('[M3] is held for its searches and for all that it reads, where its price names them', () => {
    const price = { ...PRICE, components: { ...PRICE.components, 'unit:web_search': 7n } };
    const bound = boundOf(withUnasked(use, searching, price), entryOf(100), TARGET, price, '5m');
    expect(worstCaseOf(bound, 0)).toEqual({ kind: 'bounded', amountPicoUsd: 1_000n });
    expect(boundOf(withUnasked(use, searching, price), undefined, TARGET, price, '5m').kind).toBe(
      'unbounded',
    );
  });

  it('is held as any other where it does not', () => {
    expect(withUnasked(use, searching, PRICE)).toBe(use);
    expect(withUnasked(use, { quirks: {} }, PRICE)).toBe(use);
  });
});

describe('what is held for other tasks', () => {
  const NAMES = [
    ...['input', 'audioInput', 'output', 'audioOutput', 'unit:input_second', 'unit:query'],
    ...['unit:image_output_token', 'unit:image_input_token', 'unit:input_character'],
    ...['image:high/1024x1024', 'image:standard/1024x1024', 'image:default'],
  ];
  const anyPrice = fc
    .record(Object.fromEntries(NAMES.map((name) => [name, fc.bigInt({ min: 0n, max: 10n ** 9n })])), {
      requiredKeys: [],
    })
    .map((components): PriceVersion => ({ ...PRICE, components, tiers: [] }));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const openai = findProvider('openai')!;
  const cohere = findProvider('cohere')!;

  /** An answer of a provider that kept to what it was asked for. */
  const anyTask = fc.oneof(
    fc
      .record({
        n: fc.integer({ min: 1, max: 4 }),
        sized: fc.boolean(),
        told: fc.boolean(),
        text: share,
        drawn: share,
      })
      .map(({ n, sized, told, text, drawn }) => {
        const asked = {
          prompt: 'A gate that opens',
          n,
          ...(sized ? { quality: 'high', size: '1024x1024' } : {}),
        };
        const [textTokens, imageTokens] = [Math.floor(n * 4_096 * text), Math.floor(n * 6_208 * drawn)];
        const usage = {
          input_tokens: 10,
          output_tokens: textTokens + imageTokens,
          output_tokens_details: { text_tokens: textTokens, image_tokens: imageTokens },
        };
        const answer = { data: Array(n).fill({ b64_json: '' }), ...(told ? { usage } : {}) };
        return {
          request: readTaskRequest('openai-images-generations', body(asked), hints),
          answer,
          provider: openai,
        };
      }),
    fc
      .record({
        seconds: fc.integer({ min: 1, max: 90 }),
        kind: fc.constantFrom('tokens', 'duration'),
        spoken: share,
      })
      .map(({ seconds, kind, spoken }) => {
        const usage =
          kind === 'duration'
            ? { type: 'duration', seconds }
            : {
                type: 'tokens',
                input_tokens: seconds * 10,
                input_token_details: { audio_tokens: seconds * 10 },
                output_tokens: Math.floor(seconds * 20 * spoken),
              };
        return { request: transcriptOf(seconds), answer: { text: '', usage }, provider: openai };
      }),
    fc.record({ documents: fc.integer({ min: 1, max: 300 }) }).map(({ documents }) => ({
      request: readTaskRequest(
        'cohere-rerank',
        body({ query: 'x', documents: Array(documents).fill('a text') }),
        hints,
      ),
      answer: { results: [], meta: { billed_units: { search_units: Math.ceil(documents / 100) } } },
      provider: cohere,
    })),
    fc
      .record({ texts: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 9 }), read: share })
      .map(({ texts, read }) => ({
        request: readTaskRequest('openai-embeddings', body({ input: texts }), hints),
        answer: { data: [], usage: { prompt_tokens: Math.floor(Buffer.byteLength(texts.join('')) * read) } },
        provider: openai,
      })),
  );

  it('[M3] is never less than what a provider that kept to it can bill, at any price', () => {
    let bounded = 0;
    fc.assert(
      fc.property(anyTask, anyPrice, ({ request, answer, provider }, price) => {
        const { components } = price;
        const use = request.useFor(components);
        const held = worstCaseOf(
          boundOf(use, undefined, TARGET, price, request.cacheWritesAt(provider, 'm')),
          use.outputCap,
        );
        const plan = request.plan({
          ...{ provider, model: 'm', outputCap: undefined, unsupported: 'report' },
          ...{ requestId: 'req_1', nowSeconds: 0, price: components },
        });
        const usage = plan.readWhole(Buffer.from(JSON.stringify(answer)), 'application/json')?.usage;
        if (held.kind === 'unbounded' || usage === undefined) return;
        const { costPicoUsd } = rateAttempt(TARGET, price, usage);
        // What has no price counts at what was held.
        if (costPicoUsd === null) return;
        bounded += 1;
        expect(BigInt(costPicoUsd) <= held.amountPicoUsd).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(bounded).toBeGreaterThan(300);
  });
});

function transcriptOf(seconds: number): UnderstoodRequest {
  const head = 'Content-Disposition: form-data; name=';
  const file = Buffer.concat([Buffer.from('ID3'), Buffer.alloc(seconds * 1_000 - 3)]).toString('latin1');
  const parts = [`${head}"model"\r\n\r\nm`, `${head}"file"; filename="a.mp3"\r\n\r\n${file}`];
  const text = `${parts.map((part) => `--limit\r\n${part}\r\n`).join('')}--limit--\r\n`;
  return readTaskRequest('openai-audio-transcriptions', Buffer.from(text, 'latin1'), {
    ...hints,
    contentType: 'multipart/form-data; boundary=limit',
  });
}
