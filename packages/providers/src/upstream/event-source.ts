/** A provider's bytes as events, by the type that its answer has. */
import { createEventParser } from '@tollgate/dialects';

/** @param data Bytes as Latin-1. */
export type OnEvent = (event: string, data: string) => void;

export interface EventSource {
  /** @throws {EventTooLargeError} */
  feed(chunk: Buffer): void;
  end(): void;
}

export type CreateEventSource = (onEvent: OnEvent) => EventSource;

const createServerSentEvents: CreateEventSource = (onEvent) =>
  createEventParser(({ event, data }) => onEvent(event, data));

/** @returns Undefined: no stream of events has this type. */
export function eventSourceFor(contentType: string): CreateEventSource | undefined {
  if (contentType.startsWith('text/event-stream')) return createServerSentEvents;
  return undefined;
}
