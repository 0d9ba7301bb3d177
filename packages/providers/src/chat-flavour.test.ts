import { type NeutralRequest, TranslationNotes } from '@tollgate/dialects';
import { describe, expect, it } from 'vitest';
import { chatCodecFor } from './chat-flavour.ts';
import { geminiCodecFor } from './gemini/codec-for.ts';
import type { Provider } from './provider.ts';
import { allProviders, findProvider } from './registry.ts';

function get(id: string): Provider {
  const provider = findProvider(id);
  if (provider === undefined) throw new Error(`no ${id}`);
  return provider;
}

const REQUEST: NeutralRequest = {
  model: 'm',
  stream: true,
  messages: [
    { role: 'developer', content: [{ kind: 'text', text: 'Be brief.' }] },
    { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      content: [{ kind: 'toolCall', id: 'call_with_a_long_id', name: 'f', arguments: '{}' }],
    },
    {
      role: 'tool',
      content: [
        {
          kind: 'toolResult',
          callId: 'call_with_a_long_id',
          name: 'f',
          content: [{ kind: 'text', text: 'x' }],
        },
      ],
    },
  ],
  tools: [{ kind: 'function', name: 'f', parameters: { type: 'object' } }],
  maxOutputTokens: 9,
  seed: 4,
  metadata: { a: 'b' },
};

describe('chatCodecFor()', () => {
  it('[G7] says to Mistral what Mistral takes, and reports the rest', () => {
    const notes = new TranslationNotes('usual', 'Mistral');
    const body = chatCodecFor(get('mistral')).writeRequest(REQUEST, notes) as Readonly<
      Record<string, unknown>
    >;
    expect(body).toMatchObject({ max_tokens: 9, random_seed: 4 });
    for (const name of ['seed', 'stream_options', 'metadata', 'max_completion_tokens']) {
      expect(body).not.toHaveProperty(name);
    }
    const messages = body.messages as {
      role: string;
      tool_call_id?: string;
      tool_calls?: { id: string }[];
    }[];
    expect(messages[0]?.role).toBe('system');
    const [call] = messages[2]?.tool_calls ?? [];
    expect(call?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(messages[3]?.tool_call_id).toBe(call?.id);
    expect(notes.reported).toContain('metadata');
  });

  it.each(
    allProviders()
      .filter(({ formats }) => formats.includes('openai-chat'))
      .map((one) => [one.id, one] as const),
  )('makes a request for %s without a member that it does not know', (_id, provider) => {
    const body = chatCodecFor(provider).writeRequest(REQUEST, new TranslationNotes('report', provider.id));
    for (const name of provider.unknownMembers) expect(body).not.toHaveProperty(name);
    expect(body).toHaveProperty(provider.outputCapMember ?? 'max_completion_tokens', 9);
  });
});

describe('geminiCodecFor()', () => {
  it('[G7] leaves out what Vertex AI does not know, and says so', () => {
    const request = { ...REQUEST, store: false, serviceTier: 'flex' };
    const notes = new TranslationNotes('usual', 'Vertex');
    expect(geminiCodecFor(get('vertex')).writeRequest(request, notes)).not.toHaveProperty('store');
    expect(notes.reported).toEqual(expect.arrayContaining(['store', 'serviceTier']));
    const own = geminiCodecFor(get('gemini')).writeRequest(request, new TranslationNotes('usual', 'Gemini'));
    expect(own).toMatchObject({ store: false, serviceTier: 'flex' });
  });
});
