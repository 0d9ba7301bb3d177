import { describe, expect, it } from 'vitest';
import { createChatStreamCodecReader } from './stream-reader.ts';

const CHUNK = { id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hi' } }] };

describe('a chat stream without a reason for its end', () => {
  it('stopped, where its last word came', () => {
    const reader = createChatStreamCodecReader();
    const events = [...reader.read(CHUNK, ''), ...reader.read('[DONE]', '')];
    expect(events.slice(-2)).toEqual([
      { kind: 'finish', choice: 0, finish: { kind: 'stop', raw: 'stop' } },
      { kind: 'end' },
    ]);
  });

  it('[G4] broke off, where it did not', () => {
    const reader = createChatStreamCodecReader();
    reader.read(CHUNK, '');
    expect(reader.close().map(({ kind }) => kind)).toEqual(['blockEnd']);
  });
});
