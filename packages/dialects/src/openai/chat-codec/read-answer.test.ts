import { describe, expect, it } from 'vitest';
import { readChatCodecAnswer } from './read-answer.ts';

const answerOf = (message: object, reason: string) =>
  readChatCodecAnswer({
    choices: [{ index: 0, finish_reason: reason, message: { role: 'assistant', ...message } }],
  })?.choices[0];

describe('a whole answer of a compatible server', () => {
  it('has no call where its old member for calls is there and empty', () => {
    const choice = answerOf({ content: 'Hi', function_call: { name: '', arguments: '' } }, '');
    expect(choice).toMatchObject({ content: [{ kind: 'text', text: 'Hi' }], finish: { kind: 'stop' } });
  });

  it('ended for its calls, whatever the server says: a forced call ends with `stop`', () => {
    const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }];
    expect(answerOf({ content: null, tool_calls }, 'stop')?.finish.kind).toBe('toolCalls');
  });
});
