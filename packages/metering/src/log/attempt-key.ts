/** By what the attempts of requests are told apart. */
export function attemptKey(requestId: string, attempt: number): string {
  // The usual one costs no new text, and what is looked up by it has its hash already.
  return attempt === 1 ? requestId : `${requestId}/${attempt}`;
}
