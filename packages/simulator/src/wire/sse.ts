/** Frames a format's events as server-sent events, with the faults of content that a test asks for. */
import type { Controls } from '../controls.ts';
import type { StreamEvent } from '../stream-events.ts';

export interface WireEvent {
  /** The `event:` line, where the format has one. */
  readonly event: string | null;
  readonly data: string;
  readonly tokens?: number;
  readonly isUsage?: boolean;
  /** An exception frame, where the format has them. */
  readonly isException?: boolean;
  /** The format's own end, which `no-done` holds back. */
  readonly isEnd?: boolean;
}

export type Frame = (event: WireEvent) => string;

export function sseFrame(controls: Controls, usualLineEnd = '\n'): Frame {
  const asked = controls['line-ends'];
  const end = asked === undefined ? usualLineEnd : asked === 'crlf' ? '\r\n' : asked === 'cr' ? '\r' : '\n';
  const comment = controls.comments === true ? `: keep-alive${end}${end}` : '';
  return ({ event, data }) =>
    `${comment}${event === null ? '' : `event: ${event}${end}`}data: ${data}${end}${end}`;
}

/** @param failure What the format sends when it fails in mid-stream. */
export function* frameEvents(
  events: Iterable<WireEvent>,
  controls: Controls,
  frame: Frame,
  failure: Iterable<WireEvent>,
): Generator<StreamEvent> {
  let deltas = 0;
  for (const event of events) {
    const { tokens = 0, isUsage = false } = event;
    if (tokens > 0) {
      if (deltas === controls['error-in-stream']) {
        for (const last of failure) yield { text: frame(last), tokens: 0, isUsage: false };
        return;
      }
      if (deltas === controls['bad-event']) {
        const data = event.data.slice(0, event.data.length >> 1);
        yield { text: frame({ event: event.event, data }), tokens: 0, isUsage: false };
      }
      deltas += 1;
    }
    if (event.isEnd === true && controls['no-done'] === true) continue;
    yield { text: frame(event), tokens, isUsage };
  }
}

/** The usage that `bad-usage` and `no-usage` make of a good one; undefined where it is left out. */
export function bendUsage(usage: object, controls: Controls): unknown {
  if (controls['no-usage'] === true) return undefined;
  const kind = controls['bad-usage'];
  return kind === undefined ? usage : bend(usage, kind);
}

function bend(value: unknown, kind: string): unknown {
  if (kind === 'null') return null;
  if (typeof value === 'number')
    return kind === 'negative' ? -Math.max(value, 1) : kind === 'huge' ? 1e308 : `${value} tokens`;
  if (Array.isArray(value)) return value.map((item) => bend(item, kind));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, bend(item, kind)]));
}
