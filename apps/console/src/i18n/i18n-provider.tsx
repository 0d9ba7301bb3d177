'use client';
/** Texts for client components: `const text = useMessages('keys')`, then `text.title`, `text.count(3)`. */
import { UiProvider } from '@tollgate/ui';
import { createContext, type ReactNode, useContext } from 'react';
import { type Area, CATALOGUE, type Messages } from './catalogue.ts';
import { DEFAULT_LOCALE, type Locale } from './locale.ts';

const LocaleContext = createContext<Locale>(DEFAULT_LOCALE);

export function I18nProvider({
  locale,
  children,
}: {
  readonly locale: Locale;
  readonly children: ReactNode;
}) {
  return (
    <LocaleContext value={locale}>
      <UiProvider locale={locale}>{children}</UiProvider>
    </LocaleContext>
  );
}

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

export function useMessages<A extends Area>(area: A): Messages<A> {
  return CATALOGUE[useLocale()][area];
}
