import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PAGES, pagesOf } from './navigation.ts';

describe('PAGES', () => {
  it('have one shortcut and one address each', () => {
    const keys = PAGES.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(PAGES.map(({ href }) => href)).size).toBe(PAGES.length);
  });

  it('show the operator’s to operators alone, and the others to who may read them', () => {
    const all = PAGES.flatMap(({ needs }) => needs ?? []);
    const addressesOf = (isOperator: boolean, permissions: string[]) =>
      pagesOf({ isOperator, permissions }).map(({ href }) => href);
    expect(addressesOf(true, all)).toEqual(PAGES.map(({ href }) => href));
    expect(addressesOf(false, all)).not.toContain('/operator');
    const open = ['/', '/docs', '/settings/profile', '/settings/security', '/settings/sessions'];
    expect(addressesOf(false, [])).toEqual(open);
    expect(addressesOf(false, ['audit:read'])).toEqual([
      ...open.slice(0, 2),
      '/settings/audit-log',
      ...open.slice(2),
    ]);
  });

  it('need what their screens are guarded by', async () => {
    const features = new URL('..', import.meta.url);
    const files = await Array.fromAsync(glob('*/*-screen.tsx', { cwd: features }));
    const guards = new Set<string>();
    for (const file of files) {
      const text = await readFile(new URL(file, features), 'utf8');
      for (const [, permission = ''] of text.matchAll(/<Guarded permission="([^"]+)"/g))
        guards.add(permission);
    }
    expect(new Set(PAGES.flatMap(({ needs }) => needs ?? []))).toEqual(guards);
  });
});
