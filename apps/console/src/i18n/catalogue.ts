/**
 * All texts of all languages, for the server and for tests. Not for client components: a browser loads the texts of its
 * reader's language alone, by i18n-provider.tsx.
 */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Locale } from './locale.ts';
import type { Texts } from './texts.ts';

export const CATALOGUE: Readonly<Record<Locale, Texts>> = { en, de };
