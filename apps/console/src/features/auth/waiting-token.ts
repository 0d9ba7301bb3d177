/**
 * A mail's link that waits for its session, in this tab only: never in an address, where it would reach servers and
 * histories.
 */
type WaitingLink = 'verification' | 'email_change';

const nameOf = (link: WaitingLink) => `tollgate_${link}`;

export function keepWaitingToken(link: WaitingLink, token: string): void {
  try {
    sessionStorage.setItem(nameOf(link), token);
  } catch {
    // Storage may be forbidden: then the link in the mail is opened once more after signing in.
  }
}

export function findWaitingToken(link: WaitingLink): string | null {
  try {
    return sessionStorage.getItem(nameOf(link));
  } catch {
    return null;
  }
}

export function dropWaitingToken(link: WaitingLink): void {
  try {
    sessionStorage.removeItem(nameOf(link));
  } catch {
    // Nothing was kept then.
  }
}
