/**
 * `npm run conformance`: every client against every provider wire, feature by feature, streamed and not, through a
 * gateway process; printed, and written to MATRIX.md by the run itself. Ends with 1 if a cell is red.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTestServices } from '@tollgate/testing';
import { runMatrix } from './matrix/run-matrix.ts';
import { MATRIX_MODELS, matrixGuises } from './matrix/targets.ts';
import { matrixMarkdown, matrixText } from './matrix/write-matrix.ts';
import { startWorld } from './world/start-world.ts';

const MATRIX = fileURLToPath(new URL('../MATRIX.md', import.meta.url));

const { values } = parseArgs({
  options: {
    client: { type: 'string', default: '' },
    target: { type: 'string', default: '' },
    feature: { type: 'string', default: '' },
  },
});
const isPart = values.client !== '' || values.target !== '' || values.feature !== '';

const services = await startTestServices();
try {
  const world = await startWorld(matrixGuises, { services, models: MATRIX_MODELS });
  try {
    const cells = await runMatrix(
      world,
      (client, target, feature) =>
        client.name.includes(values.client) &&
        target.name.includes(values.target) &&
        feature.name.includes(values.feature),
    );
    process.stdout.write(matrixText(cells));
    if (!isPart) writeFileSync(MATRIX, matrixMarkdown(cells));
    if (cells.some(({ state }) => state === 'red')) process.exitCode = 1;
  } finally {
    await world.close();
  }
} finally {
  await services.stop();
}
