import { describe, expect, it } from 'vitest';
import {
  type Column,
  EMPTY_SETTINGS,
  newColumn,
  newStep,
  parseTools,
  type Step,
  toChatBody,
} from './conversation.ts';

const turn = (id: string, text: string) => ({ id, text, images: [] });
const step = (change: Partial<Step>): Step => ({ ...newStep(), state: 'done', ...change });
const column = (answers: Column['answers']): Column => ({ ...newColumn('sim-small'), answers });

describe('toChatBody()', () => {
  it('sends what this model said, without what failed and what its tools have not answered', () => {
    const call = { id: 'call_1', name: 'get_weather', arguments: '{}' };
    const answers = {
      a: [step({ state: 'failed', text: 'half' })],
      b: [step({ toolCalls: [call], toolResults: { call_1: 'sunny' } }), step({ text: 'It is sunny.' })],
      c: [step({ toolCalls: [call] })],
    };
    const { messages } = toChatBody(
      EMPTY_SETTINGS,
      [turn('a', 'one'), turn('b', 'two'), turn('c', 'three')],
      column(answers),
    );
    expect(messages.map(({ role }) => role)).toEqual([
      'user',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    expect(messages[3]).toEqual({ role: 'tool', tool_call_id: 'call_1', content: 'sunny' });
  });

  it('leaves out what nobody set, and reads a decimal comma', () => {
    const plain = toChatBody(EMPTY_SETTINGS, [turn('a', 'Hi')], column({}));
    expect(plain).toEqual({
      model: 'sim-small',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const parameters = { ...EMPTY_SETTINGS.parameters, temperature: '0,5', maxTokens: '64', stream: false };
    const set = toChatBody({ ...EMPTY_SETTINGS, parameters }, [turn('a', 'Hi')], column({}));
    expect(set).toMatchObject({ temperature: 0.5, max_completion_tokens: 64 });
    expect(set).not.toHaveProperty('stream');
  });

  it('sends images as parts beside the text', () => {
    const images = [{ name: 'a.png', url: 'data:image/png;base64,AA' }];
    const { messages } = toChatBody(EMPTY_SETTINGS, [{ id: 'a', text: 'What?', images }], column({}));
    expect(messages[0]).toMatchObject({
      content: [
        { type: 'text', text: 'What?' },
        { type: 'image_url', image_url: { url: images[0]?.url } },
      ],
    });
  });
});

describe('parseTools()', () => {
  it('takes functions bare, as OpenAI writes them and as Anthropic does', () => {
    const bare = parseTools('{"name":"a","parameters":{"type":"object"}}');
    const wrapped = parseTools(
      '[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]',
    );
    const anthropic = parseTools('[{"name":"a","input_schema":{"type":"object"}}]');
    const tools = [{ type: 'function', function: { name: 'a', parameters: { type: 'object' } } }];
    expect([bare, wrapped, anthropic]).toEqual([{ tools }, { tools }, { tools }]);
  });

  it.each([
    ['{', 'json'],
    ['[1]', 'list'],
    ['[{"name":"two words"}]', 'name'],
    ['[{"name":"a","parameters":[]}]', 'parameters'],
  ])('says what is wrong with %s', (text, problem) => expect(parseTools(text)).toEqual({ problem }));
});
