/**
 * Our costs against costs that others computed from 1,137 recorded provider answers, input and output apart.
 *
 * Both sides have the same token counts; what is compared is the price book and the arithmetic. A disagreement is
 * either listed below with its reason, or fails.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadPriceBook } from './price-book.ts';
import { PriceIndex } from './price-index.ts';
import { NO_MARKUP, rateUsage } from './rate.ts';
import { emptyUsage, type TokenUsage } from './usage.ts';

const FILE = new URL('../../../../shared/catalog/usage-prices.json', import.meta.url);
const isPresent = existsSync(FILE);
/** The day of the price list that the others computed with. */
const AT = new Date('2026-08-21T12:00:00Z');

const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'amazon-bedrock',
  huggingface_groq: 'groq',
  huggingface_nebius: 'nebius',
  huggingface_novita: 'novita',
  huggingface_nscale: 'nscale',
  huggingface_together: 'togetherai',
};

/** Reasons: the price lists differ (who is right is not ours to say), or ours knows a kind that theirs does not. */
const LISTS_DIFFER =
  'dated lists differ: ours states the price of LiteLLM (2026-08-01) or models.dev (2026-07-02), theirs that of 2026-08-21';
const EXPLAINED: Readonly<Record<string, string>> = {
  'amazon-bedrock openai.gpt-5.6-luna': LISTS_DIFFER,
  'azure gpt-4o-2024-11-20': LISTS_DIFFER,
  'azure gpt-4o-audio-preview-2024-12-17': 'they price audio as text',
  'azure gpt-4o-mini-2024-07-18': LISTS_DIFFER,
  'deepseek deepseek-reasoner': LISTS_DIFFER,
  'google gemini-1.5-flash': 'withdrawn; our source states no output price, so the cost is unknown',
  'google gemini-2.5-flash': 'they price cached audio apart from other cached input',
  'groq openai/gpt-oss-120b': LISTS_DIFFER,
  'mistral ministral-8b-latest': LISTS_DIFFER,
  'mistral mistral-large-latest': 'a moving alias: the lists point it at different models',
  'mistral mistral-medium-latest': 'a moving alias: the lists point it at different models',
  'nebius Qwen/Qwen2.5-VL-72B-Instruct': LISTS_DIFFER,
  'nebius openai/gpt-oss-120b': 'they have no cache price for it',
  'openai gpt-4o-audio-preview-2024-12-17': 'they price audio as text',
  'openrouter openai/gpt-oss-120b': LISTS_DIFFER,
  'openrouter qwen/qwen3-32b': LISTS_DIFFER,
  'openrouter z-ai/glm-4.6': LISTS_DIFFER,
  'ovhcloud gpt-oss-120b': LISTS_DIFFER,
  'zhipuai glm-4.7': LISTS_DIFFER,
  'zhipuai glm-5.2': LISTS_DIFFER,
};

const answersSchema = z.array(
  z.object({
    model: z.string().optional(),
    extracted: z.array(
      z.object({
        usage: z.record(z.string(), z.int()),
        extractors: z.array(
          z.object({
            provider_id: z.string(),
            api_flavor: z.string(),
            input_price: z.string().optional(),
            output_price: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
);

describe.skipIf(!isPresent && !isRequired())(
  '[M7] costs computed by others (skipped without ../shared)',
  () => {
    it('agree with ours, but for the listed reasons', () => {
      const { agreed, unpriced, disagreed } = compare();
      console.log(
        `${agreed} agree, ${[...disagreed.values()].reduce((a, b) => a + b, 0)} differ for a listed reason ` +
          `(${disagreed.size} models), ${unpriced} have no price of that name with us`,
      );
      expect([...disagreed.keys()].sort()).toEqual(Object.keys(EXPLAINED).sort());
      expect(agreed).toBeGreaterThan(1_600);
    });

    it('are accounted for body by body: each agrees, differs for a listed reason, or cannot be compared for one', () => {
      const { outcomes, missing } = compareBodies();
      console.log([...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', '));
      expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(1_137);
      expect(Object.fromEntries(outcomes)).toEqual(BODIES);
      expect(missing).toEqual(NOT_IN_OUR_BOOK);
    });
  },
);

type Outcome =
  | 'agree'
  | 'differ for a listed reason'
  | 'have no price of that name with us'
  | 'have no price with them';

/** Withdrawn previews and other names of a gateway, which our sources do not state: used, they appear without a price. */
const NOT_IN_OUR_BOOK: readonly string[] = [
  'anthropic/claude-3.7-sonnet:thinking',
  'anthropic/claude-4.5-sonnet-20250929',
  'anthropic/claude-4.6-sonnet-20260217',
  'gemini-2.0-flash-exp',
  'gemini-2.5-pro-preview-05-06',
  'gpt-4.5-preview-2025-02-27',
  'pixtral-12b-latest',
];

/** What became of each body; a body that agrees with one of their readings and differs from another differs. */
const BODIES: Readonly<Record<Outcome, number>> = {
  agree: 827,
  'differ for a listed reason': 85,
  'have no price of that name with us': 21,
  'have no price with them': 204,
};

function compareBodies(): { outcomes: Map<Outcome, number>; missing: string[] } {
  const outcomes = new Map<Outcome, number>();
  const missing = new Set<string>();
  for (const answer of readAnswers()) {
    const { agreed, unpriced, disagreed } = compare([answer]);
    const outcome: Outcome =
      disagreed.size > 0
        ? 'differ for a listed reason'
        : agreed > 0
          ? 'agree'
          : unpriced > 0
            ? 'have no price of that name with us'
            : 'have no price with them';
    if (outcome === 'have no price of that name with us') missing.add(answer.model ?? '');
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return { outcomes, missing: [...missing].sort() };
}

function readAnswers(): z.output<typeof answersSchema> {
  return answersSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

let bookIndex: PriceIndex | undefined;

function compare(answers = readAnswers()): {
  agreed: number;
  unpriced: number;
  disagreed: Map<string, number>;
} {
  bookIndex ??= new PriceIndex(loadPriceBook().prices);
  const index = bookIndex;
  const disagreed = new Map<string, number>();
  let [agreed, unpriced] = [0, 0];
  for (const answer of answers) {
    for (const { usage, extractors } of answer.extracted) {
      for (const theirs of extractors) {
        if (theirs.input_price === undefined && theirs.output_price === undefined) continue;
        const provider = providerOf(theirs.provider_id, theirs.api_flavor);
        const model = (answer.model ?? '').replace(/^models\//, '');
        const price = index.find({
          organizationId: null,
          provider,
          model,
          region: null,
          serviceTier: 'default',
          at: AT,
        });
        if (price === undefined) {
          unpriced++;
          continue;
        }
        const rated = rateUsage({ usage: toUsage(usage), price, markup: NO_MARKUP, owner: 'operator' });
        let [input, output] = [0n, 0n];
        for (const part of rated.kind === 'rated' ? rated.components : []) {
          if (['output', 'reasoning', 'audioOutput', 'unit:image_output_token'].includes(part.component)) {
            output += part.costPicoUsd;
          } else input += part.costPicoUsd;
        }
        const key = `${provider} ${model}`;
        if (input === toPicoUsd(theirs.input_price) && output === toPicoUsd(theirs.output_price)) agreed++;
        else disagreed.set(key, (disagreed.get(key) ?? 0) + 1);
      }
    }
  }
  return { agreed, unpriced, disagreed };
}

function providerOf(id: string, flavor: string): string {
  if (id === 'google' && flavor === 'anthropic') return 'google-vertex';
  return PROVIDERS[id] ?? id;
}

/** Their totals include their parts; ours are disjoint. */
function toUsage(theirs: Readonly<Record<string, number>>): TokenUsage {
  const n = (name: string) => theirs[name] ?? 0;
  const audioInput = n('input_audio_tokens') - n('cache_audio_read_tokens');
  return {
    ...emptyUsage(),
    inputTokens: n('input_tokens') - n('cache_read_tokens') - n('cache_write_tokens') - audioInput,
    cachedInputTokens: n('cache_read_tokens'),
    cacheWrite5mTokens: n('cache_write_tokens'),
    audioInputTokens: audioInput,
    outputTokens: n('output_tokens') - n('output_reasoning_tokens') - n('output_image_tokens'),
    reasoningTokens: n('output_reasoning_tokens'),
    units: { image_output_token: n('output_image_tokens') },
  };
}

/** Their amounts are exact decimals, sometimes with an exponent (`9E-7`). */
function toPicoUsd(text: string | undefined): bigint {
  const match = /^(\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/.exec(text ?? '0');
  if (match === null) throw new Error(`Cannot compare: the amount must be a decimal, got "${text}"`);
  const [, whole = '', decimals = '', exponent = '0'] = match;
  return BigInt((whole + decimals).padEnd(whole.length + 12 + Number(exponent), '0'));
}

/** Without the folder the test is skipped, but fails where an acceptance run requires it. */
function isRequired(): boolean {
  const meta: ImportMeta & { readonly env?: Record<string, string | undefined> } = import.meta;
  return meta.env?.TOLLGATE_REQUIRE_SHARED === '1';
}
