import {
  ApiError,
  type Content,
  FinishReason,
  type GenerateContentParameters,
  GoogleGenAI,
} from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';
import { countTokens } from '../tokens.ts';

let simulator: Simulator;
let client: GoogleGenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant', seed: 7 });
  client = new GoogleGenAI({ apiKey: simulator.apiKey, httpOptions: { baseUrl: simulator.url } });
});
afterAll(() => simulator.close());

const TOOLS = [
  {
    functionDeclarations: [
      {
        name: 'get_weather',
        parametersJsonSchema: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    ],
  },
];

function bodyOf(contents: string | Content[], config: GenerateContentParameters['config'] = {}) {
  return { model: 'sim-gemini', contents, config };
}

async function streamed(body: GenerateContentParameters) {
  const chunks = [];
  for await (const chunk of await client.models.generateContentStream(body)) chunks.push(chunk);
  return chunks;
}

describe('an answer', () => {
  it('has usage whose thoughts are apart and whose prompt includes the cache', async () => {
    const body = bodyOf('[[sim tokens=12 input-tokens=100 cached-tokens=30 reasoning-tokens=5]] Hello');
    const answer = await client.models.generateContent(body);
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 100,
      cachedContentTokenCount: 30,
      candidatesTokenCount: 12,
      thoughtsTokenCount: 5,
      totalTokenCount: 117,
    });
    expect(countTokens(answer.text ?? '')).toBe(12);
    expect(answer.candidates?.[0]?.finishReason).toBe(FinishReason.STOP);
    expect(answer.modelVersion).toBe('sim-gemini');
  });

  it('streams the same words with growing usage, and thoughts where they were asked for', async () => {
    const body = bodyOf('[[sim tokens=6]] Hello', { thinkingConfig: { includeThoughts: true } });
    const chunks = await streamed(body);
    const plain = await client.models.generateContent(body);
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(plain.text);
    const counts = chunks.map(({ usageMetadata }) => usageMetadata?.totalTokenCount ?? 0);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({ candidatesTokenCount: 6, thoughtsTokenCount: 12 });
    expect(plain.candidates?.[0]?.content?.parts?.[0]?.thought).toBe(true);
  });

  it('is one JSON array when events were not asked for', async () => {
    const response = await fetch(`${simulator.url}/v1beta/models/sim-gemini:streamGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': simulator.apiKey },
      body: JSON.stringify({ contents: [{ parts: [{ text: '[[sim tokens=3]]' }] }] }),
    });
    const events: unknown = JSON.parse(await response.text());
    expect(events).toHaveLength(4);
  });

  it('fits a schema, has candidates and pictures', async () => {
    const answer = await client.models.generateContent(
      bodyOf('[[sim images=1]] JSON', {
        candidateCount: 2,
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { total: { type: 'INTEGER' } } } as object,
      }),
    );
    expect(answer.candidates).toHaveLength(2);
    const parts = answer.candidates?.[0]?.content?.parts ?? [];
    expect(JSON.parse(parts[0]?.text ?? '')).toEqual({ total: expect.any(Number) });
    expect(parts[1]?.inlineData?.mimeType).toBe('image/png');
  });
});

describe('function calls', () => {
  const asked: Content = { role: 'user', parts: [{ text: '[[sim tool-calls=2]] Weather?' }] };

  async function turn(change: (content: Content) => Content) {
    const first = await client.models.generateContent(bodyOf([asked], { tools: TOOLS }));
    const called = change(first.candidates?.[0]?.content ?? {});
    const parts = (first.functionCalls ?? []).map(({ name = '', id = '' }) => ({
      functionResponse: { name, id, response: { sky: 'clear' } },
    }));
    const contents = [{ ...asked, parts: [{ text: 'Weather?' }] }, called, { role: 'user', parts }];
    return client.models.generateContent(bodyOf(contents, { tools: TOOLS }));
  }

  it('carry a signature on the first, and go on with it', async () => {
    const first = await client.models.generateContent(bodyOf([asked], { tools: TOOLS }));
    const parts = first.candidates?.[0]?.content?.parts ?? [];
    expect(parts.map(({ thoughtSignature }) => thoughtSignature !== undefined)).toEqual([true, false]);
    expect((await turn((content) => content)).text).toBeTypeOf('string');
  });

  it.each([
    ['missing', undefined, 'missing a thought_signature'],
    ['altered', 'AAAA', 'Corrupted thought signature.'],
  ])('are refused in the next turn when the signature is %s', async (_name, thoughtSignature, message) => {
    const change = (content: Content) => {
      const parts = (content.parts ?? []).map(({ thoughtSignature: _, ...part }) =>
        thoughtSignature === undefined ? part : { ...part, thoughtSignature },
      );
      return { ...content, parts };
    };
    const refused = turn(change);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ status: 400 });
  });

  it('of an invented history pass with the documented word', async () => {
    const word = 'skip_thought_signature_validator';
    const change = (content: Content) => ({
      ...content,
      parts: (content.parts ?? []).map((part) => ({ ...part, thoughtSignature: word })),
    });
    expect((await turn(change)).text).toBeTypeOf('string');
  });
});

describe('refusals', () => {
  it.each([
    ['[[sim error=rate-limit]]', 429, 'RESOURCE_EXHAUSTED'],
    ['[[sim error=unavailable]]', 503, 'UNAVAILABLE'],
    ['[[sim error=permission]]', 403, 'PERMISSION_DENIED'],
    ['[[sim error=not-found]]', 404, 'NOT_FOUND'],
  ])('%s is %i %s', async (contents, status, name) => {
    const error = await client.models.generateContent(bodyOf(contents)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status });
    expect(JSON.parse((error as ApiError).message)).toMatchObject({ error: { code: status, status: name } });
  });

  it('blocks the prompt or the answer', async () => {
    const prompt = await client.models.generateContent(bodyOf('[[sim safety-block=prompt]]'));
    expect(prompt.promptFeedback?.blockReason).toBe('SAFETY');
    expect(prompt.candidates).toBeUndefined();
    const answer = (await streamed(bodyOf('[[sim safety-block=answer]]'))).at(-1);
    expect(answer?.candidates?.[0]?.finishReason).toBe('SAFETY');
  });

  it('knows a wrong key and an unknown member', async () => {
    const other = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: simulator.url } });
    await expect(other.models.generateContent(bodyOf('Hello'))).rejects.toThrow('API_KEY_INVALID');
    const response = await fetch(`${simulator.url}/v1beta/models/sim-gemini:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': simulator.apiKey },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'x' }] }], tags: ['a'] }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Unknown name \\"tags\\": Cannot find field.');
  });
});

it('counts tokens as answers bill them', async () => {
  const { totalTokens } = await client.models.countTokens({
    model: 'sim-gemini',
    contents: 'How long am I?',
  });
  const answer = await client.models.generateContent(bodyOf('How long am I?'));
  expect(answer.usageMetadata?.promptTokenCount).toBe(totalTokens);
});
