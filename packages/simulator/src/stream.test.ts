import OpenAI from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from './start-simulator.ts';
import { countTokens } from './tokens.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ pacing: 'instant' });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

interface Asked {
  readonly usage?: boolean;
  readonly headers?: Record<string, string>;
  readonly more?: object;
}

async function stream(content: string, { usage = false, headers = {}, more = {} }: Asked = {}) {
  const request = {
    model: 'sim-small',
    stream: true as const,
    messages: [{ role: 'user' as const, content }],
    ...(usage ? { stream_options: { include_usage: true } } : {}),
    ...more,
  };
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of await client.chat.completions.create(request, { headers })) chunks.push(chunk);
  return chunks;
}

async function raw(content: string, headers: Record<string, string> = {}, more: object = {}) {
  const response = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.apiKey}`, ...headers },
    body: JSON.stringify({
      model: 'sim-small',
      stream: true,
      messages: [{ role: 'user', content }],
      ...more,
    }),
  });
  return response;
}

function textOf(chunks: readonly ChatCompletionChunk[]): string {
  return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
}

describe('a stream', () => {
  it('is role, content, finish, and usage only where it was asked for', async () => {
    const silent = await stream('[[sim tokens=3]]');
    expect(silent).toHaveLength(5);
    expect(silent[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    expect(silent.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(silent.some((chunk) => 'usage' in chunk)).toBe(false);
    const asked = await stream('[[sim tokens=3]]', { usage: true });
    expect(asked).toHaveLength(6);
    expect(asked.slice(0, 5).every((chunk) => chunk.usage === null)).toBe(true);
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    expect(textOf(asked)).toBe(textOf(silent));
  });

  it('ends with [DONE] and is an event stream', async () => {
    const response = await raw('[[sim tokens=2]]');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect((await response.text()).endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
  });

  it('says the same as the plain answer', async () => {
    const content = 'Do both say the same?';
    const plain = await client.chat.completions.create({
      model: 'sim-small',
      messages: [{ role: 'user', content }],
    });
    expect(textOf(await stream(content))).toBe(plain.choices[0]?.message.content);
  });

  it('takes n choices in turns', async () => {
    const chunks = await stream('[[sim tokens=2]]', { usage: true, more: { n: 2 } });
    expect(chunks.map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, undefined]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(4);
  });

  it('keeps its pace: no token before its time', async () => {
    const start = performance.now();
    await stream('[[sim tokens=5 latency=30 interval=10]]');
    expect(performance.now() - start).toBeGreaterThanOrEqual(30 + 4 * 10);
  });

  it.each([1, 2, 3, 5, 7, 64, 1000])(
    '[G5] says the same when its bytes are split every %i bytes',
    async (size) => {
      const content = '[[sim awkward tokens=40]] split';
      const whole = await stream(content, { usage: true });
      const split = await stream(content, { usage: true, headers: { 'x-sim-chunk-bytes': String(size) } });
      expect(textOf(split)).toBe(textOf(whole));
      expect(countTokens(textOf(split))).toBe(40);
      expect(split.at(-1)?.usage).toEqual(whole.at(-1)?.usage);
    },
  );
});

describe('faults of usage', () => {
  it('leaves it out, doubles it or sends it first', async () => {
    const none = await stream('[[sim tokens=4 no-usage]]', { usage: true });
    expect(none.some((chunk) => chunk.usage !== null)).toBe(false);
    const twice = await stream('[[sim tokens=4 usage-twice]]', { usage: true });
    expect(twice.flatMap((chunk) => chunk.usage?.completion_tokens ?? [])).toEqual([2, 4]);
    const first = await stream('[[sim tokens=4 usage-first]]', { usage: true });
    expect(first.findIndex((chunk) => chunk.usage !== null)).toBe(0);
  });

  it('sends usage that is no usage', async () => {
    const chunks = await stream('[[sim tokens=4 bad-usage=negative]]', { usage: true });
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(-1);
  });
});

describe('faults of the wire', () => {
  it('breaks off after N events, in the middle of the next where asked', async () => {
    const read: string[] = [];
    const cut = await raw('[[sim tokens=9 cut-after-chunks=3]]');
    await expect(
      (async () => {
        for await (const bytes of cut.body ?? []) read.push(Buffer.from(bytes).toString());
      })(),
    ).rejects.toThrow('terminated');
    expect(read.join('').split('\n\n')).toHaveLength(4);
    const response = await raw('[[sim tokens=9 cut-after-chunks=3 cut-mid-event cut-how=end]]');
    const events = (await response.text()).split('\n\n');
    expect(events).toHaveLength(4);
    expect(events[3]).toMatch(/^data: \{"id"/);
    expect(() => JSON.parse(events[3]?.slice(6) ?? '')).toThrow();
  });

  it('reports an error inside the stream and then ends without [DONE]', async () => {
    const text = await (await raw('[[sim tokens=9 error-in-stream=2]]')).text();
    expect(text.match(/"content":"[^"]+"/g)).toHaveLength(2);
    expect(text).toMatch(/data: \{"error":\{"message":"The server had an error[^\n]+\n\n$/);
    await expect(stream('[[sim tokens=9 error-in-stream=2]]')).rejects.toThrow('The server had an error');
  });

  it('goes silent, before the head or after N events', async () => {
    const silent = raw('[[sim hang]]', {}, { stream: true });
    const gaveUp = Promise.race([
      silent.then(() => 'answered'),
      new Promise((resolve) => setTimeout(resolve, 50, 'silent')),
    ]);
    expect(await gaveUp).toBe('silent');
    const response = await raw('[[sim hang-after-chunks=2 tokens=9]]');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(
      Buffer.from(first?.value ?? [])
        .toString()
        .match(/data:/g),
    ).toHaveLength(2);
    await reader?.cancel();
    silent.catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
  });

  it.each(['crlf', 'cr'])('ends lines with %s and adds comments', async (ends) => {
    const text = await (await raw(`[[sim tokens=1 comments line-ends=${ends}]]`)).text();
    const end = ends === 'crlf' ? '\r\n' : '\r';
    expect(text.startsWith(`: keep-alive${end}${end}data: {`)).toBe(true);
    expect(text.endsWith(`data: [DONE]${end}${end}`)).toBe(true);
  });

  it('waits for a reader that does not read, and then sends all of it', async () => {
    const response = await raw('[[sim tokens=20000]]');
    const text = await response.text();
    expect(text.match(/"content":"/g)).toHaveLength(20_001);
  });
});
