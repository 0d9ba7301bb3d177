/**
 * Gives every page a content security policy with a fresh nonce, and forbids caching of pages. Next puts
 * the nonce on its own scripts. Not here: authentication; the pages and the API check that themselves.
 */
import { readEnvironment } from '@tollgate/config';
import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy, newNonce } from './security/content-security-policy.ts';
import { PATH_HEADER } from './security/path-header.ts';
import { strictTransportSecurity } from './security/strict-transport.ts';

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
  const transport = strictTransportSecurity(readEnvironment().TOLLGATE_CONSOLE_URL);
  if (transport !== undefined) response.headers.set('strict-transport-security', transport);
  return response;
}

export const config = {
  matcher: ['/((?!api/|_next/static|_next/image|favicon.ico|icon.svg).*)'],
};
