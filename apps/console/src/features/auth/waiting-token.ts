/**
 * A verification link that waits for its session, in this tab only: never in an address, where it would reach
 * servers and histories.
 */
const NAME = 'tollgate_verification';

export function keepWaitingToken(token: string): void {
  try {
    sessionStorage.setItem(NAME, token);
  } catch {
    // Storage may be forbidden: then the link in the mail is opened once more after signing in.
  }
}

export function findWaitingToken(): string | null {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

export function dropWaitingToken(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Nothing was kept then.
  }
}
