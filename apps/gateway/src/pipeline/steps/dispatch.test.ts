/** A request that budgets refuse everywhere costs little: each refusal may be a question to Postgres. */
import { PriceIndex } from '@tollgate/catalog';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../limits.ts';
import type { Services } from '../../services.ts';
import type { Exchange } from '../exchange.ts';
import { dispatch } from './dispatch.ts';

interface Held {
  readonly code: string;
  readonly holds: readonly string[];
}

/** Dispatches to candidates that a budget all refuses. */
async function refusedEverywhere(
  candidates: readonly { readonly owner: string; readonly model: string }[],
  {
    monotonicMs = () => 0,
    onHold,
  }: {
    readonly monotonicMs?: () => number;
    readonly onHold?: (exchange: Exchange) => void;
  } = {},
): Promise<Held> {
  const holds: string[] = [];
  const exchange = {
    attempts: [],
    candidates: candidates.map(({ owner, model }, index) => ({
      credential: { id: `cred_${index}`, owner, provider: 'openai', region: 'default' },
      provider: { id: 'openai', quirks: {} },
      upstreamModel: model,
      model,
    })),
    organization: { organizationId: 'org_1', budgets: [], ownBudgets: [], prices: [] },
    platform: { priceIndex: new PriceIndex([]), markups: new Map(), models: new Map() },
    asked: {
      useFor: () => ({ inputTokensMax: 10, outputCap: 10, choices: 1, unbounded: false, unseenInput: false }),
      serviceTierAt: () => 'default',
      cacheWritesAt: () => 'none',
    },
    subject: {},
    startedMs: 0,
    startedAtMs: 0,
    clientGone: false,
    revoked: undefined,
  } as unknown as Exchange;
  const services = {
    limits: DEFAULT_LIMITS,
    clock: { monotonicMs },
    log: { writable: true },
    policy: { latest: (organization: unknown) => organization },
    budgets: {
      use: () => undefined,
      hold: ({ model }: { readonly model: string }) => {
        holds.push(model);
        onHold?.(exchange);
        return { kind: 'refused', code: 'budget_exceeded', message: 'spent' };
      },
    },
  } as unknown as Services;
  const error: unknown = await dispatch(exchange, services).catch((caught: unknown) => caught);
  return { code: (error as { code: string }).code, holds };
}

const models = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ owner: 'organization', model: `m${index}` }));

describe('dispatch()', () => {
  it('asks the budgets once for credentials that cost the same', async () => {
    const own = (model: string) => ({ owner: 'organization', model });
    const { holds, code } = await refusedEverywhere([own('a'), own('a'), own('b'), own('a'), own('b')]);
    expect(holds).toEqual(['a', 'b']);
    expect(code).toBe('budget_exceeded');
  });

  it('gives up after ten refusals, at its deadline, and when nobody waits any more', async () => {
    expect((await refusedEverywhere(models(40))).holds).toHaveLength(DEFAULT_LIMITS.maxRoutedAttempts);
    let nowMs = 0;
    const late = await refusedEverywhere(models(5), {
      monotonicMs: () => nowMs,
      onHold: () => {
        nowMs = DEFAULT_LIMITS.totalTimeoutMs;
      },
    });
    expect(late).toEqual({ holds: ['m0'], code: 'budget_exceeded' });
    const gone = await refusedEverywhere(models(5), {
      onHold: (exchange) => {
        exchange.clientGone = true;
      },
    });
    expect(gone.holds).toEqual(['m0']);
  });
});
