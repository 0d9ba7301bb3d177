/**
 * Why nothing came of a call to somebody else's host, or of a message to a channel, for clients that say it in words of their own.
 *
 * What was tried long ago is kept as its sentence: `faultOfText` finds the code behind it.
 */
export const CONNECTION_FAULTS = [
  'unknown_provider',
  'credential_refused',
  'no_model_list',
  'rate_limited',
  'redirects',
  'other_status',
  'not_models',
  'private_address',
  'https_needed',
  'unknown_host',
  'lookup_failed',
  'connection_refused',
  'connection_ended',
  'timeout',
  'too_large',
  'connection_failed',
  'no_recipients',
] as const;
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

/** With the status in brackets behind it, where one came. */
export const FAULT_TEXT: Readonly<Record<ConnectionFault, string>> = {
  unknown_provider: 'The provider is not known',
  credential_refused: 'The provider refused the credential, or it cannot be read',
  no_model_list: 'There is no list of models at this base URL',
  rate_limited: 'The provider limits this credential right now',
  redirects: 'The provider redirects elsewhere, which is not followed',
  other_status: 'The provider answered with an error',
  not_models: 'The answer is not a list of models',
  private_address: 'The address is private, and the operator has not allowed it',
  https_needed: 'The address must begin with https://',
  unknown_host: 'The host name does not exist',
  lookup_failed: 'The host name could not be looked up',
  connection_refused: 'The host refused the connection',
  connection_ended: 'The host ended the connection',
  timeout: 'The host did not answer in time',
  too_large: 'The answer is too large',
  connection_failed: 'The connection failed',
  no_recipients: 'Nobody is among its recipients',
};

/** As packages/alerts says it of hosts that are no providers. */
const OTHERS_SAY: readonly (readonly [beginning: string, ConnectionFault])[] = [
  ['It redirects elsewhere', 'redirects'],
  ['It answered ', 'other_status'],
];

/** @returns Null for a sentence that no test or delivery writes. */
export function faultOfText(text: string | null): ConnectionFault | null {
  if (text === null) return null;
  const said = CONNECTION_FAULTS.find((fault) => text.startsWith(FAULT_TEXT[fault]));
  return said ?? OTHERS_SAY.find(([beginning]) => text.startsWith(beginning))?.[1] ?? null;
}
