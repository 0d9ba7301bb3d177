/** How a client's events stand on the wire: server-sent events, or Gemini's JSON array without `alt=sse`. */
import { serializeEvent } from '@tollgate/dialects';

export interface Framing {
  readonly contentType: string;
  /** @param data Bytes as Latin-1, as is what comes back. */
  frame(event: string, data: string): string;
  /** What stands behind the last event. */
  close(): string;
}

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

export const SERVER_SENT_EVENTS: Framing = {
  contentType: EVENT_STREAM,
  frame: (event, data) => serializeEvent({ event, data }),
  close: () => '',
};

/** One per stream: the first element opens the array. */
export function createJsonArrayFraming(): Framing {
  let open = false;
  return {
    contentType: 'application/json; charset=UTF-8',
    frame(_event, data) {
      const before = open ? ',\r\n' : '[';
      open = true;
      return before + data;
    },
    close: () => (open ? ']' : '[]'),
  };
}
