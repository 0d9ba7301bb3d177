/** Which languages there are and how one is chosen: the cookie first, then what the browser prefers. */
export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = 'en';
export const LOCALE_COOKIE = 'tollgate_locale';
export const LOCALE_NAME = { en: 'English', de: 'Deutsch' } as const satisfies Record<Locale, string>;

export function isLocale(value: string | undefined): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** @param acceptLanguage Raw header (RFC 9110, 12.5.4): `de-AT,de;q=0.9,en;q=0.5`. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie;
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='));
      return {
        language: tag.split('-')[0] ?? '',
        weight: quality ? Number(quality.split('=')[1]) : 1,
        order,
      };
    })
    .filter((entry) => entry.weight > 0)
    .sort((left, right) => right.weight - left.weight || left.order - right.order);
  for (const { language } of wanted) {
    if (isLocale(language)) return language;
  }
  return DEFAULT_LOCALE;
}
