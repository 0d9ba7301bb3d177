import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTruth } from './read-truth.ts';
import { type Simulator, startSimulator } from './start-simulator.ts';
import { countPromptTokens, countTokens } from './tokens.ts';

/** Vitest's own is a second, which a busy machine may take. */
const PATIENCE = { timeout: 30_000 };

let folder: string;
let path: string;
let simulator: Simulator;
let client: OpenAI;

async function start() {
  simulator = await startSimulator({ truthFile: path, pacing: 'instant' });
  client = new OpenAI({ apiKey: simulator.apiKey, baseURL: `${simulator.url}/v1`, maxRetries: 0 });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  path = join(folder, 'deep', 'truth.jsonl');
  await start();
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

function bodyOf(content: string) {
  return { model: 'sim-small', messages: [{ role: 'user' as const, content }] };
}

async function records() {
  await simulator.truth?.whenSettled();
  return readTruth(path);
}

/** Leaves once the simulator has so many requests: a client that leaves by the clock may do so before it was read. */
async function askAndLeave(content: string, count: number) {
  const leaving = new AbortController();
  const left = expect(
    client.chat.completions.create(bodyOf(content), { signal: leaving.signal }),
  ).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  await vi.waitFor(async () => expect(await readTruth(path)).toHaveLength(count), PATIENCE);
  leaving.abort();
  await left;
}

describe('the truth log', () => {
  it('[M1] has one record for each request, with what was billed and how to find it again', async () => {
    const body = {
      ...bodyOf('[[sim tokens=9 cached-tokens=2 ref=first]]'),
      metadata: { team: 'red' },
      user: 'u1',
    };
    const headers = {
      'x-client-request-id': 'c-1',
      'x-tollgate-request-id': 'req_1',
      'x-other': 'not logged',
    };
    const answer = await client.chat.completions.create(body, { headers });
    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      sequence: 1,
      model: 'sim-small',
      ref: 'first',
      requestId: answer._request_id,
      headers: { 'x-client-request-id': 'c-1', 'x-tollgate-request-id': 'req_1' },
      metadata: { team: 'red' },
      user: 'u1',
      stream: false,
      inputTokens: countPromptTokens(body),
      status: 200,
      outcome: 'finished',
      tokensWritten: 9,
      usageSent: true,
      billed: {
        promptTokens: countPromptTokens(body),
        cachedTokens: 2,
        completionTokens: 9,
        reasoningTokens: 0,
      },
    });
    expect(Object.keys(record?.headers ?? {})).not.toContain('x-other');
    expect(readFileSync(path, 'utf8')).not.toContain(simulator.apiKey);
  });

  it('knows every byte of a stream and whether usage went out', async () => {
    const response = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${simulator.apiKey}` },
      body: JSON.stringify({
        ...bodyOf('[[sim tokens=30 awkward]]'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    });
    const bytes = (await response.arrayBuffer()).byteLength;
    const [record] = await records();
    expect(record).toMatchObject({
      outcome: 'finished',
      bytesWritten: bytes,
      tokensWritten: 30,
      usageWritten: true,
      usageSent: true,
    });
    expect(record?.billed.completionTokens).toBe(30);
  });

  it('[M8] bills a stream that its client left for the prompt and what was produced so far', async () => {
    const body = bodyOf('[[sim tokens=100000 interval=1]]');
    const stream = await client.chat.completions.create({ ...body, stream: true });
    let received = '';
    for await (const chunk of stream) {
      received += chunk.choices[0]?.delta.content ?? '';
      if (received.length >= 40) break;
    }
    const [record] = await records();
    expect(record).toMatchObject({ outcome: 'client_abort', usageWritten: false, usageSent: false });
    expect(record?.billed.promptTokens).toBe(countPromptTokens(body));
    expect(record?.billed.completionTokens).toBe(record?.tokensWritten);
    expect(record?.tokensWritten).toBeGreaterThanOrEqual(countTokens(received));
    expect(record?.tokensWritten).toBeLessThan(100_000);
  });

  it('bills a plain answer in full when its client left before it came', async () => {
    await askAndLeave('[[sim tokens=9 latency=60000]]', 1);
    const [record] = await records();
    expect(record).toMatchObject({
      outcome: 'client_abort',
      status: 0,
      tokensWritten: 0,
      billed: { completionTokens: 9 },
    });
  });

  it('bills nothing for refusals and for requests that hang', async () => {
    await expect(client.chat.completions.create(bodyOf('[[sim status=500]]'))).rejects.toThrow();
    await askAndLeave('[[sim hang]]', 2);
    const [refusal, hung] = await records();
    expect(refusal).toMatchObject({
      outcome: 'refused',
      status: 500,
      billed: { promptTokens: 0, completionTokens: 0 },
    });
    expect(hung).toMatchObject({
      outcome: 'client_abort',
      status: 0,
      billed: { promptTokens: 0, completionTokens: 0 },
    });
  });

  it('bills a stream that it cut itself for what was produced', async () => {
    const stream = await client.chat.completions.create({
      ...bodyOf('[[sim tokens=50 cut-after-chunks=11]]'),
      stream: true,
    });
    const read = (async () => {
      for await (const _ of stream);
    })();
    await expect(read).rejects.toThrow();
    const [record] = await records();
    expect(record).toMatchObject({
      outcome: 'cut_by_simulator',
      tokensWritten: 10,
      billed: { completionTokens: 10 },
    });
  });

  it('answers over HTTP, since a sequence and as a summary, and only with the key', async () => {
    for (const tokens of [1, 2, 3]) await client.chat.completions.create(bodyOf(`[[sim tokens=${tokens}]]`));
    await simulator.truth?.whenSettled();
    const headers = { authorization: `Bearer ${simulator.apiKey}` };
    const since = await (await fetch(`${simulator.url}/truth?since=1`, { headers })).json();
    expect(since).toMatchObject({ damagedLines: 0, records: [{ sequence: 2 }, { sequence: 3 }] });
    const summary = await (await fetch(`${simulator.url}/truth/summary`, { headers })).json();
    expect(summary).toMatchObject({
      requests: 3,
      byOutcome: { finished: 3 },
      byModel: { 'sim-small': { completionTokens: 6 } },
    });
    expect((await fetch(`${simulator.url}/truth`)).status).toBe(401);
  });

  it('continues its sequence after a restart and steps over half a line', async () => {
    await client.chat.completions.create(bodyOf('one'));
    await simulator.close();
    appendFileSync(path, '{"event":"received","run":"x","at":"y","seq');
    await start();
    await client.chat.completions.create(bodyOf('two'));
    expect((await records()).map((record) => [record.sequence, record.outcome])).toEqual([
      [1, 'finished'],
      [2, 'finished'],
    ]);
    expect(await simulator.truth?.summarize()).toMatchObject({ damagedLines: 1 });
  });
});

describe('the process', () => {
  async function spawnSimulator() {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      [main, '--port', '0', '--truth-file', path, '--pacing', 'instant'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { url } = JSON.parse(String(line));
    return { child, sdk: new OpenAI({ apiKey: 'sk-simulator', baseURL: `${url}/v1`, maxRetries: 0 }) };
  }

  it('loses nothing that a client saw to kill -9', async () => {
    await simulator.close();
    const { child, sdk } = await spawnSimulator();
    const stream = await sdk.chat.completions.create({
      ...bodyOf('[[sim tokens=100000 interval=1]]'),
      stream: true,
    });
    let received = '';
    const read = (async () => {
      for await (const chunk of stream) {
        received += chunk.choices[0]?.delta.content ?? '';
        if (received.length > 100) child.kill('SIGKILL');
      }
    })();
    await expect(read).rejects.toThrow();
    await start();
    const [record] = await readTruth(path);
    expect(record?.outcome).toBe('simulator_died');
    expect(record?.billed.completionTokens).toBeGreaterThanOrEqual(countTokens(received));
  });

  it.each([
    { reads: true, leftUnread: false },
    { reads: false, leftUnread: true },
  ])('tells a reader that went away with usage unread from one that had read it: $reads', async (given) => {
    const body = JSON.stringify({
      ...bodyOf('[[sim tokens=5]]'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const socket = connect({ port: simulator.port, host: '127.0.0.1' });
    if (given.reads) socket.resume();
    else socket.pause();
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${simulator.apiKey}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await vi.waitFor(async () => expect((await readTruth(path))[0]?.outcome).toBe('finished'), PATIENCE);
    if (given.reads) await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(500), PATIENCE);
    socket.destroy();
    // A later exchange, so that the simulator has seen the end of the first connection.
    await client.chat.completions.create(bodyOf('[[sim tokens=1]]'));
    await vi.waitFor(
      async () =>
        expect((await readTruth(path))[0]).toMatchObject({
          leftUnread: given.leftUnread,
          outcome: 'finished',
        }),
      PATIENCE,
    );
    expect(Date.parse((await readTruth(path))[0]?.usageWrittenAt ?? '')).toBeGreaterThan(0);
  });

  it('stops on SIGTERM after its running answer has ended', async () => {
    await simulator.close();
    const { child, sdk } = await spawnSimulator();
    const stream = await sdk.chat.completions.create({
      ...bodyOf('[[sim tokens=40 interval=5]]'),
      stream: true,
    });
    const exited = once(child, 'exit');
    let text = '';
    let asked = false;
    for await (const chunk of stream) {
      // Once: a second signal means "at once", and the first chunks may be empty.
      if (!asked) asked = child.kill('SIGTERM');
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(countTokens(text)).toBe(40);
    const [code] = await exited;
    expect(code).toBe(0);
    await start();
    expect((await readTruth(path))[0]?.outcome).toBe('finished');
  });
});
