import { describe, expect, it } from 'vitest';
import type { NeutralEvent } from '../neutral/index.ts';
import { createMessagesStreamWriter } from './stream-writer.ts';

const REQUEST = { model: 'claude', stream: true, messages: [], tools: [] };
const CONTEXT = { requestId: 'req_1', model: 'claude', nowSeconds: 0, request: REQUEST, showUsage: true };

function inputOf(pieces: readonly string[]): string {
  const writer = createMessagesStreamWriter(CONTEXT);
  const events: NeutralEvent[] = [
    { kind: 'start', id: 'x', model: 'm' },
    {
      kind: 'blockStart',
      choice: 0,
      block: 0,
      start: { kind: 'toolCall', id: 'call_1', name: 'write_sql', custom: true },
    },
    ...pieces.map(
      (text) => ({ kind: 'blockDelta', choice: 0, block: 0, delta: { kind: 'text', text } }) as const,
    ),
    { kind: 'blockEnd', choice: 0, block: 0 },
  ];
  return events
    .flatMap((event) => writer.write(event))
    .map(({ data }) => (JSON.parse(data) as { delta?: { partial_json?: string } }).delta?.partial_json ?? '')
    .join('');
}

describe('a call of a tool that takes free text, streamed', () => {
  it('has its text inside an object, since an input is one here', () => {
    expect(JSON.parse(inputOf(['SELECT "a"\n', 'FROM \\t \u{1f600}']))).toEqual({
      input: 'SELECT "a"\nFROM \\t \u{1f600}',
    });
  });

  it('has an empty text where the model wrote none', () => {
    expect(JSON.parse(inputOf([]))).toEqual({ input: '' });
  });
});
