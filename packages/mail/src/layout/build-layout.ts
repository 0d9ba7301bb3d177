/**
 * Compiles layout.mjml to layout.ts, so that sending a mail needs no compiler: `node src/layout/build-layout.ts`.
 *
 * A test compiles again and compares; a layout that was changed and not compiled fails it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mjml from 'mjml';

const FOLDER = import.meta.dirname;
/** Stands for the tone in the source: MJML takes nothing but a colour there. */
const TONE_PLACE = /#010203/g;

/** @throws {Error} The layout is not valid MJML. */
export async function compileLayout(): Promise<string> {
  const source = readFileSync(join(FOLDER, 'layout.mjml'), 'utf8');
  const { html, errors } = await mjml(source, { validationLevel: 'strict', keepComments: true });
  if (errors.length > 0) throw new Error(`Cannot compile the layout: ${JSON.stringify(errors)}`);
  const tidy = html
    .replaceAll(TONE_PLACE, '{{toneColor}}')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n');
  return `/** Made from layout.mjml by build-layout.ts; do not edit. */\n// biome-ignore format: generated\nexport const LAYOUT = ${JSON.stringify(tidy)};\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(FOLDER, 'layout.ts'), await compileLayout());
}
