/** What a browser has to load of a route's scripts before the page works, from what Next wrote about its build. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';

const BUILD = path.resolve(import.meta.dirname, '../../.next');
const MANIFEST = 'page_client-reference-manifest.js';
const GROUP = /\/\([^)]+\)/g;

interface ClientManifest {
  /** Scripts by the layout, page or boundary that needs them, those of the layouts around it included. */
  readonly entryJSFiles: Readonly<Record<string, readonly string[]>>;
}

export interface FirstLoad {
  readonly route: string;
  /** As it is sent: each file compressed by gzip. */
  readonly gzipBytes: number;
}

/** Every page of the build. Polyfills are left out: browsers that the console supports do not load them. */
export function readFirstLoads(): FirstLoad[] {
  const app = path.join(BUILD, 'server/app');
  const sizes = new Map<string, number>();
  const sizeOf = (file: string): number => {
    const known = sizes.get(file);
    if (known !== undefined) return known;
    const size = gzipSync(readFileSync(path.join(BUILD, file))).length;
    sizes.set(file, size);
    return size;
  };
  return readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === MANIFEST)
    .map((file) => ({ folder: path.dirname(file), text: readFileSync(path.join(app, file), 'utf8') }))
    .filter(({ folder }) => !folder.split('/').some((part) => part.startsWith('_')))
    .map(({ folder, text }) => {
      const files = new Set([...readRootFiles(path.join(app, folder)), ...readEntryFiles(text)]);
      const sizeOfAll = (each: Iterable<string>) => [...each].reduce((sum, file) => sum + sizeOf(file), 0);
      const languages = readLanguageFiles(path.join(app, folder)).map(sizeOfAll);
      const gzipBytes = sizeOfAll(files) + Math.max(0, ...languages);
      return { route: `/${folder}`.replace(GROUP, '').replace(/^\/\.?$/, '') || '/', gzipBytes };
    })
    .toSorted((left, right) => left.route.localeCompare(right.route));
}

/** Those of the framework, which every page loads. */
function readRootFiles(folder: string): readonly string[] {
  const file = path.join(folder, 'page/build-manifest.json');
  if (!existsSync(file)) throw new Error(`Cannot measure a page: its build must have ${file}`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { rootMainFiles: readonly string[] }).rootMainFiles;
}

/** The scripts of each language, of which a page loads one: nothing else is told ahead by `next/dynamic`. */
function readLanguageFiles(folder: string): readonly (readonly string[])[] {
  const file = path.join(folder, 'page/react-loadable-manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { files: readonly string[] }>;
  return Object.values(manifest).map(({ files }) => files);
}

function readEntryFiles(text: string): string[] {
  const scope: { __RSC_MANIFEST?: Record<string, ClientManifest> } = {};
  runInNewContext(text, { globalThis: scope });
  return Object.values(scope.__RSC_MANIFEST ?? {}).flatMap(({ entryJSFiles }) =>
    Object.entries(entryJSFiles)
      .filter(([entry]) => /\/(layout|page)$/.test(entry))
      .flatMap(([, files]) => [...files]),
  );
}
