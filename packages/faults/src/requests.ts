/** What clients ask for under fault: each endpoint in its own words, and how its stream ends when it ends properly. */

export type RequestKind = 'chat' | 'responses' | 'messages' | 'gemini' | 'embeddings' | 'images';

/** Much of what is used most, some of everything. */
export const MIXED_KINDS: readonly RequestKind[] = [
  ...Array<RequestKind>(5).fill('chat'),
  'responses',
  'messages',
  'gemini',
  'embeddings',
  'images',
];

export interface RequestWish {
  readonly kind: RequestKind;
  readonly model: string;
  /** Passed over where the endpoint has none. */
  readonly streamed: boolean;
  readonly ref: string;
  /** The provider refuses the first try with 500; never unless told. */
  readonly failsOnce?: boolean;
  readonly tokens: number;
  readonly latencyMs: number;
  readonly intervalMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface AskedRequest {
  readonly path: string;
  readonly body: string;
  readonly streamed: boolean;
  /** Whether this is all of an answer, by its last event. @param tail Of a stream; at least its last event. */
  isWhole(tail: string): boolean;
}

export function requestOf(wish: RequestWish): AskedRequest {
  const { kind, model, ref, fields } = wish;
  const failing = wish.failsOnce === true ? ` fail-times=1 nonce=${ref}` : '';
  const text = `[[sim tokens=${wish.tokens} latency=${wish.latencyMs} interval=${wish.intervalMs} ref=${ref}${failing}]] Say something.`;
  const messages = [{ role: 'user', content: text }];
  const asked = (path: string, body: object, lastWord: string): AskedRequest => ({
    path,
    body: JSON.stringify(body),
    streamed: wish.streamed,
    isWhole: (tail) => !wish.streamed || tail.includes(lastWord),
  });
  const whole = (path: string, body: object): AskedRequest => ({
    path,
    body: JSON.stringify(body),
    streamed: false,
    isWhole: () => true,
  });
  switch (kind) {
    case 'chat':
      return asked(
        '/v1/chat/completions',
        { ...fields, model, stream: wish.streamed, messages },
        'data: [DONE]',
      );
    case 'responses':
      return asked(
        '/v1/responses',
        { ...fields, model, stream: wish.streamed, input: text },
        '"type":"response.completed"',
      );
    case 'messages':
      return asked(
        '/v1/messages',
        { model, stream: wish.streamed, max_tokens: 1_000, messages },
        '"type":"message_stop"',
      );
    case 'gemini': {
      const method = wish.streamed ? 'streamGenerateContent?alt=sse' : 'generateContent';
      return asked(
        `/v1beta/models/${model}:${method}`,
        { contents: [{ role: 'user', parts: [{ text }] }] },
        '"finishReason":',
      );
    }
    case 'embeddings':
      return whole('/v1/embeddings', { ...fields, model: 'sim-embedding', input: `${ref} and more of it` });
    case 'images':
      return whole('/v1/images/generations', { ...fields, model: 'sim-image', prompt: ref, n: 1 });
  }
}
