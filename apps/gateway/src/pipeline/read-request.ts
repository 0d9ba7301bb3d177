/** Gives a request to the reader of its endpoint's format. */
import {
  readGenerateRequest,
  readResourceRequest,
  readTaskRequest,
  type UnderstoodRequest,
} from '@tollgate/providers';
import { DIALECTS } from './dialect-answers.ts';
import { type Exchange, known } from './exchange.ts';

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readRequest(exchange: Exchange): UnderstoodRequest {
  const { endpoint, request, subjectId } = exchange;
  const { handling } = endpoint;
  const body = known(exchange.body, 'the body');
  switch (handling.kind) {
    case 'generate': {
      const { format, stream } = handling;
      const betas = format === 'anthropic-messages' ? betasOf(request.headers['anthropic-beta']) : [];
      return readGenerateRequest(format, body, {
        ...(subjectId === '' ? {} : { model: subjectId }),
        ...(stream === undefined ? {} : { stream }),
        ...(betas.length === 0 ? {} : { betas }),
        // A stream is one JSON array unless the client asks for events.
        ...(stream === true && !/[?&]alt=sse(?:&|$)/.test(request.url ?? '') ? { jsonArray: true } : {}),
      });
    }
    case 'task':
      return readTaskRequest(handling.endpoint, body, {
        contentType: request.headers['content-type'] ?? '',
        ...(subjectId === '' ? {} : { model: subjectId }),
        errorBody: DIALECTS[endpoint.dialect].errorBody,
      });
    case 'resource':
      return readResourceRequest(handling.endpoint, body, {
        method: endpoint.method,
        subject: subjectId,
        query: /\?.*/.exec(request.url ?? '')?.[0] ?? '',
        contentType: request.headers['content-type'] ?? '',
      });
    default:
      throw new Error(`Cannot go on: ${endpoint.name} has no request to read`);
  }
}

const BETA = /^[\w.-]{1,64}$/;

function betasOf(header: string | string[] | undefined): readonly string[] {
  return String(header ?? '')
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => BETA.test(beta));
}
