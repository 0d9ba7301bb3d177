/** The cookie by which a browser that was asked something is known again. Names nobody and opens nothing. */
import { readHostCookie, serializeHostCookie } from './host-cookie.ts';
import { isToken, mintToken } from './opaque-token.ts';

const NAME = 'tollgate_browser';
const LIFETIME_MS = 3_600_000;

/** @returns The one that it has, else a new one; and the `Set-Cookie` value that keeps it. */
export function rememberBrowser(
  consoleUrl: string,
  header: string | null | undefined,
  nowMs: number,
): { readonly browser: string; readonly setCookie: string } {
  const browser = findBrowser(consoleUrl, header) ?? mintToken();
  return {
    browser,
    setCookie: serializeHostCookie(consoleUrl, NAME, browser, new Date(nowMs + LIFETIME_MS)),
  };
}

/** @returns Undefined for a browser that was never asked anything, or long ago. */
export function findBrowser(consoleUrl: string, header: string | null | undefined): string | undefined {
  const found = readHostCookie(consoleUrl, NAME, header);
  return found !== undefined && isToken(found) ? found : undefined;
}
