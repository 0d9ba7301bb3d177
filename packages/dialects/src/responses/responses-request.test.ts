import { GatewayError } from '@tollgate/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchResponsesRequest, readResponsesRequest } from './responses-request.ts';

const read = (body: unknown) => readResponsesRequest(Buffer.from(JSON.stringify(body)));

describe('readResponsesRequest()', () => {
  it('reads what the pipeline needs', () => {
    const request = read({ model: 'gpt-5', input: 'x', stream: true, max_output_tokens: 64, user: 'jane' });
    expect(request).toMatchObject({ model: 'gpt-5', stream: true, maxOutputTokens: 64 });
    expect(request.extensions.endUser).toBe('jane');
    expect(request.use).toMatchObject({ unseenInput: false, outputCap: 64, unbounded: false });
  });

  it.each<[string, object, object]>([
    ['what is kept at the provider', { previous_response_id: 'r' }, { unseenInput: true, unbounded: false }],
    ['a conversation', { conversation: 'c' }, { unseenInput: true }],
    ['an image', { input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, { unseenInput: true }],
    ['an item by its id', { input: [{ type: 'item_reference', id: 'x' }] }, { unseenInput: true }],
    ['a tool of the provider', { tools: [{ type: 'web_search' }] }, { unbounded: true }],
    ['the caller’s own tools', { tools: [{ type: 'function' }, { type: 'custom' }] }, { unbounded: false }],
    ['work in the background', { background: true }, { unbounded: true }],
  ])('[M3] bounds %s', (_, members, use) => {
    expect(read({ model: 'm', input: 'x', ...members }).use).toMatchObject(use);
  });

  it.each([
    '{"model":"a","model":"b"}',
    '{"model":"a","input":"x","input":"y"}',
    '{"model":"a","max_output_tokens":1,"max_output_tokens":9}',
    '{"model":"a","max_output_tokens":0}',
    '{"model":"a","stream":"yes"}',
    '{"input":"x"}',
    '[]',
    '{',
  ])('refuses %s', (body) => {
    expect(() => readResponsesRequest(Buffer.from(body))).toThrow(GatewayError);
  });

  it('refuses or reads, and never throws anything else, for any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .json()
        .map((text) => Buffer.from(`{"model":"m","input":${text},"tools":${text},"metadata":${text}}`)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          readResponsesRequest(Buffer.from(body));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('patchResponsesRequest()', () => {
  it('passes the received bytes themselves where nothing changes', () => {
    const request = read({ model: 'm', input: 'x', max_output_tokens: 16 });
    expect(patchResponsesRequest(request, { model: 'm', maxOutputTokens: 16 })).toBe(request.body);
  });

  it('changes the model, the output limit and our own fields only', () => {
    const text = '{"model":"openai/m","seed":12345678901234567890,"tags":["a"],"input":"\\u0142"}';
    const request = readResponsesRequest(Buffer.from(text));
    expect(patchResponsesRequest(request, { model: 'm', maxOutputTokens: 99 }).toString()).toBe(
      '{"model":"m","seed":12345678901234567890,"input":"\\u0142","max_output_tokens":99}',
    );
  });
});
