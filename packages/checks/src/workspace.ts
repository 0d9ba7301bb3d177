/** The workspace as data: every package with its declared layer, its dependencies and its source files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export type Layer = 'contract' | 'subject' | 'tool' | 'app';

export interface SourceFile {
  /** From the workspace root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface WorkspacePackage {
  readonly name: string;
  /** From the workspace root. */
  readonly folder: string;
  readonly layer: Layer | undefined;
  /** Names of our packages, as far as declared. */
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Keys of `exports`, such as "." and "./admin". */
  readonly entries: readonly string[];
  readonly files: readonly SourceFile[];
}

export interface Problem {
  readonly check: string;
  readonly path: string;
  readonly message: string;
}

export const OUR_SCOPE = '@tollgate/';
const SKIPPED_FOLDERS = new Set(['node_modules', 'generated', '.next', 'dist', 'test-results']);
const SOURCE_FILE = /\.(ts|tsx|mts|mjs)$/;

/** @throws {Error} A folder under apps/ or packages/ has no readable package.json. */
export function readWorkspace(root: string): WorkspacePackage[] {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(join(root, group), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => readPackage(root, join(root, group, entry.name))),
  );
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    tollgate?: { layer?: Layer };
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
    exports?: Record<string, string>;
  };
  const ours = (record: Record<string, string> = {}): string[] =>
    Object.keys(record).filter((name) => name.startsWith(OUR_SCOPE));
  return {
    name: manifest.name,
    folder: toPosix(relative(root, folder)),
    layer: manifest.tollgate?.layer,
    dependencies: ours(manifest.dependencies),
    devDependencies: ours(manifest.devDependencies),
    entries: Object.keys(manifest.exports ?? {}),
    files: listSourceFiles(folder).map((path) => ({
      path: toPosix(relative(root, path)),
      text: readFileSync(path, 'utf8'),
    })),
  };
}

function listSourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listSourceFiles(path);
    return SOURCE_FILE.test(entry.name) ? [path] : [];
  });
}

function toPosix(path: string): string {
  return path.replaceAll('\\', '/');
}

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)(['"])([^'"\n]+)\1/gm;

/** The module names that a source file imports, statically or dynamically. */
export function listImports(file: SourceFile): string[] {
  return Array.from(file.text.matchAll(IMPORT), (match) => match[2]!);
}
