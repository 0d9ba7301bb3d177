import { emptyUsage, type PriceVersion } from '@tollgate/catalog';
import { worstCaseOf } from '@tollgate/limits';
import { type AttemptTarget, rateAttempt } from '@tollgate/metering';
import { readGenerateRequest, readTaskRequest, type UnderstoodRequest } from '@tollgate/providers';
import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../policy/policy.ts';
import { boundOf } from './hold.ts';

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
    boundOf(request.useFor(PRICE.components), entryOf(contextWindow), TARGET, PRICE),
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
