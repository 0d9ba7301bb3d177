/**
 * The checks that other tools make for us, each proven by a fault planted in a small workspace of its own:
 * a check that reads nothing also finds nothing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const bin = join(root, 'node_modules/.bin');
let folder: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function run(command: string, ...parameters: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(join(bin, command), parameters, {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-planted-'));
  for (const file of ['biome.json', 'tsconfig.base.json', 'knip.json'])
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  write('.gitignore', 'node_modules\n');
  spawnSync('git', ['init', '-q'], { cwd: folder });
  write(
    'package.json',
    JSON.stringify({ name: 'planted', private: true, type: 'module', workspaces: ['packages/*'] }),
  );
  write(
    'packages/one/package.json',
    JSON.stringify({ name: '@tollgate/one', type: 'module', exports: { '.': './src/index.ts' } }),
  );
  write(
    'packages/one/tsconfig.json',
    JSON.stringify({ extends: '../../tsconfig.base.json', include: ['src'] }),
  );
  write('packages/one/src/index.ts', "export { two } from './two.ts';\n");
  write('packages/one/src/two.ts', 'export const two = 2;\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('Biome', () => {
  const lint = () => run('biome', 'ci', 'packages/one/src');

  it('passes the small workspace as it is', () => {
    const { status, output } = lint();
    expect(output).toMatch(/Checked \d+ files/);
    expect(status, output).toBe(0);
  });

  it.each([
    ['wrong formatting', 'format', 'export const two = {a:1}\n'],
    ['an unused import', 'noUnusedImports', "import { join } from 'node:path';\n\nexport const two = 2;\n"],
    ['process.env outside config', 'noProcessEnv', 'export const two = process.env.HOME;\n'],
    ['any', 'noExplicitAny', 'export const two: any = 2;\n'],
    [
      'an import cycle',
      'noImportCycles',
      "export { two as three } from './index.ts';\n\nexport const two = 2;\n",
    ],
    ['an undeclared dependency', 'noUndeclaredDependencies', "export { z as two } from 'zod';\n"],
  ])('finds %s', (_, rule, text) => {
    write('packages/one/src/two.ts', text);
    const { status, output } = lint();
    expect(status).not.toBe(0);
    expect(output).toContain(rule);
  });
});

describe('the compiler', () => {
  it.each([
    ['a wrong type', "export const two: number = '2';\n"],
    ['an index that may be missing', 'const list: number[] = [];\nexport const two: number = list[0];\n'],
    ['syntax that Node cannot strip', 'export enum two {\n  a,\n}\n'],
    ['undefined for an optional property', 'export const two: { a?: number } = { a: undefined };\n'],
  ])('finds %s', (_, text) => {
    write('packages/one/src/two.ts', text);
    expect(run('tsc', '-p', 'packages/one').status).not.toBe(0);
  });

  it('passes the small workspace as it is', () => {
    expect(run('tsc', '-p', 'packages/one')).toMatchObject({ status: 0 });
  });
});

describe('knip', () => {
  it.each([
    ['an unused file', 'packages/one/src/unused.ts', 'export const unused = 1;\n'],
    ['an unused export', 'packages/one/src/two.ts', 'export const two = 2;\nexport const three = 3;\n'],
  ])('finds %s', (_, path, text) => {
    write(path, text);
    const { status, output } = run('knip', '--no-progress', '--include', 'files,exports,dependencies');
    expect(output).toMatch(/unused|three/i);
    expect(status).toBe(1);
  });
});
