/** Every text that people read comes from the files of their language: what stands in components is looked for here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDERS = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../../../../packages/ui/src')];

/** The same in every language: names, and examples of what to type. */
const SAME_EVERYWHERE = [
  'Tollgate',
  'SDK',
  'JSON',
  'Esc',
  'eu-central-1',
  'CC-4100',
  'default',
  'finance@example.com',
  'example.com',
  'https://login.example.com',
  'https://hooks.slack.com/services/…',
  'https://example.com/webhooks/tollgate',
];
/** The page of all components, for those who make pages. */
const NOT_FOR_PEOPLE = /features\/design\//;

const ATTRIBUTE =
  /\b(?:aria-label|aria-description|label|title|placeholder|alt|description|caption|hint|heading|confirmLabel|submitLabel)="([^"]*[A-Za-z]{2}[^"]*)"/g;
const BETWEEN_TAGS = /(?<![=-])>\s*([A-ZÄÖÜ][a-zäöüß]+[^<>{}=;()&|]*?)\s*(?:<\/|\{)/g;
const NOTICE = /\btoast(?:\.\w+)?\(\s*(['"`][^'"`]*)/g;
/** What would be written in the browser's language instead of the reader's. */
const WITHOUT_LOCALE =
  /\.toLocale(?:Date|Time)?String\(\s*(?:\)|undefined)|new Intl\.(?:NumberFormat|DateTimeFormat|RelativeTimeFormat|PluralRules|ListFormat)\(\s*(?:\)|undefined|\{)/g;

function listComponents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listComponents(path);
    return entry.name.endsWith('.tsx') && !NOT_FOR_PEOPLE.test(path) ? [path] : [];
  });
}

function findIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([all, found = all]) => found.trim());
}

const components = FOLDERS.flatMap(listComponents).map((path) => ({
  path,
  text: readFileSync(path, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, ''),
}));

/** `name: z.string().min(1)`: what zod says then is English. */
const RULE_WITHOUT_WORDS = /(\w+): z\.\w+\([^)]*\)[^\n]*?\.(?:min|max|length|regex|email|url)\((?:\d+|)\)/g;

describe('components', () => {
  it('have words for each rule of a form whose message they show', () => {
    const found = components.flatMap(({ path, text }) =>
      findIn(text, RULE_WITHOUT_WORDS)
        .filter((field) => text.includes(`errors.${field}?.message`))
        .map((field) => `${field} in ${path}`),
    );
    expect(found).toEqual([]);
  });

  it('have no text of their own', () => {
    expect(components.length).toBeGreaterThan(200);
    const found = components.flatMap(({ path, text }) =>
      [ATTRIBUTE, BETWEEN_TAGS, NOTICE]
        .flatMap((pattern) => findIn(text, pattern))
        .filter((each) => !SAME_EVERYWHERE.includes(each))
        .map((each) => `${each} in ${path}`),
    );
    expect(found).toEqual([]);
  });

  it('write numbers and times in the reader’s language', () => {
    const found = components.flatMap(({ path, text }) =>
      findIn(text, WITHOUT_LOCALE).map((each) => `${each} in ${path}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    [ATTRIBUTE, '<Button aria-label="Close the window" />'],
    [ATTRIBUTE, '<Field label="Amount">'],
    [BETWEEN_TAGS, '<p className="x">\n  Nothing is here.\n</p>'],
    [BETWEEN_TAGS, '<p>Total {amount}</p>'],
    [NOTICE, "toast.success('Saved')"],
    [WITHOUT_LOCALE, 'count.toLocaleString()'],
    [WITHOUT_LOCALE, "new Intl.NumberFormat({ style: 'percent' })"],
  ])('would be found out: %s in %s', (pattern, planted) => {
    expect(findIn(planted, pattern)).toHaveLength(1);
  });
});
