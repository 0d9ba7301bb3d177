'use client';
/** Words of payloads: they come with the parts that need them, in both languages, and not with every page. */
import { payloads as german } from '../../i18n/de/payloads.ts';
import { payloads as english } from '../../i18n/en/payloads.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import type { Locale } from '../../i18n/locale.ts';
import type { Translation } from '../../i18n/translation.ts';

export type PayloadText = Translation<typeof english>;

const PAYLOAD_TEXT: Readonly<Record<Locale, PayloadText>> = { en: english, de: german };

export function usePayloadText(): PayloadText {
  return PAYLOAD_TEXT[useLocale()];
}
