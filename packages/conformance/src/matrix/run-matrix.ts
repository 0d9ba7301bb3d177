/** Runs the cells, one after another, and keeps what each said. */
import type { World } from '../world/start-world.ts';
import { anthropicMessages } from './anthropic-client.ts';
import type { MatrixClient } from './conversation.ts';
import { FEATURES, type Feature } from './features.ts';
import { googleGenai } from './genai-client.ts';
import { impossibleReason } from './impossible.ts';
import { langchainClients } from './langchain-clients.ts';
import { openAiChat, openAiResponses } from './openai-clients.ts';
import { type MatrixTarget, TARGETS } from './targets.ts';
import { vercelClients } from './vercel-clients.ts';

export const CLIENTS: readonly MatrixClient[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  googleGenai,
  ...vercelClients,
  ...langchainClients,
];

export interface Cell {
  readonly client: string;
  readonly target: string;
  readonly feature: string;
  readonly stream: boolean;
  /** `impossible` is tried, too: it must be refused, not succeed. */
  readonly state: 'green' | 'red' | 'impossible';
  /** Why not. */
  readonly detail: string;
  readonly tookMs: number;
}

// What it warns of is what the matrix tries.
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

export async function runMatrix(
  world: World,
  isWanted: (client: MatrixClient, target: MatrixTarget, feature: Feature, stream: boolean) => boolean = () =>
    true,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const client of CLIENTS) {
    for (const target of TARGETS) {
      for (const feature of FEATURES) {
        for (const stream of [false, true]) {
          if (isWanted(client, target, feature, stream))
            cells.push(await runCell(world, client, target, feature, stream));
        }
      }
    }
  }
  return cells;
}

async function runCell(
  { origin, apiKey }: World,
  client: MatrixClient,
  target: MatrixTarget,
  feature: Feature,
  stream: boolean,
): Promise<Cell> {
  const startedMs = performance.now();
  const done = (state: Cell['state'], detail: string): Cell => ({
    ...cell,
    state,
    detail,
    tookMs: performance.now() - startedMs,
  });
  const cell = { client: client.name, target: target.name, feature: feature.name, stream };
  const reason = impossibleReason(cell);
  const asked = { origin, apiKey, model: `${target.provider}/${target.model}`, stream };
  try {
    await feature.run(client, asked);
  } catch (error) {
    if (reason !== undefined) return done('impossible', reason);
    return done('red', error instanceof Error ? error.message : String(error));
  }
  return reason === undefined ? done('green', '') : done('red', `named impossible, and works: ${reason}`);
}
