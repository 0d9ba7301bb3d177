/** The search over all pages of a language. Loaded when somebody searches: it brings the texts along. */
import type { Locale } from '../../i18n/locale.ts';
import { ERROR_TEXTS } from './content/error-texts.ts';
import { DOC_PAGES } from './content/index.ts';
import { type DocHit, searchDocs } from './search-docs.ts';

export function findDocs(locale: Locale, query: string): readonly DocHit[] {
  const errors = Object.entries(ERROR_TEXTS[locale]);
  const words = errors.map(([code, { meaning, todo }]) => `${code} ${meaning} ${todo}`);
  return searchDocs(DOC_PAGES[locale], query, words);
}
