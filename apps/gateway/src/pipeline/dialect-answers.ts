/** What differs between dialects besides their formats: how errors look, and what the request's id is called. */
import {
  anthropicErrorBody,
  anthropicErrorStatus,
  geminiErrorBody,
  openAiErrorBody,
} from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import type { Dialect } from '../endpoints.ts';

interface DialectAnswers {
  errorBody(error: GatewayError, requestId: string): string;
  errorStatus(error: GatewayError): number;
  readonly requestIdHeader: string;
}

const statusOf = (error: GatewayError): number => error.status;

export const DIALECTS: Readonly<Record<Dialect, DialectAnswers>> = {
  openai: { errorBody: openAiErrorBody, errorStatus: statusOf, requestIdHeader: 'x-request-id' },
  anthropic: {
    errorBody: anthropicErrorBody,
    errorStatus: anthropicErrorStatus,
    requestIdHeader: 'request-id',
  },
  gemini: { errorBody: geminiErrorBody, errorStatus: statusOf, requestIdHeader: 'x-request-id' },
};
