/** Titles alone: what the list beside a page needs. */
import type { Locale } from '../../../i18n/locale.ts';
import { DOC_SLUGS, type DocSlug } from '../docs-pages.ts';
import { DOC_PAGES } from './index.ts';

export function titlesOf(locale: Locale): Readonly<Record<DocSlug, string>> {
  return Object.fromEntries(DOC_SLUGS.map((slug) => [slug, DOC_PAGES[locale][slug].title])) as Record<
    DocSlug,
    string
  >;
}
