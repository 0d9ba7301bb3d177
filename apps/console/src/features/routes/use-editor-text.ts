'use client';
/**
 * Words of the editor. They are many, and only its own pages need them: they come with those, in both languages, and not
 * with every page as the others do.
 */
import { routeEditor as german } from '../../i18n/de/route-editor.ts';
import { routeEditor as english } from '../../i18n/en/route-editor.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import type { Locale } from '../../i18n/locale.ts';
import type { Translation } from '../../i18n/translation.ts';

export type EditorText = Translation<typeof english>;

export const EDITOR_TEXT: Readonly<Record<Locale, EditorText>> = { en: english, de: german };

export function useEditorText(): EditorText {
  return EDITOR_TEXT[useLocale()];
}
