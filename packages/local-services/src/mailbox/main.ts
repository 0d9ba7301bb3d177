/**
 * The mailbox as a process: `node main.ts --port 4020 --smtp-port 1025 --state-dir .tollgate`.
 */
import { parseArgs } from 'node:util';
import { createClock } from '@tollgate/clock';
import { startMailbox } from './mailbox.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4020' },
    'smtp-port': { type: 'string', default: '1025' },
    'state-dir': { type: 'string', default: '.tollgate' },
    'clock-offset-file': { type: 'string' },
  },
});

const mailbox = await startMailbox({
  port: parsePort('port', values.port),
  smtpPort: parsePort('smtp-port', values['smtp-port']),
  stateDir: values['state-dir'],
  now: createClock(values['clock-offset-file']).now,
});
console.log(`Mailbox at ${mailbox.url}, taking mail at ${mailbox.smtpUrl}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void mailbox.stop().then(() => process.exit(0)));
}

function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`Cannot start the mailbox: --${flag} must be a port from 0 to 65535, got ${text}`);
}
