/** A kept body as people read it. Pure; whatever stands in it stays text. */
import type { PayloadBody } from '@tollgate/api';
import { createEventReader } from '../playground/chat-stream.ts';
import { holdsItsNumbers } from '../playground/json-numbers.ts';

/** The first one is what people look for. */
export type BodyView = { readonly kind: 'json' | 'text' | 'events' | 'sent'; readonly text: string };

export function readBodyViews({ text, isCut }: Pick<PayloadBody, 'text' | 'isCut'>): readonly BodyView[] {
  const sent: BodyView = { kind: 'sent', text };
  const pretty = isCut ? undefined : prettyJson(text);
  if (pretty !== undefined) return pretty === text ? [sent] : [{ kind: 'json', text: pretty }, sent];
  const events = readEvents(text, isCut);
  if (events.length === 0) return [sent];
  const joined = joinEvents(events);
  const streamed: BodyView = { kind: 'events', text };
  return joined === '' ? [streamed] : [{ kind: 'text', text: joined }, streamed];
}

/** @returns Undefined where it is no JSON, or would say other numbers. */
function prettyJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return holdsItsNumbers(text) ? JSON.stringify(value, null, 2) : undefined;
  } catch {
    return undefined;
  }
}

/** The last one of a stream that is cut is not whole. */
function readEvents(text: string, isCut: boolean): readonly string[] {
  return createEventReader()(isCut ? text : `${text}\n\n`);
}

/** @returns What the model said in a stream of OpenAI's, Anthropic's or Google's; empty where it said nothing in words. */
export function joinEvents(events: readonly string[]): string {
  return events.map((event) => saidIn(parse(event))).join('');
}

interface StreamEvent {
  readonly type?: string;
  /** Of OpenAI: chat and the older completions. */
  readonly choices?: readonly { readonly delta?: { readonly content?: unknown }; readonly text?: unknown }[];
  /** Of Anthropic an object, of OpenAI's responses the text itself. */
  readonly delta?: { readonly type?: string; readonly text?: unknown } | string;
  /** Of Google. */
  readonly candidates?: readonly {
    readonly content?: {
      readonly parts?: readonly { readonly text?: unknown; readonly thought?: unknown }[];
    };
  }[];
}

/** Of several choices the first. */
function saidIn(event: StreamEvent): string {
  const { type, choices, delta, candidates } = event;
  if (type === 'response.output_text.delta') return textOf(delta);
  if (type === 'content_block_delta') return typeof delta === 'object' ? textOf(delta?.text) : '';
  const choice = choices?.[0];
  if (choice !== undefined) return textOf(choice.delta?.content) + textOf(choice.text);
  const parts = candidates?.[0]?.content?.parts ?? [];
  return parts.map(({ text, thought }) => (thought === true ? '' : textOf(text))).join('');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(event: string): StreamEvent {
  try {
    const value: unknown = JSON.parse(event);
    return typeof value === 'object' && value !== null ? (value as StreamEvent) : {};
  } catch {
    return {};
  }
}
