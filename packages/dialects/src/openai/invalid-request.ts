import { GatewayError } from '@tollgate/errors';

/** What a caller wrote cannot be read. @param rule Ends the sentence "Cannot read the request: …". */
export function invalidRequest(rule: string, param?: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot read the request: ${rule}.`,
    param === undefined ? {} : { param },
  );
}
