/** A page with something unsaved is asked wherever somebody goes by `useGo`: who went by Next's router would lose it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../..');
const THE_ONE_PLACE = 'features/common/leaving.ts';
const BY_NEXT = /\brouter\.(?:push|replace|back|forward)\(|\bhistory\.(?:back|forward|go|pushState)\(/;
/** Asks by itself. */
const HISTORY = 'features/common/history-hold.ts';

it('every way to another page asks about what is unsaved', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!\.test)\.tsx?$/.test(path),
  );
  const goByNext = files.filter((path) => BY_NEXT.test(readFileSync(join(SOURCE, path), 'utf8')));
  expect(goByNext.toSorted()).toEqual([HISTORY, THE_ONE_PLACE]);
});
