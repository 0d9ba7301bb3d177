import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createEpochDirectory } from '../log/epoch-directory.ts';
import { testFolder } from '../testing/folder.ts';
import { listAbandonedSlots } from './abandoned-slots.ts';

it('[M1] names the slots whose log nobody ships, and none that is served', async () => {
  const folder = testFolder();
  const addSlot = (slot: string, gatewayId: string): string => {
    mkdirSync(join(folder, 'wal', gatewayId), { recursive: true });
    writeFileSync(join(folder, 'wal', `${slot}.id`), gatewayId);
    return join(folder, 'wal', gatewayId);
  };
  addSlot('gateway-0', 'gw_own');
  mkdirSync(join(addSlot('gateway-1', 'gw_left'), 'gwe_left'));
  const served = await createEpochDirectory(addSlot('gateway-2', 'gw_served'), 'gwe_living');
  onTestFinished(() => served.release());
  mkdirSync(join(folder, 'wal', 'gw_served', 'gwe_dead~gwe_living'));
  addSlot('gateway-3', 'gw_empty');
  expect(await listAbandonedSlots(folder, 'gw_own')).toEqual([{ slot: 'gateway-1', epochIds: ['gwe_left'] }]);
});
