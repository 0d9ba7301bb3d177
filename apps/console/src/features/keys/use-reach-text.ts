'use client';
/** Words about what a key reaches: few pages need them, so they come with the parts that show it, in both languages. */
import { keyReach as german } from '../../i18n/de/key-reach.ts';
import { keyReach as english } from '../../i18n/en/key-reach.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import type { Locale } from '../../i18n/locale.ts';
import type { Translation } from '../../i18n/translation.ts';

type ReachText = Translation<typeof english>;

const TEXT: Readonly<Record<Locale, ReachText>> = { en: english, de: german };

export function useReachText(): ReachText {
  return TEXT[useLocale()];
}
