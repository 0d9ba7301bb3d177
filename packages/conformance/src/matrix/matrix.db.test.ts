/** A part of `npm run conformance` in every test run: all of the vendors' own clients, the main features of the others. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../world/start-world.ts';
import { CLIENTS, runMatrix } from './run-matrix.ts';
import { MATRIX_MODELS, matrixGuises } from './targets.ts';

const OFFICIAL = new Set(['openai: chat', 'openai: responses', '@anthropic-ai/sdk', '@google/genai']);
const MAIN = new Set(['text', 'tools', 'reasoning with tools']);

let world: World;
beforeAll(async () => {
  world = await startWorld(matrixGuises, { models: MATRIX_MODELS });
}, 120_000);
afterAll(() => world?.close());

it.each(CLIENTS.map(({ name }) => name))(
  '%s works with every provider wire',
  async (name) => {
    const cells = await runMatrix(
      world,
      (client, _target, feature) => client.name === name && (OFFICIAL.has(name) || MAIN.has(feature.name)),
    );
    const red = cells.filter(({ state }) => state === 'red');
    expect(
      red.map(
        (cell) => `${cell.target}, ${cell.feature}, ${cell.stream ? 'streamed' : 'plain'}: ${cell.detail}`,
      ),
    ).toEqual([]);
    expect(cells.length).toBe(OFFICIAL.has(name) ? 160 : 48);
  },
  120_000,
);
