'use client';
/** Captions of this page in the reader's language. Not among the texts that every page loads. */
import { design as german } from '../../i18n/de/design.ts';
import { design as english } from '../../i18n/en/design.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';

export function useDesignText() {
  return useLocale() === 'de' ? german : english;
}
