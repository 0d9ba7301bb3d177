/** The stand-in as a process, for `npm start`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startStripeStandIn } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4030' },
    'api-key': { type: 'string', default: 'sk_test_stand_in' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'state-file': { type: 'string' },
    'clock-offset-file': { type: 'string' },
  },
});

/** Time as the rest of the product has it, where tests move it. */
function nowMs(): number {
  const file = values['clock-offset-file'];
  if (file === undefined) return Date.now();
  try {
    return Date.now() + (Number(readFileSync(file, 'utf8')) || 0);
  } catch {
    return Date.now();
  }
}

const { 'webhook-url': url, 'webhook-secret': secret, 'state-file': stateFile } = values;
const standIn = await startStripeStandIn({
  port: Number(values.port),
  apiKey: values['api-key'],
  nowMs,
  ...(url === undefined || secret === undefined ? {} : { webhook: { url, secret } }),
  ...(stateFile === undefined ? {} : { stateFile }),
});
process.stdout.write(`${JSON.stringify({ event: 'listening', url: standIn.url })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void standIn.close().then(() => process.exit(0)));
}
