/**
 * A provider's bytes as events, by the type that its answer has. What the wire itself knows as a failure (the
 * exceptions of AWS's event streams) is told apart from events, whatever format they carry.
 */
import { createEventParser } from '@tollgate/dialects';
import { createAwsEventParser } from '../aws/event-parser.ts';

/** @param data Bytes as Latin-1. */
export type OnEvent = (event: string, data: string) => void;
export type OnFailure = (body: unknown) => void;

export interface EventSource {
  /** @throws {EventTooLargeError} */
  feed(chunk: Buffer): void;
  end(): void;
}

export type CreateEventSource = (onEvent: OnEvent, onFailure: OnFailure) => EventSource;

const createServerSentEvents: CreateEventSource = (onEvent) =>
  createEventParser(({ event, data }) => onEvent(event, data));

const createAwsEvents: CreateEventSource = (onEvent, onFailure) =>
  createAwsEventParser((event, data) => {
    if (event.endsWith('Exception')) onFailure(exceptionBody(event, data));
    else onEvent(event, data);
  });

/** @returns Undefined: no stream of events has this type. */
export function eventSourceFor(contentType: string): CreateEventSource | undefined {
  if (contentType.startsWith('text/event-stream')) return createServerSentEvents;
  if (contentType.startsWith('application/vnd.amazon.eventstream')) return createAwsEvents;
  return undefined;
}

function exceptionBody(name: string, data: string): unknown {
  try {
    return { ...(JSON.parse(Buffer.from(data, 'latin1').toString('utf8')) as object), __type: name };
  } catch {
    return { __type: name };
  }
}
