import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { encodeBytes, type JsonValue, openAiResponsesCodec } from '@tollgate/dialects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaPieceBytes } from './delta-event.ts';
import { readResponsesResponse } from './response.ts';
import { createResponsesStreamFollower } from './stream.ts';

const delta = (text: string, type = 'output_text') =>
  encodeBytes(
    JSON.stringify({
      type: `response.${type}.delta`,
      sequence_number: 4,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: text,
      logprobs: [],
      obfuscation: 'aZ09',
    }),
  );
const completed = {
  type: 'response.completed',
  sequence_number: 9,
  response: { id: 'resp_1', status: 'completed', output: [], usage: { input_tokens: 5, output_tokens: 7 } },
};

describe('createResponsesStreamFollower()', () => {
  it('passes every event as it came, the last one too', () => {
    const follower = createResponsesStreamFollower();
    for (const data of [delta('Hi'), '{"type":"response.unheard_of","x":1.10}', delta('ł"\n', 'refusal')]) {
      expect(follower.next(data, '')).toEqual({ kind: 'data', data });
    }
    const last = JSON.stringify(completed);
    expect(follower.next(last, '')).toEqual({ kind: 'end', data: last });
    expect(follower).toMatchObject({ started: true, finishReason: 'completed' });
    expect(follower.usage).toMatchObject({ inputTokens: 5, outputTokens: 7 });
  });

  it('says why an answer is incomplete', () => {
    const follower = createResponsesStreamFollower();
    const response = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(follower.next(JSON.stringify({ type: 'response.incomplete', response }), '').kind).toBe('end');
    expect(follower.finishReason).toBe('max_output_tokens');
  });

  it.each<[string, string]>([
    ['{"type":"error","message":"no","code":"x"}', 'error'],
    ['{"type":"response.failed","response":{"error":{"message":"no"}}}', ''],
    ['{"error":{"message":"no"}}', ''],
    ['nonsense', ''],
    ['[]', ''],
  ])('[G4] takes %s for a failure', (data, event) => {
    expect(createResponsesStreamFollower().next(data, event).kind).toBe('error');
  });

  it('finishes nothing that only began to fail', () => {
    const follower = createResponsesStreamFollower();
    follower.next('{"type":"response.failed","response":{"status":"failed","error":{"message":"no"}}}', '');
    expect(follower.finishReason).toBe('');
  });

  it('counts the same bytes whether or not it parses the event', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'ab łż"\\\n☃'), maxLength: 20 });
    fc.assert(
      fc.property(plain, (text) => {
        const data = delta(text);
        const written = encodeBytes(JSON.stringify(text)).length - 2;
        expect(deltaPieceBytes(data)).toBe(written);
        expect(deltaPieceBytes(`${data} `)).toBe(-1);
      }),
    );
  });

  it('recognizes no event that says more than its piece', () => {
    const pieces = fc.constantFrom('"', '\\', '{', '}', ',', ':', '"delta"', 'x', '"type":"response.');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (noise) => {
        const data = `{"type":"response.output_text.delta","delta":"${noise.join('')}"}`;
        if (deltaPieceBytes(data) === -1) return;
        const parsed = JSON.parse(data) as Record<string, unknown>;
        expect(typeof parsed.delta).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string())), (events) => {
        const follower = createResponsesStreamFollower();
        for (const data of events) follower.next(encodeBytes(data), '');
        for (const data of events) readResponsesResponse(Buffer.from(data));
      }),
    );
  });
});

const FOLDER = new URL('../../../../../shared/fixtures/', import.meta.url);

interface IndexEntry {
  readonly file: string;
  readonly api: string;
  readonly format: string;
}

function recorded(format: string): readonly string[] {
  const index = JSON.parse(readFileSync(new URL('index.json', FOLDER), 'utf8')) as readonly IndexEntry[];
  return index
    .filter((entry) => entry.api === 'responses' && entry.format === format)
    .map(({ file }) => file);
}

/** Without the folder the test is skipped, but fails where an acceptance run requires it. */
function isRequired(): boolean {
  const meta: ImportMeta & { readonly env?: Record<string, string | undefined> } = import.meta;
  return meta.env?.TOLLGATE_REQUIRE_SHARED === '1';
}

function isThere(): boolean {
  return existsSync(FOLDER) && readdirSync(FOLDER).length > 0;
}

describe.skipIf(!isThere() && !isRequired())('recorded responses', () => {
  it('[M7] tell the follower the usage that they tell the codec', () => {
    const files = recorded('chunks-txt');
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const lines = readFileSync(new URL(file, FOLDER), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const follower = createResponsesStreamFollower();
      const reader = openAiResponsesCodec.createStreamReader();
      let usage: unknown;
      for (const line of lines) {
        const step = follower.next(encodeBytes(line), '');
        if (step.kind !== 'error' && step.data !== undefined) expect(step.data).toBe(encodeBytes(line));
        for (const event of reader.read(JSON.parse(line) as JsonValue, '')) {
          if (event.kind === 'usage') ({ usage } = event);
        }
        // A few files hold several answers one after the other.
        if (step.kind === 'end') break;
      }
      expect([file, follower.usage]).toEqual([file, usage]);
    }
    console.info(`responses streams: ${files.length} files`);
  });

  it('[M7] tell the reader the usage that they tell the codec', () => {
    const files = recorded('json');
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const body = readFileSync(new URL(file, FOLDER));
      const answer = openAiResponsesCodec.readAnswer(JSON.parse(body.toString('utf8')) as JsonValue);
      if (answer !== undefined)
        expect([file, readResponsesResponse(body)?.usage]).toEqual([file, answer.usage]);
    }
    console.info(`responses: ${files.length} files`);
  });
});
