import { NextRequest } from 'next/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { proxy } from '../proxy.ts';
import { strictTransportSecurity } from './strict-transport.ts';

describe('strictTransportSecurity()', () => {
  it.each([
    ['https://console.example.com', 'max-age=63072000'],
    ['HTTPS://console.example.com', 'max-age=63072000'],
    ['http://localhost:3000', undefined],
    [undefined, undefined],
  ])('for %s is %s', (consoleUrl, header) => {
    expect(strictTransportSecurity(consoleUrl)).toBe(header);
  });
});

describe('pages', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['https://console.example.com', 'max-age=63072000'],
    ['http://localhost:3000', null],
  ])('of a console at %s carry %s', (consoleUrl, header) => {
    vi.stubEnv('TOLLGATE_CONSOLE_URL', consoleUrl);
    const response = proxy(new NextRequest('http://127.0.0.1:3000/keys'));
    expect(response.headers.get('strict-transport-security')).toBe(header);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  });
});
