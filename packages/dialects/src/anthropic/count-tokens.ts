/** `POST /v1/messages/count_tokens`: the request is a Messages request without output (messages-request.ts). */

/** The answer as JSON text; for providers that count themselves it passes as it came. */
export function countTokensBody(inputTokens: number): string {
  return JSON.stringify({ input_tokens: inputTokens });
}

/** What a provider counted. @returns Undefined where it told no count. */
export function readCountTokens(body: Buffer): number | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  // Bedrock's CountTokens says the same in its own case.
  const { input_tokens: count, inputTokens } = (parsed ?? {}) as Record<string, unknown>;
  const told = count ?? inputTokens;
  return Number.isSafeInteger(told) && (told as number) >= 0 ? (told as number) : undefined;
}
