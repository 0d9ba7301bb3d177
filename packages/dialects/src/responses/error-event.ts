/** A failure in the middle of a response, as OpenAI's clients read it. */
import { GATEWAY_ERROR, type GatewayError } from '@tollgate/errors';
import { encodeBytes, serializeEvent } from '../sse/event-parser.ts';
import { tollgateDetails } from '../tollgate-details.ts';

/**
 * The `error` event's data as JSON text. The specification has the members at the top; the SDKs raise only what
 * stands in `error`, as OpenAI's servers send it: both are there.
 */
export function responsesErrorData(error: GatewayError, requestId: string, sequenceNumber: number): string {
  const code = error.details.upstreamCode ?? error.code;
  const param = error.details.param ?? null;
  return JSON.stringify({
    type: 'error',
    sequence_number: sequenceNumber,
    code,
    message: error.message,
    param,
    error: {
      type: error.details.upstreamType ?? GATEWAY_ERROR[error.code].openaiType,
      code,
      message: error.message,
      param,
      tollgate: tollgateDetails(error, requestId),
    },
  });
}

/** The event that ends a stream which cannot go on; nothing follows it. Bytes as Latin-1. */
export function responsesErrorEvent(error: GatewayError, requestId: string, sequenceNumber = 0): string {
  const data = encodeBytes(responsesErrorData(error, requestId, sequenceNumber));
  return serializeEvent({ event: 'error', data });
}
