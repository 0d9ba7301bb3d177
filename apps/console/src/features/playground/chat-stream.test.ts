import { describe, expect, it } from 'vitest';
import { applyEvent, createEventReader, readRefusal } from './chat-stream.ts';
import { newStep, type Step } from './conversation.ts';

const STREAM = [
  'data: {"choices":[{"delta":{"role":"assistant","content":"Grü"}}]}',
  ': a remark',
  'data: {"choices":[{"delta":{"content":"ße"}}]}',
  'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"get_","arguments":""}}]}}]}',
  'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"weather","arguments":"{\\"a\\":"}}]}}]}',
  'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}]}',
  'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}',
  'data: [DONE]',
  '',
].join('\n\n');

function read(pieces: readonly string[]): Step {
  const readEvents = createEventReader();
  return pieces.flatMap((piece) => readEvents(piece)).reduce(applyEvent, { ...newStep(), id: 'step' });
}

describe('a streamed answer', () => {
  it('[G5] is the same wherever it is cut', () => {
    const whole = read([STREAM]);
    expect(whole).toMatchObject({
      text: 'Grüße',
      finishReason: 'tool_calls',
      toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{"a":1}' }],
      usage: { inputTokens: 3, outputTokens: 5 },
    });
    for (let at = 1; at < STREAM.length; at++) {
      expect(read([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(whole);
    }
    for (const size of [1, 2, 3, 7, 64]) {
      expect(read(STREAM.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])).toEqual(whole);
    }
  });

  it('[G4] that ends with an error keeps what came before', () => {
    const step = read([
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"error":{"message":"No","code":"upstream_error"}}\n\n',
    ]);
    expect(step).toMatchObject({
      text: 'a',
      state: 'failed',
      error: { code: 'upstream_error', message: 'No' },
    });
  });
});

describe('readRefusal()', () => {
  it.each([
    ['{"error":{"message":"No money","code":"budget_exceeded"}}', 'budget_exceeded', 'No money'],
    ['{"code":"permission_denied","detail":"Cannot do this"}', 'permission_denied', 'Cannot do this'],
    ['<html>', '', '<html>'],
  ])('reads %s', (text, code, message) => {
    expect(readRefusal(402, text)).toEqual({ status: 402, code, message });
  });

  it('keeps the rule that refused, by which it is told what helps', () => {
    const text = '{"error":{"message":"No money","code":"budget_exceeded","tollgate":{"rule_id":"bud_1"}}}';
    expect(readRefusal(402, text)).toMatchObject({ code: 'budget_exceeded', ruleId: 'bud_1' });
  });
});
