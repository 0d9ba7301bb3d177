import { readMessagesUsage } from '@tollgate/dialects';
import { describe, expect, it } from 'vitest';
import { messagesFailureError, messagesStreamFailureError } from './errors.ts';
import { readMessagesResponse } from './response.ts';
import { createMessagesStreamFollower } from './stream.ts';

const START = {
  type: 'message_start',
  message: {
    usage: {
      input_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 1,
    },
  },
};

describe('createMessagesStreamFollower()', () => {
  it('passes every event as it came and ends with the last one', () => {
    const follower = createMessagesStreamFollower();
    const events = [
      JSON.stringify(START),
      '{"type":"ping"}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"H\u00c3\u00a9"}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\\"a\\u00e9"}    }',
      '{ "type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"abc"}}',
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12}}',
      '{"type":"something_new","x":1e999}',
    ];
    for (const data of events) expect(follower.next(data, '')).toEqual({ kind: 'data', data });
    const last = '{"type":"message_stop"}';
    expect(follower.next(last, 'message_stop')).toEqual({ kind: 'end', data: last });
    expect(follower.finishReason).toBe('end_turn');
    expect(follower.outputBytes).toBe(3 + 9 + 3);
    expect(follower.usage).toMatchObject({
      inputTokens: 10,
      cachedInputTokens: 5,
      cacheWrite5mTokens: 3,
      cacheWrite1hTokens: 4,
      outputTokens: 12,
    });
  });

  it.each([
    'x',
    '[]',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"b"}}',
    '{}',
  ])('calls %j an error', (data) => {
    expect(createMessagesStreamFollower().next(data, '').kind).toBe('error');
  });

  it('decides in a moment about a long piece that is no JSON', () => {
    const data = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${'a'.repeat(100_000)}"b"}}`;
    expect(createMessagesStreamFollower().next(data, '').kind).toBe('error');
  });

  it('[G4] tells a failure inside the stream by what it means', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const step = createMessagesStreamFollower().next(JSON.stringify(body), 'error');
    expect(step).toEqual({ kind: 'error', body });
    const error = messagesStreamFailureError(body, 'anthropic', 'sk-ant-secret');
    expect(error.code).toBe('upstream_unavailable');
    expect(error.details.upstreamType).toBe('overloaded_error');
  });
});

describe('readMessagesResponse()', () => {
  it('[M7] reads usage as disjoint kinds', () => {
    const body = {
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 1,
        output_tokens: 30,
        output_tokens_details: { thinking_tokens: 20 },
        server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
        iterations: [
          { type: 'message', input_tokens: 1, output_tokens: 30 },
          { type: 'compaction', input_tokens: 100, output_tokens: 9 },
          { type: 'advisor_message', input_tokens: 50, output_tokens: 6 },
        ],
      },
    };
    const read = readMessagesResponse(Buffer.from(JSON.stringify(body)));
    expect(read?.usage).toEqual({
      inputTokens: 101,
      cachedInputTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 19,
      reasoningTokens: 20,
      audioInputTokens: 0,
      audioOutputTokens: 0,
      units: { web_search: 2, advisor_input_token: 50, advisor_output_token: 6 },
    });
  });

  it('counts what was generated where usage is nonsense', () => {
    const content = [
      { type: 'text', text: 'abcd' },
      { type: 'tool_use', input: { a: 1 } },
    ];
    const usage = { input_tokens: 3, output_tokens: -1 };
    expect(readMessagesUsage(usage)).toBeUndefined();
    expect(readMessagesResponse(Buffer.from(JSON.stringify({ content, usage })))).toMatchObject({
      usage: undefined,
      outputBytes: 4 + 7,
    });
    expect(readMessagesResponse(Buffer.from('<html>'))).toBeUndefined();
  });
});

describe('messagesFailureError()', () => {
  const failure = (status: number, type: string, message: string, headers = {}) =>
    messagesFailureError({
      status,
      headers,
      body: Buffer.from(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'r' })),
      secret: 'sk-ant-api03-secret',
      provider: 'anthropic',
    });

  it.each([
    [401, 'authentication_error', 'provider_credential_rejected'],
    [403, 'permission_error', 'provider_credential_rejected'],
    [400, 'invalid_request_error', 'upstream_error'],
    [404, 'not_found_error', 'upstream_error'],
    [413, 'request_too_large', 'upstream_error'],
    [429, 'rate_limit_error', 'upstream_rate_limited'],
    [402, 'billing_error', 'provider_quota_exhausted'],
    [500, 'api_error', 'upstream_error'],
    [504, 'timeout_error', 'upstream_timeout'],
    [529, 'overloaded_error', 'upstream_unavailable'],
  ])('[G6] says of status %i with %s: %s', (status, type, code) => {
    expect(failure(status, type, 'no').code).toBe(code);
  });

  it('calls an empty account what it is, though the status speaks of the request', () => {
    const message = 'Your credit balance is too low to access the Anthropic API.';
    expect(failure(400, 'invalid_request_error', message).code).toBe('provider_quota_exhausted');
  });

  it('[X2] keeps the wait and masks the key', () => {
    const error = failure(429, 'rate_limit_error', 'slow down, sk-ant-api03-secret', { 'retry-after': '7' });
    expect(error.details.retryAfterMs).toBe(7_000);
    expect(error.message).toBe('slow down, [redacted]');
  });
});
