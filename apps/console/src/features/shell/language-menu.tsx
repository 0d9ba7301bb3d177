'use client';
import { DropdownMenu, IconButton, type MenuEntry } from '@tollgate/ui';
import { Languages } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { LOCALE_COOKIE, LOCALE_NAME, LOCALES } from '../../i18n/locale.ts';

const COOKIE_SECONDS = 31_536_000;

/** The choice as a menu entry, for the user menu. The server renders again in the chosen language. */
export function useLanguageEntry(): MenuEntry {
  const locale = useLocale();
  const router = useRouter();
  return {
    kind: 'choice',
    value: locale,
    onValueChange: (value) => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
      document.cookie = `${LOCALE_COOKIE}=${value}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
      router.refresh();
    },
    options: LOCALES.map((value) => ({ value, label: LOCALE_NAME[value] })),
  };
}

export function LanguageMenu() {
  const text = useMessages('shell');
  const entry = useLanguageEntry();
  return (
    <DropdownMenu
      trigger={
        <IconButton label={text.language} tooltip={false}>
          <Languages />
        </IconButton>
      }
      entries={[entry]}
      className="min-w-36"
    />
  );
}
