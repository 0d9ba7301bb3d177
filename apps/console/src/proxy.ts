/**
 * Gives every page a content security policy with a fresh nonce, and forbids caching of pages. Next puts
 * the nonce on its own scripts. Not here: authentication; the pages and the API check that themselves.
 */
import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy, newNonce } from './security/content-security-policy.ts';
import { PATH_HEADER } from './security/path-header.ts';

export function proxy(request: NextRequest) {
  const policy = contentSecurityPolicy({
    nonce: newNonce(),
    // biome-ignore lint/style/noProcessEnv: no setting; Next replaces it by a constant when it builds
    development: process.env.NODE_ENV === 'development',
  });
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('cache-control', 'private, no-store');
  return response;
}

export const config = {
  matcher: ['/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)'],
};
