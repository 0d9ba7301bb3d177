/**
 * Logs of slots that no process serves any more: the gateway was renamed, or runs with fewer processes. A slot's
 * log is shipped by its own processes only, so what is left there must be said, never kept in silence.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listUnownedEpochs } from '../log/epoch-directory.ts';

const SUFFIX = '.id';

export interface AbandonedSlot {
  readonly slot: string;
  readonly epochIds: readonly string[];
}

/** @throws {Error} The state directory cannot be read. */
export async function listAbandonedSlots(
  stateDirectory: string,
  ownGatewayId: string,
): Promise<AbandonedSlot[]> {
  const folder = join(stateDirectory, 'wal');
  const abandoned: AbandonedSlot[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(SUFFIX)) continue;
    const gatewayId = readFileSync(join(folder, file), 'utf8').trim();
    const slotDirectory = join(folder, gatewayId);
    if (gatewayId === '' || gatewayId === ownGatewayId || !existsSync(slotDirectory)) continue;
    const epochIds = await listUnownedEpochs(slotDirectory);
    if (epochIds.length > 0) abandoned.push({ slot: file.slice(0, -SUFFIX.length), epochIds });
  }
  return abandoned;
}
