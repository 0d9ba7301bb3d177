import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../neutral/index.ts';
import { createResponsesStreamCodecReader } from './stream-reader.ts';

function textOf(events: readonly JsonObject[]): string {
  const reader = createResponsesStreamCodecReader();
  return events
    .flatMap((event) => reader.read(event, ''))
    .map((event) => (event.kind === 'blockDelta' && event.delta.kind === 'text' ? event.delta.text : ''))
    .join('');
}

const MESSAGE = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: 'Hello' }] };

describe('text of a Responses stream', () => {
  it('is told once where its part has another number than its place, as at Bedrock', () => {
    const text = textOf([
      { type: 'response.output_text.delta', output_index: 1, content_index: 1, delta: 'Hel' },
      { type: 'response.output_item.done', output_index: 1, item: MESSAGE },
    ]);
    expect(text).toBe('Hello');
  });

  it('is told once where the whole answer has the item at another place', () => {
    const text = textOf([
      { type: 'response.output_text.delta', output_index: 2, content_index: 0, delta: 'Hello' },
      { type: 'response.output_item.done', output_index: 2, item: MESSAGE },
      { type: 'response.completed', response: { status: 'completed', output: [MESSAGE] } },
    ]);
    expect(text).toBe('Hello');
  });

  it('is told from the whole answer where nothing told it before', () => {
    expect(
      textOf([{ type: 'response.completed', response: { status: 'completed', output: [MESSAGE] } }]),
    ).toBe('Hello');
  });
});

it('[M7] a Responses stream begins with the tier that was asked for, and ends with the one that served', () => {
  const reader = createResponsesStreamCodecReader();
  const tiersOf = (type: string, tier: string) =>
    reader
      .read({ type, response: { service_tier: tier, usage: { input_tokens: 3, output_tokens: 2 } } }, '')
      .flatMap((event) => (event.kind === 'start' || event.kind === 'usage' ? [event.serviceTier] : []));
  expect(tiersOf('response.created', 'priority')).toEqual(['priority']);
  expect(tiersOf('response.completed', 'default')).toEqual(['default']);
});
