import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TranslationNotes } from '../neutral/notes.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import {
  readEmbedAnswer,
  readEmbedRequest,
  readTotalTokens,
  writeEmbedAnswer,
  writeEmbedRequest,
} from './embeddings.ts';
import { geminiErrorBody, geminiErrorEvent } from './error-body.ts';
import { patchGenerateRequest, readGenerateRequest } from './generate-request.ts';
import { geminiModelList } from './model-list.ts';
import { readGeminiPath } from './path.ts';

const hints = { model: 'gemini-2.5-pro', stream: true };
const read = (body: object | string) =>
  readGenerateRequest(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), hints);

describe('readGenerateRequest()', () => {
  it('takes model and stream from the path, and reads what budgets need', () => {
    const request = read({
      contents: [{ parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: 100, candidateCount: 3 },
      labels: { team: 'a' },
      user: 'u-1',
    });
    expect(request).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: true,
      maxOutputTokens: 100,
      use: { outputCap: 100, choices: 3, unseenInput: false, audio: false, unbounded: false },
      extensions: { endUser: 'u-1', tags: { team: 'a' } },
    });
  });

  it.each<[string, object, object]>([
    [
      'a picture',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
      { unseenInput: true, audio: false },
    ],
    [
      'sound',
      { contents: [{ parts: [{ inline_data: { mime_type: 'audio/wav' } }] }] },
      { unseenInput: false, audio: true },
    ],
    [
      'a file',
      { contents: [{ parts: [{ file_data: { file_uri: 'x' } }] }] },
      { unseenInput: true, audio: true },
    ],
    ['a cache', { cachedContent: 'cachedContents/1' }, { unseenInput: true }],
    [
      'a picture in a result',
      {
        contents: [{ parts: [{ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png' } }] } }] }],
      },
      { unseenInput: true },
    ],
    [
      'names inside arguments',
      { contents: [{ parts: [{ functionCall: { args: { fileData: 1 } } }] }] },
      { unseenInput: false },
    ],
    ['a search', { tools: [{ googleSearch: {} }] }, { unbounded: true }],
    ['a search without a list', { tools: { google_search: {} } }, { unbounded: true }],
    ['code', { tools: [{ code_execution: {} }] }, { unbounded: false, unseenInput: true }],
    ['functions', { tools: [{ functionDeclarations: [] }] }, { unbounded: false, unseenInput: false }],
    ['candidates as text, as protobuf allows', { generationConfig: { candidateCount: '8' } }, { choices: 8 }],
    ['speech', { generationConfig: { responseModalities: ['AUDIO'] } }, { audio: true }],
    ['the text of a batch', { requests: [{ content: { parts: [{ text: 'a' }] } }] }, { unseenInput: false }],
  ])('sees %s', (_what, body, use) => {
    expect(read(body).use).toMatchObject(use);
  });

  it.each([
    '{"generationConfig":{},"generation_config":{}}',
    '{"generationConfig":{},"generationConfig":{}}',
    '{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":9}}',
    '{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":9}}',
    '{"generationConfig":{"maxOutputTokens":-1}}',
    '{"generationConfig":[]}',
    '{"contents":[],"contents":[]}',
    '[]',
    '{',
    'null',
  ])('refuses %s, because Google might read the other one', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('patchGenerateRequest()', () => {
  it('gives the received bytes back where nothing changes', () => {
    const request = read('{ "contents" : [], "x":12345678901234567890 }');
    expect(patchGenerateRequest(request, {})).toBe(request.body);
  });

  it.each([
    ['{"contents":[]}', '{"contents":[],"generationConfig":{"maxOutputTokens":7}}'],
    [
      '{"generation_config":{"topK":1e0,"max_output_tokens": 9},"a":"\u00e9"}',
      '{"generation_config":{"topK":1e0,"max_output_tokens": 7},"a":"\u00e9"}',
    ],
    ['{"generationConfig":null}', '{"generationConfig":{"maxOutputTokens":7}}'],
    ['{"generationConfig":{"maxOutputTokens":7}}', '{"generationConfig":{"maxOutputTokens":7}}'],
    [
      '{"tags":["a"],"user":"u","models":["b"],"contents":[]}',
      '{"contents":[],"generationConfig":{"maxOutputTokens":7}}',
    ],
  ])('caps the output of %s where it stands, and takes our fields out', (body, expected) => {
    expect(patchGenerateRequest(read(body), { maxOutputTokens: 7 }).toString()).toBe(expected);
  });

  it('never changes what it does not know', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^x[a-z]{1,5}$/), fc.jsonValue()), (members) => {
        const patched = patchGenerateRequest(read(members), { maxOutputTokens: 3 });
        expect(JSON.parse(patched.toString())).toEqual({
          ...(JSON.parse(JSON.stringify(members)) as object),
          generationConfig: { maxOutputTokens: 3 },
        });
      }),
    );
  });
});

describe('readGeminiPath()', () => {
  it.each([
    [
      'models/gemini-2.5-pro:generateContent',
      '',
      { model: 'gemini-2.5-pro', stream: false, jsonArray: false },
    ],
    ['models/gemini-2.5-pro:streamGenerateContent', 'alt=sse', { stream: true, jsonArray: false }],
    ['models/gemini-2.5-pro:streamGenerateContent', '', { stream: true, jsonArray: true }],
    [
      'models/anthropic%2Fclaude-opus-4-8:countTokens',
      '',
      { model: 'anthropic/claude-opus-4-8', method: 'countTokens' },
    ],
    [
      'models/bedrock/us.anthropic.claude-v1:0:generateContent',
      '',
      { model: 'bedrock/us.anthropic.claude-v1:0' },
    ],
  ])('reads %s?%s', (path, query, expected) => {
    expect(readGeminiPath(path, query)).toMatchObject(expected);
  });

  it.each(['models/x', 'models/x:predict', 'models/:generateContent', 'models/%ff:generateContent', ''])(
    'does not know %j',
    (path) => {
      expect(readGeminiPath(path, '')).toBeUndefined();
    },
  );
});

describe('errors', () => {
  it('[G6] tell code, reason and wait as Google tells them', () => {
    const error = new GatewayError('rate_limit_exceeded', 'Too many', {
      retryAfterMs: 2_000,
      ruleId: 'lim_1',
    });
    expect(JSON.parse(geminiErrorBody(error, 'req_1'))).toMatchObject({
      error: {
        code: 429,
        message: 'Too many',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            reason: 'RATE_LIMIT_EXCEEDED',
            domain: 'tollgate',
            metadata: { request_id: 'req_1', rule_id: 'lim_1' },
          },
          { retryDelay: '2s' },
        ],
        tollgate: { code: 'rate_limit_exceeded' },
      },
    });
    expect(geminiErrorEvent(error, 'req_1')).toMatch(/^data: \{"error":.*\}\n\n$/);
  });

  it('[G6] pass a provider’s own status where it is one of Google’s', () => {
    const status = (details: object) =>
      JSON.parse(
        geminiErrorBody(new GatewayError('upstream_error', 'x', { source: 'provider', ...details }), 'r'),
      ).error.status;
    expect(status({ status: 400, upstreamType: 'FAILED_PRECONDITION' })).toBe('FAILED_PRECONDITION');
    expect(status({ status: 404, upstreamType: 'invalid_request_error' })).toBe('NOT_FOUND');
    expect(status({})).toBe('UNAVAILABLE');
  });
});

describe('lists and vectors', () => {
  it('pages models', () => {
    const models = ['a', 'b', 'c'].map((id) => ({ id, contextWindow: 10, maxOutputTokens: null }));
    const first = geminiModelList(models, 2);
    expect(first).toMatchObject({
      models: [{ name: 'models/a', inputTokenLimit: 10 }, {}],
      nextPageToken: '2',
    });
    expect(geminiModelList(models, 2, '2')).toEqual({
      models: [expect.objectContaining({ name: 'models/c' })],
    });
  });

  it('reads one text and several, and gives the answer in the shape that was asked for', () => {
    const notes = new TranslationNotes('report', 'x');
    const single = readEmbedRequest(
      { content: { parts: [{ text: 'a' }] }, taskType: 'CLASSIFICATION' },
      notes,
    );
    expect(single).toEqual({ texts: ['a'], isBatch: false });
    expect(notes.reported).toEqual(['taskType']);
    const batch = writeEmbedRequest('e', ['a', 'b'], 8) as JsonObject;
    expect(readEmbedRequest(batch, notes)).toEqual({ texts: ['a', 'b'], isBatch: true, dimensions: 8 });
    expect(readEmbedAnswer(writeEmbedAnswer([[1, 2]], false, 3))).toEqual({
      vectors: [[1, 2]],
      inputTokens: 3,
    });
    expect(readEmbedAnswer(writeEmbedAnswer([[1], [2]], true, undefined))).toEqual({ vectors: [[1], [2]] });
    expect(readTotalTokens({ totalTokens: 5 })).toBe(5);
    expect(readTotalTokens({ totalTokens: -5 })).toBeUndefined();
  });
});
