/**
 * Requests that carry a cookie and change something must come from the console's own pages.
 *
 * Two independent fences: the Origin that browsers send, and a header that no form and no cross-origin script
 * can add without a preflight that we never allow. Admin tokens are not sent by browsers on their own, so they
 * need neither.
 */
import { ApiProblem } from './problem.ts';

export const CSRF_HEADER = 'x-tollgate-csrf';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @param byCookie Whether a session cookie proved who is asking. @throws {ApiProblem} `csrf_refused`. */
export function assertSameOrigin(request: Request, consoleUrl: string, byCookie: boolean): void {
  if (SAFE_METHODS.has(request.method)) return;
  const origin = request.headers.get('origin');
  // "null" (sandboxed frames, redirects) is an origin like any other: not ours.
  if (origin !== null && origin !== new URL(consoleUrl).origin) {
    throw new ApiProblem('csrf_refused', 'Cannot accept this request: it comes from another origin');
  }
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw new ApiProblem('csrf_refused', 'Cannot accept this request: it comes from another site');
  }
  if (byCookie && request.headers.get(CSRF_HEADER) === null) {
    throw new ApiProblem('csrf_refused', `Cannot accept this request: the header ${CSRF_HEADER} is missing`);
  }
}
