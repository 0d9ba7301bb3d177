import { describe, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { chooseLocale, LOCALES } from './locale.ts';

describe('chooseLocale()', () => {
  it.each([
    { cookie: 'de', header: 'en', locale: 'de' },
    { cookie: 'xx', header: 'de-AT,de;q=0.9', locale: 'de' },
    { cookie: undefined, header: 'fr, de;q=0.4, en;q=0.5', locale: 'en' },
    { cookie: undefined, header: 'de;q=0', locale: 'en' },
    { cookie: undefined, header: 'q=;;,,,', locale: 'en' },
    { cookie: undefined, header: null, locale: 'en' },
  ])('takes $locale for cookie $cookie and header $header', ({ cookie, header, locale }) => {
    expect(chooseLocale(cookie, header)).toBe(locale);
  });
});

/** Every text with its path; functions count as present. */
function textsOf(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}/${key}`));
}

describe('CATALOGUE', () => {
  it.each(LOCALES)('has the same texts in %s, none empty', (locale) => {
    const texts = textsOf(CATALOGUE[locale]);
    expect(texts.map(([path]) => path).sort()).toEqual(
      textsOf(CATALOGUE.en)
        .map(([path]) => path)
        .sort(),
    );
    for (const [path, text] of texts) expect(text, path).not.toBe('');
  });
});
