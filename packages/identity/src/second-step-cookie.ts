/**
 * The cookie of a sign-in that waits for its second step. Another one than the session's: it opens nothing but the
 * second step, whatever else it is shown to.
 */
import { readHostCookie, serializeHostCookie } from './host-cookie.ts';
import type { SecondStep } from './second-step.ts';

const NAME = 'tollgate_second_step';

/** @returns The `Set-Cookie` value. */
export function serializeSecondStepCookie(consoleUrl: string, { token, expiresAt }: SecondStep): string {
  return serializeHostCookie(consoleUrl, NAME, token, expiresAt);
}

export function clearSecondStepCookie(consoleUrl: string): string {
  return serializeHostCookie(consoleUrl, NAME, '', new Date(0));
}

export function readSecondStepCookie(
  consoleUrl: string,
  header: string | null | undefined,
): string | undefined {
  return readHostCookie(consoleUrl, NAME, header);
}
