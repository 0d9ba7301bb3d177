'use client';
/**
 * Texts for client components: `const text = useMessages('keys')`, then `text.title`, `text.count(3)`.
 *
 * A browser gets the texts of one language, as a script of their own beside those of the page. Another language is
 * loaded when somebody chooses it; until it is there, React keeps showing the one before.
 */
import { UiProvider } from '@tollgate/ui';
import dynamic from 'next/dynamic';
import { createContext, type ReactNode, use, useContext } from 'react';
import { DEFAULT_LOCALE, type Locale } from './locale.ts';
import type { Area, Messages, Texts } from './texts.ts';

const LOAD: Readonly<Record<Locale, () => Promise<Texts>>> = {
  en: async () => (await import('./en/index.ts')).en,
  de: async () => (await import('./de/index.ts')).de,
};

const Nothing = () => null;

/** Draws nothing: the server names the script of a language in the page's head where one of them is drawn. */
const SCRIPT_OF = {
  en: dynamic(() => import('./en/index.ts').then(() => Nothing)),
  de: dynamic(() => import('./de/index.ts').then(() => Nothing)),
} as const;

const loaded = new Map<Locale, Texts>();
const loading = new Map<Locale, Promise<Texts>>();

function load(locale: Locale): Promise<Texts> {
  const known = loading.get(locale);
  if (known !== undefined) return known;
  const asked = LOAD[locale]().then(
    (texts) => {
      loaded.set(locale, texts);
      return texts;
    },
    (cause: unknown) => {
      // Not kept, so that who tries again asks again.
      loading.delete(locale);
      throw cause;
    },
  );
  loading.set(locale, asked);
  return asked;
}

const LocaleContext = createContext<Locale>(DEFAULT_LOCALE);
const TextsContext = createContext<Texts | undefined>(undefined);

export interface I18nProviderProps {
  readonly locale: Locale;
  /** Of the reader, as far as the server knows it. */
  readonly timeZone: string | undefined;
  /** The server's time when it drew the page. */
  readonly drawnAtMs: number;
  readonly children: ReactNode;
}

export function I18nProvider({ locale, timeZone, drawnAtMs, children }: I18nProviderProps) {
  const texts = loaded.get(locale) ?? use(load(locale));
  const Script = SCRIPT_OF[locale];
  return (
    <LocaleContext value={locale}>
      <TextsContext value={texts}>
        <Script />
        <UiProvider locale={locale} drawnAtMs={drawnAtMs} drawnInTimeZone={timeZone}>
          {children}
        </UiProvider>
      </TextsContext>
    </LocaleContext>
  );
}

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

/** All areas at once, for what names every page. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (texts === undefined) throw new Error('Cannot say a word: I18nProvider must be above, got none');
  return texts;
}

export function useMessages<A extends Area>(area: A): Messages<A> {
  return useTexts()[area];
}
