/** Each action that the code writes into the audit log has a name, and each kind of thing: read from the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditActionNames } from './audit-actions.ts';
import { en } from './en/index.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const FOLDERS = ['packages', 'apps/worker'];

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'generated', 'testing'].includes(entry.name) ? [] : listSources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const WRITERS = /\b(?:recordAudit|auditChange|auditPerson|recordExportEvent|auditOperator)\(/;
const sources = FOLDERS.flatMap((folder) => listSources(join(ROOT, folder)))
  .map((path) => readFileSync(path, 'utf8'))
  .filter((text) => WRITERS.test(text));

const WORD = /'([a-z]+(?:-[a-z]+)+)'/.source;
/** `action: 'team-created'`, also of two; the word that a writer gets. */
const ACTIONS = [
  new RegExp(`\\baction: (?:[\\w. =]+\\? )?${WORD}`, 'g'),
  new RegExp(`\\baction: [\\w. =]+\\? '[a-z-]+' : ${WORD}`, 'g'),
  new RegExp(
    `\\b(?:auditChange|recordExportEvent|auditOperator|auditWaiting|recordMarkupEvent)\\([^;]*?${WORD}`,
    'g',
  ),
];
const KIND = /\btarget(?:: | = )\{\s*kind: '([\w-]+)'/g;

function findAll(patterns: readonly RegExp[]): string[] {
  const found = sources.flatMap((text) =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, word = '']) => word)),
  );
  return [...new Set(found)].toSorted();
}

describe('the audit log in words', () => {
  it('has a name for each action that the code writes', () => {
    const names = auditActionNames('en');
    const actions = findAll(ACTIONS);
    expect(actions.length).toBeGreaterThan(60);
    expect(actions.filter((action) => !names.has(action))).toEqual([]);
  });

  it('has a name for each part of the system that acts by itself', () => {
    const found = FOLDERS.flatMap((folder) => listSources(join(ROOT, folder)))
      .filter((path) => !/packages\/(?:faults|scale|bench|testing)\/|fixture|test-/.test(path))
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/kind: 'system',\s*id: '([\w-]+)'/g)])
      .map(([, id = '']) => id);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((id) => !Object.hasOwn(en.audit.systemActors, id))).toEqual([]);
  });

  it('has a name for each kind of thing that is changed', () => {
    const kinds = findAll([KIND]);
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => !Object.hasOwn(en.audit.targets, kind))).toEqual([]);
  });
});
