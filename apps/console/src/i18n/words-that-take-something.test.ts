/** Words that take something (a count, a name, a time) draw nothing unless they are called; in a fragment no type says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { en } from './en/index.ts';

const SOURCES = join(import.meta.dirname, '..');
/** `const text = useMessages('keys').page`, `const { form: text, kinds } = useMessages('keys')`. */
const NAMED = /\bconst (\w+) = (?:useMessages|messagesOf)\('(\w+)'\)((?:\.\w+)*);/g;
const TAKEN_APART = /\bconst \{ ([^}=]+) \} = (?:useMessages|messagesOf)\('(\w+)'\)((?:\.\w+)*);/g;
/** `{text.open}` between tags, or at either end of `&&`, `? :` and `??` there; neither a call nor the value of a property. */
const DRAWN = /(?<![=$\w]\s*)\{(?:[^{}]*(?:&&|\?\??|:)\s*)?(\w+(?:\.\w+)*)\s*(?::[^{}]*)?\}/g;

interface Source {
  readonly path: string;
  readonly text: string;
}

function listComponents(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listComponents(path);
    return entry.name.endsWith('.tsx') ? [{ path, text: readFileSync(path, 'utf8') }] : [];
  });
}

function follow(path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (words, name) => (words as Readonly<Record<string, unknown>> | undefined)?.[name],
    en,
  );
}

/** What a name stands for in a file: one or several, where several components call theirs alike. */
function readNames(text: string): Map<string, string[][]> {
  const names = new Map<string, string[][]>();
  const add = (name: string, path: string[]) => names.set(name, [...(names.get(name) ?? []), path]);
  const split = (path: string) => path.split('.').filter((part) => part !== '');
  for (const [, name = '', space = '', rest = ''] of text.matchAll(NAMED)) add(name, [space, ...split(rest)]);
  for (const [, list = '', space = '', rest = ''] of text.matchAll(TAKEN_APART)) {
    for (const one of list.split(',')) {
      const [word = '', name = word] = one.split(':').map((part) => part.trim());
      add(name, [space, ...split(rest), word]);
    }
  }
  return names;
}

/** @returns The words that are drawn without having been called. */
function findUncalled(text: string): string[] {
  const names = readNames(text);
  return [...text.matchAll(DRAWN)].flatMap(([, drawn = '']) => {
    const [name = '', ...rest] = drawn.split('.');
    const isFunction = (names.get(name) ?? []).some(
      (path) => typeof follow([...path, ...rest]) === 'function',
    );
    return isFunction ? [drawn] : [];
  });
}

it('finds a word that is drawn without what it takes', () => {
  const source = (drawn: string) => `const text = useMessages('keys').page; return <>${drawn}</>;`;
  expect(findUncalled(source('{text.reachableModels} <b />'))).toEqual(['text.reachableModels']);
  expect(findUncalled(source('{isFew ? text.scope : text.reachableModels}'))).toEqual([
    'text.reachableModels',
  ]);
  expect(findUncalled(source('{isFew && text.reachableModels}'))).toEqual(['text.reachableModels']);
  expect(
    findUncalled(source('{text.reachableModels(2)} {text.scope} <A done={text.reachableModels} />')),
  ).toEqual([]);
});

it('no component draws one', () => {
  const found = listComponents(SOURCES).flatMap(({ path, text }) =>
    findUncalled(text).map((word) => `${path.slice(SOURCES.length + 1)}: ${word}`),
  );
  expect(found).toEqual([]);
});
