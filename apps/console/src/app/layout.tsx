import './globals.css';
import { THEME_COOKIE, toTheme } from '@tollgate/ui/format';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { Providers } from '../features/shell/providers.tsx';
import { getLocale } from '../i18n/server.ts';
import { TIME_ZONE_COOKIE, toTimeZone } from '../i18n/time-zone.ts';
import { getRuntime } from '../server/runtime.ts';

export const metadata: Metadata = {
  title: { default: 'Tollgate', template: '%s · Tollgate' },
  description: 'The control plane for AI traffic.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f8f9' },
    { media: '(prefers-color-scheme: dark)', color: '#0d0f12' },
  ],
};

/** Reads theme, language and time zone from cookies, so that the first byte already looks and reads right. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [locale, cookieStore] = await Promise.all([getLocale(), cookies()]);
  const theme = toTheme(cookieStore.get(THEME_COOKIE)?.value);
  return (
    <html
      lang={locale}
      data-theme={theme === 'system' ? undefined : theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <Providers
          locale={locale}
          timeZone={toTimeZone(cookieStore.get(TIME_ZONE_COOKIE)?.value)}
          drawnAtMs={getRuntime().clock.nowMs()}
        >
          {children}
        </Providers>
      </body>
    </html>
  );
}
