/** Which error a client's SDK must raise for a provider's failure: gateway-contract's table, read independently. */
import type { ClientAnswer, ClientFormat } from '../clients/client-format.ts';
import type { Exchange } from '../fixtures/exchange.ts';

/** The official SDKs' classes by status; any 5xx is a server's fault. */
const OPENAI_CLASS: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
};

/** @returns What is wrong with it, or nothing. */
export function expectedError(
  exchange: Exchange,
  client: ClientFormat,
  answer: ClientAnswer,
): string | undefined {
  if (answer.kind !== 'error') return 'no error was raised';
  const { name, status } = answer;
  // A provider that rejects our credential never looks as if the caller's key were bad.
  if (status === 401 || status === 402) return `the caller is told ${status}: ${answer.message}`;
  if (status === undefined) return `without a status: ${name}: ${answer.message}`;
  if (client === 'gemini-generate') return name === 'ApiError' ? undefined : `raised ${name}`;
  const expected = OPENAI_CLASS[status] ?? (status >= 500 ? 'InternalServerError' : 'APIError');
  if (name !== expected) return `${status} raised ${name}`;
  const isOurs = status >= 500 || [400, 403, 404, 413, 422, 429].includes(status);
  return isOurs ? undefined : `${exchange.status} became ${status}`;
}
