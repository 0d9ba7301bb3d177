import { readMessagesRequest } from '@tollgate/dialects';
import { describe, expect, it } from 'vitest';
import { hostedCountTokens } from './count-tokens.ts';

describe('hostedCountTokens()', () => {
  const request = readMessagesRequest(Buffer.from('{"model":"claude","messages":[]}'));

  it('wraps for Bedrock what invoke would be sent, without the region of a profile', () => {
    const { model, body } = hostedCountTokens('amazon-bedrock', request, 'us.anthropic.claude-x-v1:0');
    expect(model).toBe('anthropic.claude-x-v1:0');
    const wrapped = JSON.parse(body.toString()) as { input: { invokeModel: { body: string } } };
    expect(JSON.parse(Buffer.from(wrapped.input.invokeModel.body, 'base64').toString())).toEqual({
      messages: [],
      max_tokens: 1,
      anthropic_version: 'bedrock-2023-05-31',
    });
  });

  it('keeps the model in the body for Vertex', () => {
    expect(hostedCountTokens('google-vertex', request, 'claude-x@1').body.toString()).toBe(
      '{"model":"claude-x@1","messages":[]}',
    );
  });
});
