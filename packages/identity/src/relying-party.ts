/** For whom passkeys are: the console, as it is configured. What a request says of host and origin counts for nothing. */
import type { IdentitySettings } from './identity-context.ts';

export interface RelyingParty {
  /** The host, without its port. */
  readonly id: string;
  readonly origin: string;
}

export function relyingPartyOf({ consoleUrl }: Pick<IdentitySettings, 'consoleUrl'>): RelyingParty {
  const { hostname, origin } = new URL(consoleUrl);
  return { id: hostname, origin };
}

/** ES256, RS256, EdDSA: what authenticators make. Named, so that none is taken because a library learned it. */
export const PASSKEY_ALGORITHMS: readonly number[] = [-7, -257, -8];

/** What the browser says it was asked. @returns Empty when it says nothing that can be read. */
export function challengeOf(clientDataJson: string): string {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString());
    const challenge = typeof data === 'object' && data !== null && 'challenge' in data ? data.challenge : '';
    return typeof challenge === 'string' ? challenge : '';
  } catch {
    return '';
  }
}
