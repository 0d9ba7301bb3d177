/**
 * The content security policy of pages. Scripts run only with this response's nonce or when such a script
 * loads them. Styles may be inline: Radix, charts and toasts position elements that way.
 */
export interface PolicyInput {
  readonly nonce: string;
  /** React's development build evaluates strings, and reloads over a web socket. */
  readonly development: boolean;
}

export function contentSecurityPolicy({ nonce, development }: PolicyInput): string {
  const directives: Record<string, string> = {
    'default-src': "'self'",
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    // Speech that the playground has been answered.
    'media-src': "'self' blob:",
    'font-src': "'self'",
    'connect-src': `'self'${development ? ' ws:' : ''}`,
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** 128 random bits, base64. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes));
}
