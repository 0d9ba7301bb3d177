/**
 * A process that writes a log and says on its output what it was promised; its test kills it.
 *
 * Arguments: the slot's directory. Prints `ready EPOCH`, then `sent ID` when a dispatch was written and
 * `answered ID` when a settlement was.
 */
import { writeSync } from 'node:fs';
import { newId } from '@tollgate/ids';
import { createEpochDirectory } from '../log/epoch-directory.ts';
import { openLog } from '../log/log.ts';
import { dispatch, progress, request, settle, subject } from './frames.ts';

const slotDirectory = process.argv[2];
if (slotDirectory === undefined) throw new Error('Cannot write a log: the directory must be given');
const epochId = newId('gatewayEpoch', Date.now());
const directory = await createEpochDirectory(slotDirectory, epochId);
const log = openLog({
  directory: directory.path,
  gatewayId: 'gw_test',
  epochId,
  segmentMaxBytes: 64 * 1024,
  onError: (error) => {
    throw error;
  },
});

// Straight to the descriptor: what was said must not wait in a buffer of the process that is killed.
const say = (text: string): void => {
  writeSync(1, `${text}\n`);
};

function live(): void {
  const sent = dispatch(subject({ startedAtMs: Date.now() }));
  log.append(sent);
  log.afterFlush(() => {
    say(`sent ${sent.subject.requestId}`);
    setTimeout(() => log.append(progress(sent, 2)), Math.random() * 3);
    setTimeout(() => {
      log.append(settle(sent));
      log.append(request(sent.subject));
      log.afterFlush(() => {
        say(`answered ${sent.subject.requestId}`);
        live();
      });
    }, Math.random() * 8);
  });
}

say(`ready ${epochId}`);
for (let i = 0; i < 20; i++) live();
