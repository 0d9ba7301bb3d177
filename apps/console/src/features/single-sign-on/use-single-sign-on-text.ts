'use client';
/** Texts of this page. Apart from all others, because every page loads those, and one alone needs these. */
import { singleSignOn as de } from '../../i18n/de/single-sign-on.ts';
import { singleSignOn as en } from '../../i18n/en/single-sign-on.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import type { Locale } from '../../i18n/locale.ts';
import type { Translation } from '../../i18n/translation.ts';

const TEXTS: Readonly<Record<Locale, Translation<typeof en>>> = { en, de };

export function useSingleSignOnText(): Translation<typeof en> {
  return TEXTS[useLocale()];
}
