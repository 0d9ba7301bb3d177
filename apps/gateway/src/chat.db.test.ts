/** The official OpenAI SDK against a gateway in front of the simulator: only baseURL and apiKey are changed. */
import { type Simulator, startSimulator } from '@tollgate/simulator';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Seed, type SeededKey } from './testing/seed.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let database: TestDatabase;
let simulator: Simulator;
let seed: Seed;
let gateway: TestGateway;
let key: SeededKey;
let client: OpenAI;

beforeAll(async () => {
  database = await createTestDatabase();
  simulator = await startSimulator({ pacing: 'instant' });
  seed = new Seed(database);
  await seed.platform(`${simulator.url}/v1`);
  key = await seed.key({ organizationId: await seed.organization() });
  gateway = await startTestGateway({
    databaseUrl: database.urls.gateway,
    allowedPrivateOrigins: [simulator.url],
  });
  client = new OpenAI({ baseURL: gateway.baseUrl, apiKey: key.secret });
});

afterAll(async () => {
  await gateway?.close();
  await seed?.close();
  await simulator?.close();
  await database?.drop();
});

const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('chat completions', () => {
  it('answers a whole completion with its exact cost in the headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'sim-small', messages: ask('Hello') })
      .withResponse();
    expect(data.choices[0]?.message.content).toBeTruthy();
    const { prompt_tokens, completion_tokens } = data.usage!;
    const picoUsd = BigInt(prompt_tokens) * 250_000n + BigInt(completion_tokens) * 2_000_000n;
    expect(Number(response.headers.get('x-tollgate-cost-usd'))).toBeCloseTo(Number(picoUsd) / 1e12, 12);
    expect(response.headers.get('x-tollgate-model')).toBe('sim-small');
    expect(response.headers.get('x-tollgate-provider')).toBe('simulator');
    expect(response.headers.get('x-tollgate-attempts')).toBe('1');
    expect(response.headers.get('x-request-id')).toBe(response.headers.get('x-tollgate-request-id'));
    expect(gateway.log.settles().at(-1)?.costPicoUsd).toBe(String(picoUsd));
  });

  it('streams, and hides the usage that only the gateway asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'sim-small',
      messages: ask('Hello'),
      stream: true,
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    const settle = gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'provider', estimated: false });
    expect(settle.usage.outputTokens).toBeGreaterThan(0);
  });
});
