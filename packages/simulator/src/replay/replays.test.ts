import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../start-simulator.ts';
import { cutAt, cutEvery } from './replays.ts';

let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
  simulator = await startSimulator({ replayDir: folder });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

describe('a recording', () => {
  it('is played back byte for byte below its name, and knows what was asked', async () => {
    const bytes = Buffer.from('data: {"text":"zażółć"}\n\ndata: [DONE]\n\n');
    const headers = { 'content-type': 'text/event-stream', 'content-length': '7', 'x-request-id': 'r' };
    const replay = simulator.replay('openai/some file.yaml#1', {
      status: 201,
      headers,
      chunks: cutEvery(bytes, 1),
    });
    const response = await fetch(`${replay.url}/v1/chat/completions?x=1`, {
      method: 'POST',
      body: '{"a":1}',
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-request-id')).toBe('r');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    expect(replay.requests).toMatchObject([
      { method: 'POST', path: '/v1/chat/completions?x=1', bodyText: '{"a":1}' },
    ]);
  });

  it('of several answers plays them in turn, the last for good', async () => {
    const { url } = simulator.replay('turns', [
      { chunks: [Buffer.from('one')] },
      { status: 500, chunks: [Buffer.from('two')] },
    ]);
    const texts = [];
    for (let i = 0; i < 3; i += 1) texts.push(await (await fetch(`${url}/x`)).text());
    expect(texts).toEqual(['one', 'two', 'two']);
  });

  it('breaks off where asked', async () => {
    const { url } = simulator.replay('cut', { chunks: [Buffer.from('half')], cut: true });
    await expect(fetch(`${url}/x`).then((response) => response.text())).rejects.toThrow();
  });

  it('is found in a folder, one event a line framed as on the wire, and never outside of it', async () => {
    writeFileSync(join(folder, 'a.chunks.txt'), '{"type":"message_start"}\n{"type":"message_stop"}\n');
    const response = await fetch(`${simulator.url}/replay/a.chunks.txt/v1/messages`, { method: 'POST' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(
      'event: message_start\ndata: {"type":"message_start"}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    );
    expect((await fetch(`${simulator.url}/replay/..%2F..%2Fetc%2Fpasswd/x`)).status).toBe(404);
    expect((await fetch(`${simulator.url}/replay/none/x`)).status).toBe(404);
  });
});

it('cuts bytes anywhere and loses none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.array(fc.nat(60)), (bytes, offsets) => {
      expect(Buffer.concat(cutAt(bytes, offsets))).toEqual(Buffer.from(bytes));
      expect(cutEvery(bytes, 1)).toHaveLength(bytes.length);
    }),
  );
});
