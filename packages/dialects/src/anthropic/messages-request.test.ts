import { GatewayError } from '@tollgate/errors';
import { describe, expect, it } from 'vitest';
import { countTokensBody, readCountTokens } from './count-tokens.ts';
import { anthropicErrorBody, anthropicErrorEvent, anthropicErrorStatus } from './error-body.ts';
import { patchMessagesRequest, readMessagesRequest } from './messages-request.ts';
import { anthropicModelList } from './model-list.ts';

const read = (text: string) => readMessagesRequest(Buffer.from(text));

describe('readMessagesRequest()', () => {
  it('reads what the pipeline needs', () => {
    const request = read(
      '{"model":"claude","max_tokens":10,"stream":true,"metadata":{"user_id":"ümit","team":"a"},"tags":["x"],"messages":[]}',
    );
    expect(request).toMatchObject({ model: 'claude', stream: true, maxOutputTokens: 10 });
    expect(request.extensions).toMatchObject({ endUser: 'ümit', tags: { team: 'a', x: 'true' } });
    expect(request.use).toEqual({
      inputTokensMax: request.body.length,
      unseenInput: false,
      outputCap: 10,
      choices: 1,
      audio: false,
      unbounded: false,
    });
  });

  it.each([
    ['[{"type":"web_search_20250305","name":"web_search","max_uses":3}]', 4],
    ['[{"type":"web_fetch_20250910","name":"web_fetch","max_uses":2}]', 3],
    ['[]', 1],
  ])('[M3] reads the conversation again with what each use of %s brings', (tools, prompts) => {
    const { use } = read(`{"model":"m","max_tokens":1,"messages":[],"tools":${tools}}`);
    expect(use.prompts ?? 1).toBe(prompts);
  });

  it('[M3] counts what Anthropic puts into the prompt for tools', () => {
    const tools = [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' },
    ];
    const body = JSON.stringify({ model: 'm', max_tokens: 1, messages: [], tools });
    // The guide of tool use: 245 for bash, 700 for the editor, 346 for having any.
    expect(read(body).use.inputTokensMax).toBeGreaterThanOrEqual(body.length + 245 + 700 + 346);
  });

  it('[M3] knows a beta that opens a larger window, where the body names it', () => {
    const body = '{"model":"m","max_tokens":1,"messages":[],"anthropic_beta":["context-1m-2025-08-07"]}';
    expect(read(body).use.askedWindow).toBe(1_000_000);
  });

  it.each([
    ['[{"type":"web_search_20250305","name":"web_search","max_uses":3}]', false, 3],
    ['[{"type":"web_search_20250305","name":"web_search"}]', true, undefined],
    ['[{"type":"code_execution_20250825","name":"code_execution"}]', true, undefined],
    ['[{"type":"bash_20250124","name":"bash"},{"name":"f","input_schema":{}}]', false, undefined],
  ])('[M3] knows whether tools %s are bounded', (tools, unbounded, searches) => {
    const { use } = read(`{"model":"m","max_tokens":1,"messages":[],"tools":${tools}}`);
    expect(use.unbounded).toBe(unbounded);
    expect(use.units?.['unit:web_search']).toBe(searches);
  });

  it.each([
    ['{"type":"image","source":{"type":"url","url":"https://x"}}', true],
    ['{"type":"tool_result","content":[{"type":"image","source":{}}]}', true],
    ['{"type":"document","source":{"type":"text","data":"x"}}', false],
    ['{"type":"document","source":{"type":"base64","data":"x"}}', true],
  ])('knows whether all input of %s is seen', (block, unseen) => {
    const { use } = read(`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[${block}]}]}`);
    expect(use.unseenInput).toBe(unseen);
  });

  it.each([
    ['{', undefined],
    ['[]', undefined],
    ['{"max_tokens":1}', 'model'],
    ['{"model":"m","model":"n"}', 'model'],
    ['{"model":"m","max_tokens":-1}', 'max_tokens'],
    ['{"model":"m","stream":"yes"}', 'stream'],
    ['{"model":"m","metadata":{"team":1}}', 'metadata'],
    ['{"model":"m","\\u006dodel":"n"}', 'model'],
  ])('refuses %s', (text, param) => {
    try {
      read(text);
      expect.unreachable();
    } catch (error) {
      expect((error as GatewayError).code).toBe('invalid_request');
      expect((error as GatewayError).details.param?.split('.')[0]).toBe(param);
    }
  });
});

describe('patchMessagesRequest()', () => {
  it('[G7] keeps every byte that is not ours', () => {
    const text =
      '{ "model" : "a", "max_tokens":5,"x":12345678901234567890, "s":"\\u00e9é","metadata":{"user_id":"u"}}';
    const request = read(text);
    expect(patchMessagesRequest(request, { model: 'a' })).toBe(request.body);
    expect(patchMessagesRequest(request, { model: 'b', maxOutputTokens: 9 }).toString()).toBe(
      '{"model" : "b","max_tokens":9,"x":12345678901234567890,"s":"\\u00e9é","metadata":{"user_id":"u"}}',
    );
  });

  it('takes out what is for us, and leaves what Anthropic calls by the same name', () => {
    const ours = read('{"model":"a","fallbacks":["b"],"tags":["t"],"user":"u","metadata":{"t":"1"}}');
    expect(patchMessagesRequest(ours, { model: 'a' }).toString()).toBe('{"model":"a"}');
    expect(ours.extensions).toMatchObject({ endUser: 'u', fallbackModels: ['b'] });
    const theirs = read('{"model":"a","fallbacks":[{"model":"b"}],"metadata":{"user_id":"u","t":"1"}}');
    expect(patchMessagesRequest(theirs, { model: 'a' }).toString()).toBe(
      '{"model":"a","fallbacks":[{"model":"b"}],"metadata":{"user_id":"u"}}',
    );
    expect(theirs.use.unbounded).toBe(true);
  });

  it('makes the body that Bedrock and Vertex want', () => {
    const request = read('{"model":"a","stream":true,"max_tokens":5,"messages":[]}');
    const add = { anthropic_version: 'bedrock-2023-05-31', anthropic_beta: ['x-1'] };
    expect(patchMessagesRequest(request, { model: null, remove: ['stream'], add }).toString()).toBe(
      '{"max_tokens":5,"messages":[],"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["x-1"]}',
    );
  });
});

describe('errors, counts and models', () => {
  it("[G6] says errors in the dialect's own words", () => {
    const error = new GatewayError('budget_exceeded', 'No.', { ruleId: 'bud_1' });
    expect(JSON.parse(anthropicErrorBody(error, 'req_1'))).toEqual({
      type: 'error',
      error: {
        type: 'billing_error',
        message: 'No.',
        tollgate: { code: 'budget_exceeded', request_id: 'req_1', rule_id: 'bud_1', source: 'tollgate' },
      },
      request_id: 'req_1',
    });
    expect(anthropicErrorEvent(error, 'r')).toMatch(/^event: error\ndata: \{"type":"error".*\}\n\n$/);
    const missing = new GatewayError('upstream_error', 'x', { status: 404, upstreamType: 'invalid_model' });
    expect(JSON.parse(anthropicErrorBody(missing, 'r')).error.type).toBe('not_found_error');
  });

  it('keeps 529 for clients that know it', () => {
    const overloaded = new GatewayError('upstream_unavailable', 'x', { upstreamType: 'overloaded_error' });
    expect(anthropicErrorStatus(overloaded)).toBe(529);
    expect(anthropicErrorStatus(new GatewayError('upstream_unavailable', 'x'))).toBe(503);
  });

  it('reads and writes counts', () => {
    expect(readCountTokens(Buffer.from(countTokensBody(7)))).toBe(7);
    expect(readCountTokens(Buffer.from('{"inputTokens":8}'))).toBe(8);
    for (const text of ['', 'null', '[]', '{"input_tokens":-1}', '{"input_tokens":"1"}']) {
      expect(readCountTokens(Buffer.from(text))).toBeUndefined();
    }
  });

  it('lists models page by page, in both directions', () => {
    const models = ['a', 'b', 'c', 'd'].map((id) => ({ id, provider: 'p', createdSeconds: 0 }));
    const ids = (page: ReturnType<typeof anthropicModelList>) =>
      (page.data as { id: string }[]).map(({ id }) => id);
    const first = anthropicModelList(models, { limit: 2 });
    expect([ids(first), first.has_more, first.first_id, first.last_id]).toEqual([['a', 'b'], true, 'a', 'b']);
    const next = anthropicModelList(models, { limit: 2, afterId: 'b' });
    expect([ids(next), next.has_more]).toEqual([['c', 'd'], false]);
    const before = anthropicModelList(models, { limit: 2, beforeId: 'd' });
    expect([ids(before), before.has_more]).toEqual([['b', 'c'], true]);
    expect((first.data as object[])[0]).toMatchObject({ type: 'model', created_at: '1970-01-01T00:00:00Z' });
  });
});
