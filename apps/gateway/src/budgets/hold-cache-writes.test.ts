/** [M3] What is held for the input, by what a provider can bill of writes to its prompt cache. */
import type { PriceComponent, PriceVersion } from '@tollgate/catalog';
import { worstCaseOf } from '@tollgate/limits';
import { type AttemptTarget, rateAttempt } from '@tollgate/metering';
import {
  allProviders,
  type ClientFormat,
  findProvider,
  type Provider,
  type ProviderEndpoint,
  readGenerateRequest,
  type UnderstoodRequest,
} from '@tollgate/providers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
  components: { input: 100n, cachedInput: 10n, cacheWrite5m: 125n, cacheWrite1h: 200n, output: 0n },
  tiers: [],
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
const CAP = 50;
/** As the last words of a JSON object, so that escapes can be written too. */
const MARKS = {
  none: '',
  usual: ',"cache_control":{"type":"ephemeral"}',
  minutes: ',"cache_control":{"type":"ephemeral","ttl":"5m"}',
  hour: ',"cache_control":{"type":"ephemeral","ttl":"1h"}',
  spelled: ',"cache_control":{"type":"ephemeral","ttl":"\\u0031\\u0068"}',
  spelledHalf: ',"cache_control":{"type":"ephemeral", "ttl" : "1\\u0068"}',
} as const;
type Mark = keyof typeof MARKS;

/** A conversation of one text, as each client says it. */
const BODIES: Readonly<Record<ClientFormat, (text: string, mark: Mark) => string>> = {
  'openai-chat': (text, mark) =>
    `{"model":"m","max_completion_tokens":${CAP},"messages":[{"role":"user","content":[{"type":"text","text":${text}${MARKS[mark]}}]}]}`,
  'openai-responses': (text, mark) =>
    `{"model":"m","max_output_tokens":${CAP},"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":${text}${MARKS[mark]}}]}]}`,
  'openai-completions': (text) => `{"model":"m","max_tokens":${CAP},"prompt":${text}}`,
  'anthropic-messages': (text, mark) =>
    `{"model":"m","max_tokens":${CAP},"messages":[{"role":"user","content":[{"type":"text","text":${text}${MARKS[mark]}}]}]}`,
  'gemini-generate': (text) =>
    `{"generationConfig":{"maxOutputTokens":${CAP}},"contents":[{"role":"user","parts":[{"text":${text}}]}]}`,
};
const FORMATS = Object.keys(BODIES) as ClientFormat[];
/** Every rule by which a provider's models speak one format or another. */
const MODELS = ['m', 'claude-m', 'maker/m', 'us.anthropic.claude-m'] as const;

function ask(format: ClientFormat, mark: Mark, text = 'Hello'): UnderstoodRequest {
  const body = Buffer.from(BODIES[format](JSON.stringify(text), mark));
  return readGenerateRequest(format, body, { model: 'm', stream: false });
}

function held(request: UnderstoodRequest, provider: Provider, model: string, price: PriceVersion) {
  const use = withUnasked(request.useFor(price.components), provider, price);
  const bound = boundOf(use, undefined, TARGET, price, request.cacheWritesAt(provider, model));
  return worstCaseOf(bound, use.outputCap);
}

function get(id: string): Provider {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no ${id}`);
  return provider;
}

/** The price at which each token of the input is held. */
function perToken(id: string, model: string, format: ClientFormat, mark: Mark, price = PRICE): number {
  const request = ask(format, mark);
  const worst = held(request, get(id), model, price);
  if (worst.kind !== 'bounded') throw new Error(`must be bounded, got ${worst.reason}`);
  return Number(worst.amountPicoUsd) / request.useFor(price.components).inputTokensMax;
}

describe('what is held for the input', () => {
  it.each([
    // An OpenAI answer has one kind of cache write, which lives half an hour.
    ['openai', 'm', 'openai-chat', 'none', 125],
    ['openai', 'm', 'openai-responses', 'none', 125],
    ['openai', 'm', 'anthropic-messages', 'hour', 125],
    // Gemini and Cohere tell of none.
    ['google', 'm', 'gemini-generate', 'none', 100],
    ['cohere', 'm', 'anthropic-messages', 'hour', 100],
    // Where Claude's makers or hosts serve it, it lives five minutes unless the request says an hour.
    ['anthropic', 'm', 'anthropic-messages', 'none', 125],
    ['anthropic', 'm', 'anthropic-messages', 'usual', 125],
    ['anthropic', 'm', 'anthropic-messages', 'minutes', 125],
    ['anthropic', 'm', 'openai-chat', 'none', 125],
    ['amazon-bedrock', 'm', 'anthropic-messages', 'usual', 125],
    ['amazon-bedrock', 'us.anthropic.claude-m', 'anthropic-messages', 'usual', 125],
    ['google-vertex', 'claude-m', 'anthropic-messages', 'usual', 125],
    ['azure-ai', 'claude-m', 'anthropic-messages', 'usual', 125],
    ['anthropic', 'm', 'anthropic-messages', 'hour', 200],
    ['anthropic', 'm', 'anthropic-messages', 'spelled', 200],
    ['anthropic', 'm', 'openai-chat', 'hour', 200],
    ['amazon-bedrock', 'm', 'openai-chat', 'spelledHalf', 200],
    ['google-vertex', 'claude-m', 'anthropic-messages', 'hour', 200],
    // Another gateway may write what nobody asked it for.
    ['openrouter', 'm', 'anthropic-messages', 'none', 200],
    ['litellm', 'm', 'anthropic-messages', 'none', 200],
    // What it tells of in OpenAI's words may have been written for an hour, if the client's marks say so.
    ['openrouter', 'm', 'openai-chat', 'usual', 125],
    ['openrouter', 'm', 'openai-chat', 'hour', 200],
    ['litellm', 'm', 'openai-responses', 'spelled', 200],
    ['portkey', 'm', 'openai-chat', 'hour', 200],
    ['openai', 'm', 'openai-chat', 'hour', 125],
    ['azure', 'm', 'openai-chat', 'hour', 125],
  ] as const)(
    '[M3] of %s (%s), asked in %s with mark %s, is %i a token',
    (id, model, format, mark, price) => {
      expect(perToken(id, model, format, mark)).toBe(price);
    },
  );

  it.each([
    ['anthropic', 'm', 'https://api.anthropic.com/v1', '5m'],
    ['anthropic', 'm', 'https://api.anthropic.com.proxy.example/v1', '1h'],
    ['anthropic', 'm', 'http://litellm.internal:4000/v1', '1h'],
    ['amazon-bedrock', 'm', 'https://bedrock-runtime.{region}.amazonaws.com/', '5m'],
    ['amazon-bedrock', 'm', 'https://vpce-1.bedrock-runtime.eu-central-1.vpce.amazonaws.com/', '5m'],
    ['amazon-bedrock', 'm', 'https://proxy.example/bedrock-runtime.eu.amazonaws.com/', '1h'],
    ['amazon-bedrock', 'm', 'https://litellm.eu-central-1.elb.amazonaws.com/', '1h'],
    ['google-vertex', 'claude-m', 'https://{host}/v1/projects/{project}/locations/{region}', '5m'],
    ['google-vertex', 'claude-m', 'https://europe-west1-aiplatform.googleapis.com/v1', '5m'],
    ['google-vertex', 'claude-m', 'https://proxy.example/v1', '1h'],
    ['azure-ai', 'claude-m', 'https://we.services.ai.azure.com/', '5m'],
    ['azure-ai', 'claude-m', 'https://we.azure-api.net/', '1h'],
    ['azure-ai', 'claude-m', 'https://litellm.westeurope.cloudapp.azure.com/', '1h'],
  ] as const)(
    '[M3] of %s (%s) at %s is for writes of %s: a proxy may write what nobody asked it for',
    (id, model, address, writes) => {
      const at = (mark: Mark) =>
        ask('anthropic-messages', mark).cacheWritesAt(get(id), model, new URL(address).href);
      expect([at('usual'), at('hour')]).toEqual([writes, '1h']);
    },
  );

  it('[M3] of OpenAI is for an hour where a proxy stands before it and the client’s marks say so', () => {
    const at = (mark: Mark, address: string) =>
      ask('openai-chat', mark).cacheWritesAt(get('openai'), 'm', address);
    expect(at('hour', 'https://eu.api.openai.com/v1')).toBe('5m');
    expect(at('hour', 'http://litellm.internal:4000/v1')).toBe('1h');
    expect(at('usual', 'http://litellm.internal:4000/v1')).toBe('5m');
  });

  it('[M3] is the input’s own price where a cache write has none', () => {
    const { cacheWrite5m: _five, cacheWrite1h: _hour, ...components } = PRICE.components;
    const price = { ...PRICE, components };
    for (const id of ['openai', 'anthropic', 'google', 'amazon-bedrock'])
      expect(perToken(id, 'm', 'anthropic-messages', 'hour', price)).toBe(100);
  });

  it('[M3] is twice the input for an hour only where one can be billed and the price does not state it', () => {
    const { cacheWrite1h: _hour, ...components } = PRICE.components;
    const price = { ...PRICE, components };
    expect(perToken('openai', 'm', 'openai-responses', 'none', price)).toBe(125);
    expect(perToken('azure', 'm', 'openai-chat', 'none', price)).toBe(125);
    expect(perToken('anthropic', 'm', 'anthropic-messages', 'usual', price)).toBe(125);
    expect(perToken('anthropic', 'm', 'anthropic-messages', 'hour', price)).toBe(200);
    expect(perToken('portkey', 'm', 'anthropic-messages', 'none', price)).toBe(200);
  });
});

const NAMES = ['input', 'cachedInput', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning'] as const;
const anyComponents = fc
  .tuple(...NAMES.map(() => fc.option(fc.bigInt({ min: 0n, max: 10n ** 9n }), { nil: undefined, freq: 4 })))
  .map((units) => {
    const stated = NAMES.flatMap((name, index) => (units[index] === undefined ? [] : [[name, units[index]]]));
    return Object.fromEntries(stated) as Partial<Record<PriceComponent, bigint>>;
  });
const anyPrice = fc
  .record({ base: anyComponents, tier: anyComponents, above: fc.nat(400), isTiered: fc.boolean() })
  .map(
    ({ base, tier, above, isTiered }): PriceVersion => ({
      ...PRICE,
      components: base,
      tiers: isTiered ? [{ aboveInputTokens: above, components: tier }] : [],
    }),
  );

interface Counts {
  readonly fresh: number;
  readonly cached: number;
  readonly minutes: number;
  readonly hour: number;
  readonly written: number;
  readonly reasoning: number;
}

type Five = [number, number, number, number, number];

/** An answer of the endpoint, with a report of all that its format has words for. */
function answerOf(endpoint: ProviderEndpoint, counts: Counts): object {
  const { fresh, cached, minutes, hour, written, reasoning } = counts;
  const input = fresh + cached + minutes + hour;
  const output = written + reasoning;
  // Some servers report in several words at once.
  const foreign = {
    cache_creation_input_tokens: minutes + hour,
    cache_creation: { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour },
  };
  switch (endpoint) {
    case 'openai-responses':
      return {
        object: 'response',
        status: 'completed',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] }],
        usage: {
          input_tokens: input,
          output_tokens: output,
          input_tokens_details: { cached_tokens: cached, cache_write_tokens: minutes + hour },
          output_tokens_details: { reasoning_tokens: reasoning },
          ...foreign,
        },
      };
    case 'anthropic-messages':
      return {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: 'Hi' }],
        stop_reason: 'end_turn',
        usage: {
          input_tokens: fresh,
          cache_read_input_tokens: cached,
          output_tokens: output,
          output_tokens_details: { thinking_tokens: reasoning },
          ...foreign,
        },
      };
    case 'gemini-generate':
      return {
        candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
        usageMetadata: {
          promptTokenCount: input,
          cachedContentTokenCount: cached,
          candidatesTokenCount: written,
          thoughtsTokenCount: reasoning,
          ...foreign,
        },
      };
    case 'bedrock-converse':
      return {
        output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
        stopReason: 'end_turn',
        usage: {
          inputTokens: fresh,
          outputTokens: output,
          cacheReadInputTokens: cached,
          cacheWriteInputTokens: minutes + hour,
          cacheDetails: [
            { ttl: '5m', inputTokens: minutes },
            { ttl: '1h', inputTokens: hour },
          ],
        },
      };
    case 'cohere-chat':
      return {
        message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
        finish_reason: 'COMPLETE',
        usage: { billed_units: { input_tokens: input, output_tokens: output }, tokens: foreign },
      };
    default:
      return {
        choices: [
          { index: 0, finish_reason: 'stop', text: 'Hi', message: { role: 'assistant', content: 'Hi' } },
        ],
        usage: {
          prompt_tokens: input,
          completion_tokens: output,
          prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: minutes + hour },
          completion_tokens_details: { reasoning_tokens: reasoning },
          ...foreign,
        },
      };
  }
}

/** Whether an hour stands anywhere in what is really sent; by reading it, unlike what decides the hold. */
function saysHour(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, entry]) => (name === 'ttl' && entry === '1h') || saysHour(entry));
}

/** The makers and hosts of Claude write for an hour where they are asked to; whoever else may do so at any time. */
const ONLY_ASKED: ReadonlySet<string> = new Set(['anthropic', 'amazon-bedrock', 'google-vertex', 'azure-ai']);

const anyAsked = fc.record({
  // Those that bill an hour are few, and are what matters most.
  provider: fc.oneof(fc.constantFrom(...allProviders()), fc.constantFrom(...[...ONLY_ASKED].map(get))),
  model: fc.constantFrom(...MODELS),
  format: fc.constantFrom(...FORMATS),
  mark: fc.constantFrom(...(Object.keys(MARKS) as Mark[])),
  text: fc.string({ maxLength: 300 }),
  shares: fc.array(fc.nat(100), { minLength: 5, maxLength: 5 }),
  price: anyPrice,
});

it('[M3] no provider can bill more than is held, whatever it reports of its cache, at any price', () => {
  const seen = new Map<string, number>();
  const see = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(anyAsked, ({ provider, model, format, mark, text, shares, price }) => {
      const request = ask(format, mark, text);
      if (!request.isServedBy(provider, model)) return;
      const worst = held(request, provider, model, price);
      const plan = request.plan({
        ...{ provider, model, outputCap: CAP, unsupported: 'report' },
        ...{ requestId: 'req_1', nowSeconds: 0, price: price.components },
      });
      const { inputTokensMax } = request.useFor(price.components);
      const [cached, minutes, hour, written, all] = shares.map((share) => share / 100) as Five;
      const total = Math.floor(inputTokensMax * all);
      const isHour = !ONLY_ASKED.has(provider.id) || saysHour(JSON.parse(plan.body.toString()));
      const counts = {
        cached: Math.floor(total * cached),
        minutes: Math.floor(total * (1 - cached) * minutes * (isHour ? 1 - hour : 1)),
        hour: isHour ? Math.floor(total * (1 - cached) * minutes * hour) : 0,
        written: Math.floor(CAP * written),
        reasoning: Math.floor(CAP * (1 - written)),
      };
      const fresh = total - counts.cached - counts.minutes - counts.hour;
      const answer = answerOf(plan.endpoint, { ...counts, fresh });
      const usage = plan.readWhole(Buffer.from(JSON.stringify(answer)), 'application/json')?.usage;
      if (usage === undefined) throw new Error(`no usage was read at ${provider.id} (${plan.endpoint})`);
      const { costPicoUsd } = rateAttempt(TARGET, price, usage);
      // What has no price is not sent, or counts at what was held.
      if (worst.kind === 'unbounded' || costPicoUsd === null) return;
      see(plan.endpoint);
      if (usage.cacheWrite1hTokens > 0) see(`${plan.endpoint} hour`);
      if (usage.cacheWrite5mTokens > 0) see(`${plan.endpoint} minutes`);
      expect(BigInt(costPicoUsd) <= worst.amountPicoUsd).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  for (const endpoint of ['openai-chat', 'openai-responses', 'openai-completions', 'gemini-generate'])
    expect(seen.get(endpoint), endpoint).toBeGreaterThan(50);
  for (const endpoint of ['openai-chat', 'openai-responses', 'anthropic-messages', 'bedrock-converse'])
    expect(seen.get(`${endpoint} minutes`), endpoint).toBeGreaterThan(50);
  for (const endpoint of ['anthropic-messages', 'bedrock-converse'])
    expect(seen.get(`${endpoint} hour`), endpoint).toBeGreaterThan(50);
});
