/** Texts for server components and metadata: `const text = await getMessages('keys')`. */
import { cookies, headers } from 'next/headers';
import { CATALOGUE } from './catalogue.ts';
import { chooseLocale, LOCALE_COOKIE, type Locale } from './locale.ts';
import type { Area, Messages } from './texts.ts';

export async function getLocale(): Promise<Locale> {
  const [cookieStore, headerStore] = await Promise.all([cookies(), headers()]);
  return chooseLocale(cookieStore.get(LOCALE_COOKIE)?.value, headerStore.get('accept-language'));
}

export async function getMessages<A extends Area>(area: A): Promise<Messages<A>> {
  return CATALOGUE[await getLocale()][area];
}
