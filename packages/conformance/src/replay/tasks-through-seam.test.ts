/**
 * Every recorded answer that is no conversation (embeddings, pictures, sound, rerank, counts, files, batches, lists of
 * models) through the seam that the gateway uses: the client gets the recorded bytes, and the meter what they tell.
 */
import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '@tollgate/errors';
import { readModelList } from '@tollgate/providers';
import { beforeAll, expect, it } from 'vitest';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readTaskUsage, withoutZeros } from './read-task-usage.ts';
import { findServedTask, type ServedTask } from './task-endpoints.ts';
import { answerTask, type PlannedTask, planTask } from './task-through-seam.ts';
import { UNSERVED } from './unserved-recordings.ts';

/** Exchanges that were recorded, by provider and API: none is lost on the way to this test. */
const SERVED = {
  'amazon-bedrock/count_tokens': 4,
  'anthropic/count_tokens': 6,
  'anthropic/models': 2,
  'azure/embeddings': 4,
  'cohere/rerank': 3,
  'deepseek/models': 1,
  'doubleword/embeddings': 1,
  'github-copilot/models': 1,
  'google/count_tokens': 3,
  'google/embeddings': 4,
  'google/models': 1,
  'google-vertex/count_tokens': 3,
  'groq/audio.transcriptions': 4,
  'groq/models': 1,
  'llamacpp/embeddings': 2,
  'llamacpp/models': 1,
  'llamacpp/rerank': 1,
  'mistral/audio.transcriptions': 3,
  'mistral/embeddings': 3,
  'mistral/files': 1,
  'mistral/models': 2,
  'openai/audio.speech': 5,
  'openai/audio.transcriptions': 8,
  'openai/batches': 10,
  'openai/completions': 4,
  'openai/embeddings': 8,
  'openai/files': 3,
  'openai/images': 14,
  'openai/models': 1,
  'openai/moderations': 9,
  'openrouter/embeddings': 3,
  'togetherai/completions': 1,
  'togetherai/rerank': 1,
  'venice/audio.transcriptions': 1,
  'venice/embeddings': 1,
  'venice/models': 1,
  'voyage/embeddings': 4,
  'xai/files': 1,
  'xai/images': 1,
} as const;

/** Recorded requests that the client sends as the provider gets them. */
const REQUESTS = 59;

/** Answers that tell what they used (of speech, its request does). */
const TOLD = {
  'anthropic-count-tokens': 7,
  'cohere-rerank': 4,
  'gemini-count-tokens': 5,
  'openai-audio-speech': 5,
  'openai-audio-transcriptions': 13,
  'openai-completions': 4,
  'openai-embeddings': 16,
  'openai-images-generations': 6,
} as const;

const FAILURES = { 400: 14, 404: 8, 500: 1, 501: 2 } as const;

type Json = Readonly<Record<string, unknown>>;
type Served = { readonly exchange: Exchange; readonly task: ServedTask };

function split(): { readonly served: readonly Served[]; readonly unserved: readonly Exchange[] } {
  const served: Served[] = [];
  const unserved: Exchange[] = [];
  for (const exchange of loadFixtures().exchanges.filter(({ format }) => format === undefined)) {
    const task = findServedTask(exchange);
    if (task === undefined) unserved.push(exchange);
    else served.push({ exchange: asOnTheWire(exchange), task });
  }
  return { served, unserved };
}

/** One file keeps an answer of text as a JSON object around it. */
function asOnTheWire(exchange: Exchange): Exchange {
  const { headers, body } = (jsonOf(exchange.body) ?? {}) as { headers?: unknown; body?: unknown };
  if (typeof body !== 'string' || typeof headers !== 'object') return exchange;
  return {
    ...exchange,
    headers: headers as Exchange['headers'],
    body: Buffer.from(body),
    framing: 'other',
  };
}

function jsonOf(body: Buffer): Json | undefined {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return undefined;
  }
}

function countByApi(exchanges: readonly Exchange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { provider, api } of exchanges)
    counts[`${provider}/${api}`] = (counts[`${provider}/${api}`] ?? 0) + 1;
  return counts;
}

/** What a host of Claude counted, in the words of Anthropic's API; else as it came. */
function expectedBody({ provider, endpoint }: ServedTask, { body }: Exchange): string {
  if (endpoint !== 'anthropic-count-tokens' || provider.id === 'anthropic') return body.toString('latin1');
  return JSON.stringify({ input_tokens: jsonOf(body)?.inputTokens });
}

/** As recorded; completions and streams of events have the gateway's own words for theirs. */
function expectedType({ endpoint }: ServedTask, { framing, headers }: Exchange): string | undefined {
  if (framing === 'sse') return 'text/event-stream; charset=utf-8';
  return endpoint === 'openai-completions' ? 'application/json' : headers['content-type'];
}

/** By gateway-contract's table, read independently: our credential is never the caller's fault. */
function expectedError(status: number): { readonly code: string; readonly status: number } {
  if (status === 401 || status === 403) return { code: 'provider_credential_rejected', status: 502 };
  return { code: 'upstream_error', status: status < 500 ? status : 502 };
}

describeRecorded('a recorded answer that is no conversation', () => {
  let served: readonly Served[];
  let unserved: readonly Exchange[];
  let planned: readonly Served[];
  beforeAll(() => {
    ({ served, unserved } = split());
    planned = served.filter(({ task }) => task.endpoint !== 'models');
  });

  it('is replayed, or is on the list of what is not served, which names nothing else', () => {
    const counts = countByApi(served.map(({ exchange }) => exchange));
    console.info(`served: ${served.length}; not served: ${unserved.length}`, counts);
    expect(counts).toEqual(SERVED);
    expect(new Set(UNSERVED.map(({ provider, api }) => `${provider}/${api}`)).size).toBe(UNSERVED.length);
    expect(countByApi(unserved)).toEqual(
      Object.fromEntries(
        UNSERVED.map(({ provider, api, exchanges }) => [`${provider}/${api}`, exchanges] as const),
      ),
    );
  });

  it('was asked for in bytes that pass to the provider as they came', () => {
    let compared = 0;
    for (const { exchange, task } of planned) {
      const { request, plan, recorded, model }: PlannedTask = planTask(exchange, task);
      expect(request.isServedBy(task.provider, model), exchange.id).toBe(true);
      expect([plan.endpoint, plan.translated, plan.unsupported], exchange.id).toEqual([
        task.endpoint,
        false,
        [],
      ]);
      if (recorded === undefined || task.endpoint === 'openai-completions') continue;
      expect(plan.body.equals(recorded), exchange.id).toBe(true);
      compared += 1;
    }
    console.info(`requests that passed as bytes: ${compared}`);
    expect(compared).toBe(REQUESTS);
  });

  it('reaches the client byte for byte, with its type', () => {
    for (const { exchange, task } of planned.filter(({ exchange }) => exchange.status < 400)) {
      const answer = answerTask(planTask(exchange, task).plan, exchange);
      expect(answer?.isComplete, exchange.id).toBe(true);
      expect(answer?.body.toString('latin1') === expectedBody(task, exchange), exchange.id).toBe(true);
      expect(answer?.contentType, exchange.id).toBe(expectedType(task, exchange));
    }
  });

  it('[M7] is metered by what it tells, and by nothing where it tells nothing', () => {
    const told: Record<string, number> = {};
    const different: Record<string, unknown> = {};
    for (const { exchange, task } of planned.filter(({ exchange }) => exchange.status < 400)) {
      const usage = answerTask(planTask(exchange, task).plan, exchange)?.usage;
      const read = usage && withoutZeros(usage);
      const asked = jsonOf(exchange.request?.body ?? Buffer.alloc(0)) ?? {};
      const expected = readTaskUsage(task.endpoint, jsonOf(exchange.body), asked);
      if (!isDeepStrictEqual(read, expected)) different[exchange.id] = { read, expected };
      if (expected !== undefined) told[task.endpoint] = (told[task.endpoint] ?? 0) + 1;
    }
    console.info('answers that tell what they used:', told);
    expect(different).toEqual({});
    expect(told).toEqual(TOLD);
  });

  it('[G6] of a failure raises what the status means, in the provider’s words, and never calls a good key bad', () => {
    const failures: Record<number, number> = {};
    for (const { exchange, task } of planned.filter(({ exchange }) => exchange.status >= 400)) {
      const { status, headers, body } = exchange;
      const error = planTask(exchange, task).plan.failure({
        status,
        headers,
        body,
        secret: 'secret-of-ours',
        provider: task.provider.id,
      });
      expect(error, exchange.id).toBeInstanceOf(GatewayError);
      expect({ code: error.code, status: error.status }, exchange.id).toEqual(expectedError(status));
      const said = wordsOf(jsonOf(body));
      if (status < 500) expect(error.message, exchange.id).toBe(said);
      failures[status] = (failures[status] ?? 0) + 1;
    }
    console.info('failures:', failures);
    expect(failures).toEqual(FAILURES);
  });

  it('of a list of models has every name, and none where the key was refused', () => {
    for (const { exchange } of served.filter(({ task }) => task.endpoint === 'models')) {
      const list = jsonOf(exchange.body) as { data?: readonly Json[]; models?: readonly Json[] };
      const names = (list.data ?? list.models)?.map(({ id, name }) =>
        String(id ?? name).replace(/^models\//, ''),
      );
      expect(readModelList(exchange.body.toString()), exchange.id).toEqual(names);
      expect(names === undefined, exchange.id).toBe(exchange.status === 401);
    }
  });
});

function wordsOf(body: Json | undefined): string {
  const error = (body?.error ?? body) as Json;
  return String(error.message ?? error.detail);
}
