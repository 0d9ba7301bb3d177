/**
 * What a request said and what it got, for organizations that keep it (packages/payloads). Where they do not, this costs a
 * comparison per request and per turn of a stream.
 */
import { GatewayError } from '@tollgate/errors';
import { bodyOf, MAX_BODY_BYTES } from '@tollgate/payloads';
import type { Services } from '../services.ts';
import type { Exchange } from './exchange.ts';

const HEADER = 'x-tollgate-payload';
/** Requests without it are JSON to every SDK. */
const USUAL_TYPE = 'application/json';

/** @throws {GatewayError} `invalid_request`: the header says something else than `omit`. */
export function readPayloadHeader({ request }: Exchange): void {
  const value = request.headers[HEADER];
  if (value === undefined || value === 'omit') return;
  throw new GatewayError('invalid_request', `Cannot read the request: "${HEADER}" must be omit.`, {
    param: HEADER,
  });
}

/** What a provider itself keeps (files, batches) is none of it: that is read there. */
function isKept({ organization, request, endpoint: { handling } }: Exchange, services: Services): boolean {
  return (
    organization?.keepsPayloads === true &&
    services.payloads !== undefined &&
    request.headers[HEADER] === undefined &&
    (handling.kind === 'generate' || handling.kind === 'task')
  );
}

/** The beginning of a stream, as its client gets it. */
export class StreamHead {
  #bytes = 0;
  #text = '';

  /** @param output Held as Latin-1. */
  add(output: string): void {
    this.#bytes += output.length;
    if (this.#text.length <= MAX_BODY_BYTES) this.#text += output;
  }

  body(contentType: string) {
    return bodyOf(contentType, Buffer.from(this.#text, 'latin1'), this.#bytes);
  }
}

/** @returns Undefined: nothing of it is kept. */
export function startStreamHead(exchange: Exchange, services: Services): StreamHead | undefined {
  return isKept(exchange, services) ? new StreamHead() : undefined;
}

interface Given {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * After the answer: nothing waits for it, and it fails nothing.
 *
 * @param given What the client was given where it was no stream; asked for only if it is kept.
 */
export function keepPayload(exchange: Exchange, services: Services, given: () => Given): void {
  const { organization, requestId, startedAtMs, request, body, streamHead, answer } = exchange;
  if (organization === undefined || body === undefined || !isKept(exchange, services)) return;
  const { organizationId } = organization;
  services.payloads?.keep({
    organizationId,
    requestId,
    startedAtMs,
    payload: {
      request: bodyOf(request.headers['content-type'] ?? USUAL_TYPE, body),
      response:
        answer?.kind === 'stream' && streamHead !== undefined
          ? streamHead.body(answer.stream.contentType)
          : wholeBody(given()),
    },
  });
}

function wholeBody({ contentType, body }: Given) {
  return bodyOf(contentType, body);
}
