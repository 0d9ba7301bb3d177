import { describe, expect, it } from 'vitest';
import type { AnswerContext, NeutralAnswer } from '../neutral/index.ts';
import { itemReferencesIn, referableItems, withReferencedItems } from './item-references.ts';
import { openAiResponsesCodec as codec } from './responses-codec.ts';

const answer: NeutralAnswer = {
  id: '',
  model: 'm',
  choices: [
    {
      content: [
        { kind: 'reasoning', text: 'thought', signature: { format: 'anthropic-messages', value: 'S' } },
        { kind: 'text', text: 'said' },
      ],
      finish: { kind: 'stop', raw: '' },
    },
  ],
};
const context: AnswerContext = {
  requestId: 'req_1',
  model: 'm',
  nowSeconds: 1,
  request: codec.readRequest({ model: 'm', input: 'x' }, {}),
  showUsage: true,
};

describe('referenced items', () => {
  const items = referableItems(codec.writeAnswer(answer, context));
  const body = {
    model: 'm',
    input: [
      { role: 'user', content: 'x' },
      ...[...items.keys()].map((id) => ({ type: 'item_reference', id })),
    ],
  };

  it('are named by ids that our answers gave out', () => {
    expect(itemReferencesIn(body)).toEqual([...items.keys()]);
    expect(items.size).toBe(2);
  });

  it('[G7] say in the next turn what the answer said, proofs included', () => {
    const request = codec.readRequest(withReferencedItems(body, items), {});
    expect(request.messages[1]).toEqual({
      role: 'assistant',
      content: [
        expect.objectContaining({
          kind: 'reasoning',
          text: 'thought',
          signature: { format: 'anthropic-messages', value: 'S' },
        }),
        { kind: 'text', text: 'said' },
      ],
    });
  });

  it('[G7] stay names where nobody has kept them, so that they are refused and not lost', () => {
    expect(withReferencedItems(body, new Map())).toBe(body);
    const request = codec.readRequest(body, {});
    expect(request.messages[1]?.content[0]).toMatchObject({ kind: 'native', name: 'item_reference' });
  });
});
