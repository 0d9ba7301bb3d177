/** A request that keeps its last byte back, for tests of what happens meanwhile. */
import { TEST_ORIGIN, type TestAnswer, type TestApi } from './test-api.ts';

export interface HeldRequest {
  /** Everything but the last byte has been read: whoever asks waits for the rest. */
  readonly reached: Promise<unknown>;
  /** How often more of the body was asked for. */
  readonly pulls: () => number;
  /** Sends the last byte. */
  finish(): Promise<Pick<TestAnswer, 'status' | 'body'>>;
  /** The answer that comes without it. */
  readonly answered: Promise<Pick<TestAnswer, 'status' | 'body'>>;
}

export function holdRequest(
  { api }: Pick<TestApi, 'api'>,
  path: string,
  body: string | object,
  headers: Readonly<Record<string, string>>,
): HeldRequest {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        pulls += 1;
        if (pulls === 1) return controller.enqueue(bytes.subarray(0, -1));
        reached.resolve();
        await released.promise;
        controller.enqueue(bytes.subarray(-1));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  // The types of browsers do not know `duplex`, which Node wants with a stream.
  const init: RequestInit & { readonly duplex: 'half' } = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tollgate-csrf': '1', ...headers },
    body: stream,
    duplex: 'half',
  };
  const request = new Request(`${TEST_ORIGIN}/api/v1${path}`, init);
  const answered = api.request(request).then(async (response) => {
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  });
  return {
    reached: Promise.race([reached.promise, answered]),
    pulls: () => pulls,
    answered,
    finish: () => {
      released.resolve();
      return answered;
    },
  };
}
