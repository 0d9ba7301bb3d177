/** A request without an SDK, for what must be seen byte by byte. */
import type { ClientFormat } from './client-format.ts';

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const PROMPT = 'Say something.';

export function askRaw(
  client: ClientFormat,
  { origin, apiKey }: { readonly origin: string; readonly apiKey: string },
  model: string,
  stream: boolean,
): Promise<Response> {
  const { path, headers, body } = request(client, apiKey, model, stream);
  return fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function request(client: ClientFormat, apiKey: string, model: string, stream: boolean): Asked {
  const messages = [{ role: 'user', content: PROMPT }];
  const bearer = { authorization: `Bearer ${apiKey}` };
  switch (client) {
    case 'openai-chat':
      return {
        path: '/v1/chat/completions',
        headers: bearer,
        body: { model, messages, ...(stream ? { stream, stream_options: { include_usage: true } } : {}) },
      };
    case 'openai-responses':
      return { path: '/v1/responses', headers: bearer, body: { model, input: PROMPT, stream } };
    case 'anthropic-messages':
      return {
        path: '/v1/messages',
        headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
        body: { model, max_tokens: 4096, messages, stream },
      };
    case 'gemini-generate':
      return {
        path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        headers: { 'x-goog-api-key': apiKey },
        body: { contents: [{ role: 'user', parts: [{ text: PROMPT }] }] },
      };
  }
}
