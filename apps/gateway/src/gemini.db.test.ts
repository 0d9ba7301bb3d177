/** Google's official SDK against a gateway: at its own provider, and at others behind the same call. */
import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './testing/every-provider.ts';

let world: World;
let client: GoogleGenAI;

beforeAll(async () => {
  world = await startWorld();
  client = new GoogleGenAI({ apiKey: world.key.secret, httpOptions: { baseUrl: world.gateway.origin } });
});
afterAll(() => world?.close());

const MODELS = ['sim-gemini', 'openai/sim-small', 'sim-claude'] as const;
const weather = {
  name: 'weather',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe.each(MODELS)('generateContent, answered by %s', (model) => {
  it('[M7] comes whole, with the usage that is metered', async () => {
    const answer = await client.models.generateContent({ model, contents: '[[sim tokens=12]] Hello' });
    expect(answer.text).toBeTruthy();
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
    const settle = world.gateway.log.settles().at(-1)!;
    expect(settle).toMatchObject({ status: 'succeeded', usageSource: 'provider' });
    expect(settle.usage.inputTokens).toBe(answer.usageMetadata?.promptTokenCount);
    expect(settle.usage.outputTokens).toBe(answer.usageMetadata?.candidatesTokenCount);
  });

  it('[G4] streams', async () => {
    let text = '';
    let finishReason: string | undefined;
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'Hello' })) {
      text += chunk.text ?? '';
      finishReason = chunk.candidates?.[0]?.finishReason ?? finishReason;
    }
    expect(text).not.toBe('');
    expect(finishReason).toBe('STOP');
    expect(world.gateway.log.settles().at(-1)).toMatchObject({ status: 'succeeded', estimated: false });
  });

  it('streams as one JSON array where events are not asked for', async () => {
    const response = await fetch(
      `${world.gateway.origin}/google/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent`,
      {
        method: 'POST',
        headers: { 'x-goog-api-key': world.key.secret, 'content-type': 'application/json' },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
      },
    );
    expect(response.headers.get('content-type')).toContain('application/json');
    const chunks = (await response.json()) as { candidates?: unknown[] }[];
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks[0]?.candidates).toBeDefined();
  });

  it('calls tools', async () => {
    const answer = await client.models.generateContent({
      model,
      contents: 'What is the weather?',
      config: {
        tools: [{ functionDeclarations: [weather] }],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    });
    expect(answer.functionCalls?.[0]).toMatchObject({ name: 'weather' });
  });
});

describe('failures in Google’s words', () => {
  it('[G6] carry its status and the details of ours', async () => {
    const stranger = new GoogleGenAI({
      apiKey: 'tgk_nonsense',
      httpOptions: { baseUrl: world.gateway.origin },
    });
    await expect(
      stranger.models.generateContent({ model: 'sim-gemini', contents: 'x' }),
    ).rejects.toMatchObject({
      status: 401,
    });
    const unknown = client.models.generateContent({ model: 'sim-nothing', contents: 'x' });
    await expect(unknown).rejects.toBeInstanceOf(ApiError);
    await expect(unknown).rejects.toThrow('NOT_FOUND');
    const none = await fetch(`${world.gateway.origin}/v1beta/nothing`, {
      headers: { 'x-goog-api-key': world.key.secret },
    });
    expect(await none.json()).toMatchObject({ error: { code: 404, status: 'NOT_FOUND' } });
  });

  it('keys in the query are refused', async () => {
    const response = await fetch(`${world.gateway.origin}/v1beta/models?key=${world.key.secret}`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } });
  });
});

describe('models', () => {
  it('are listed in Google’s shape', async () => {
    const names: string[] = [];
    for await (const model of await client.models.list()) names.push(model.name ?? '');
    expect(names).toContain('models/sim-gemini');
  });
});
