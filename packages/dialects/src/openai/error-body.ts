/** Errors as OpenAI's clients read them. */
import { GATEWAY_ERROR, type GatewayError } from '@tollgate/errors';
import { encodeBytes, serializeEvent } from '../sse/event-parser.ts';
import { tollgateDetails } from '../tollgate-details.ts';

/** `{"error": {…}}` as JSON text. A provider's own type and code pass where the error carries them. */
export function openAiErrorBody(error: GatewayError, requestId: string): string {
  return JSON.stringify({
    error: {
      message: error.message,
      type: error.details.upstreamType ?? GATEWAY_ERROR[error.code].openaiType,
      param: error.details.param ?? null,
      code: error.details.upstreamCode ?? error.code,
      tollgate: tollgateDetails(error, requestId),
    },
  });
}

/** The event that ends a chat stream which cannot go on; nothing follows it. Bytes as Latin-1. */
export function openAiErrorEvent(error: GatewayError, requestId: string): string {
  return serializeEvent({ event: '', data: encodeBytes(openAiErrorBody(error, requestId)) });
}
