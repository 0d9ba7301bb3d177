/**
 * What a request said and what it was answered, for organizations that keep it (packages/payloads). Where they do not, this
 * costs a comparison per request and per stream.
 */
import { GatewayError } from '@tollgate/errors';
import { bodyOf, isText, MAX_BODY_BYTES, type PayloadBody } from '@tollgate/payloads';
import type { Services } from '../services.ts';
import type { Exchange } from './exchange.ts';

const HEADER = 'x-tollgate-payload';
/** What generates is read as JSON whatever its caller calls it. */
const USUAL_TYPE = 'application/json';

/** @throws {GatewayError} `invalid_request`: the header says something else than `omit`. */
export function readPayloadHeader({ request }: Exchange): void {
  const value = request.headers[HEADER];
  if (value === undefined || value === 'omit') return;
  throw new GatewayError('invalid_request', `Cannot read the request: "${HEADER}" must be omit.`, {
    param: HEADER,
  });
}

/** What is kept at a provider by an id (files, batches) is none of it: that is read there. */
function isKept({ organization, request, endpoint: { handling } }: Exchange, services: Services): boolean {
  return (
    organization?.keepsPayloads === true &&
    services.payloads !== undefined &&
    request.headers[HEADER] === undefined &&
    (handling.kind === 'generate' || handling.kind === 'task')
  );
}

/** In steps, so that not every event asks whether there is room. */
const STEP_BYTES = 16 * 1024;

/** The beginning of a stream, as its client gets it: no more than is kept, and counted as the request's. */
export class StreamHead {
  readonly #contentType: string;
  readonly #take: (bytes: number) => boolean;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #takenBytes = 0;
  #bytes = 0;

  /** @param take Whether so many bytes more may be held. */
  constructor(contentType: string, take: (bytes: number) => boolean) {
    this.#contentType = contentType;
    this.#take = take;
  }

  /** @param output Held as Latin-1. */
  add(output: string): void {
    this.#bytes += output.length;
    const room = MAX_BODY_BYTES - this.#heldBytes;
    if (room <= 0 || output === '') return;
    const length = Math.min(output.length, room);
    while (this.#takenBytes < this.#heldBytes + length) {
      if (!this.#take(STEP_BYTES)) {
        // What came after a gap would be no beginning any more.
        this.#heldBytes = MAX_BODY_BYTES;
        return;
      }
      this.#takenBytes += STEP_BYTES;
    }
    // A copy: a part of a large event would hold on to all of it.
    this.#pieces.push(Buffer.from(length === output.length ? output : output.slice(0, length), 'latin1'));
    this.#heldBytes += length;
  }

  body(): PayloadBody | null {
    return bodyOf(this.#contentType, Buffer.concat(this.#pieces), this.#bytes);
  }
}

/** @returns Undefined: nothing of it is kept. */
export function startStreamHead(
  exchange: Exchange,
  services: Services,
  contentType: string,
): StreamHead | undefined {
  const { share } = exchange;
  if (share === undefined || !isKept(exchange, services) || !isText(contentType)) return undefined;
  return new StreamHead(contentType, (bytes) => {
    if (services.load.takeBytes(share, bytes, exchange.bufferedBytes) !== undefined) return false;
    exchange.bufferedBytes += bytes;
    return true;
  });
}

export interface Given {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * After the answer: nothing waits for it, and it fails nothing.
 *
 * @param given What the client was given where it was no stream, undefined: nothing; asked for only if it is kept.
 */
export function keepPayload(exchange: Exchange, services: Services, given: () => Given | undefined): void {
  const { organization, requestId, startedAtMs, body, streamHead, attempts } = exchange;
  if (organization === undefined || body === undefined || !isKept(exchange, services)) return;
  const { organizationId } = organization;
  try {
    const payload = {
      request: bodyOf(contentTypeOf(exchange), body),
      response: streamHead === undefined ? wholeBody(given()) : streamHead.body(),
    };
    services.payloads?.keep({ organizationId, requestId, startedAtMs, payload }, attempts.length > 0);
  } catch (error) {
    services.logger.error({ err: error, requestId }, 'a payload could not be kept');
  }
}

function contentTypeOf({ request, endpoint: { handling } }: Exchange): string {
  const told = request.headers['content-type'] ?? USUAL_TYPE;
  return handling.kind === 'generate' && !isText(told) ? USUAL_TYPE : told;
}

function wholeBody(given: Given | undefined): PayloadBody | null {
  return given === undefined ? null : bodyOf(given.contentType, given.body);
}
