/**
 * Bundles the processes that run on Node alone into dist/<process>/main.mjs, for images and for a smoke test
 * without an engine.
 *
 * Why bundles: type stripping refuses files below node_modules, where a deployed workspace puts packages.
 * esbuild, because it is the bundler that most of this ecosystem already ships.
 */
import { cpSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const PROCESSES: Readonly<Record<string, string>> = {
  gateway: 'apps/gateway/src/main.ts',
  worker: 'apps/worker/src/main.ts',
  simulator: 'packages/simulator/src/main.ts',
  mailbox: 'packages/local-services/src/mailbox/main.ts',
};

/** Packages whose files are opened by path at run time: fonts of invoices. Copied beside the bundle. */
const OPENED_AT_RUN_TIME: Readonly<Record<string, readonly string[]>> = {
  worker: [
    'geist',
    ...['arabic', 'hebrew', 'kr', 'latin', 'sc'].map((name) => `@embedpdf/fonts-${name}`),
    ...['armenian', 'bengali', 'devanagari', 'georgian', 'tamil', 'thai'].map(
      (name) => `@fontsource/noto-sans-${name}`,
    ),
  ],
};

const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } });

for (const [process, entry] of Object.entries(PROCESSES)) {
  const folder = join(values.out, process);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, entry)],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: true,
    legalComments: 'linked',
    // Optional accelerators that are absent in our lockfile.
    external: ['pg-native', 'msgpackr-extract', 'bufferutil', 'utf-8-validate'],
    // Packages in CommonJS ask for require and __dirname.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; import { dirname as __pathDirname } from 'node:path'; import { fileURLToPath as __toPath } from 'node:url'; const require = __createRequire(import.meta.url); const __filename = __toPath(import.meta.url); const __dirname = __pathDirname(__filename);",
    },
    logLevel: 'warning',
  });
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: `@tollgate/${process}`, type: 'module', private: true })}\n`,
  );
  for (const name of OPENED_AT_RUN_TIME[process] ?? []) {
    const source = realpathSync(join(root, 'packages/billing/node_modules', name));
    cpSync(source, join(folder, 'node_modules', name), { recursive: true });
  }
  console.log(`bundled ${process} into ${folder}`);
}
