/** Runs every structural check; prints each problem and exits with 1 when there is one. */
import { resolve } from 'node:path';
import { checkBannedCode } from './banned-code.ts';
import { checkDeepImports } from './deep-imports.ts';
import { checkLayers } from './layers.ts';
import { checkReadmes } from './readmes.ts';
import { readWorkspace } from './workspace.ts';

const root = resolve(import.meta.dirname, '../../..');
const packages = readWorkspace(root);
const problems = [
  ...checkLayers(packages),
  ...checkDeepImports(packages),
  ...checkBannedCode(packages),
  ...checkReadmes(root, packages),
];
for (const problem of problems) console.error(`${problem.check}: ${problem.path}: ${problem.message}`);
const fileCount = packages.reduce((sum, item) => sum + item.files.length, 0);
// A check that reads nothing finds nothing.
if (packages.length < 10 || fileCount < 50)
  throw new Error(`Cannot check the workspace: read only ${packages.length} packages, ${fileCount} files`);
console.log(`structure: ${packages.length} packages, ${fileCount} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
