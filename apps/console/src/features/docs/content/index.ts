/** All pages in a language. Only the documentation itself imports this: it is much text. */
import type { Locale } from '../../../i18n/locale.ts';
import type { DocPages } from '../doc-block.ts';
import { german } from './de.ts';
import { english } from './en.ts';

export const DOC_PAGES: Readonly<Record<Locale, DocPages>> = { en: english, de: german };
