/** An AWS event stream as Bedrock sends it, for tests. */
import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

export function createAwsEventBytes(events: readonly (readonly [name: string, payload: object])[]): Buffer {
  return Buffer.concat(
    events.map(([name, payload]) =>
      codec.encode({
        headers: {
          ':message-type': { type: 'string', value: 'event' },
          ':event-type': { type: 'string', value: name },
          ':content-type': { type: 'string', value: 'application/json' },
        },
        body: Buffer.from(JSON.stringify(payload)),
      }),
    ),
  );
}
