/**
 * Runs one simulator as a process: `node src/main.ts --port 4010 --truth-file .tollgate/simulator-truth.jsonl`.
 *
 * Prints one JSON line when it listens. SIGTERM and SIGINT let running answers end for five seconds.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_API_KEY, startSimulator } from './start-simulator.ts';

const STOP_GRACE_MS = 5_000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4010' },
    host: { type: 'string', default: '127.0.0.1' },
    'api-key': { type: 'string', default: DEFAULT_API_KEY },
    seed: { type: 'string', default: '1' },
    'truth-file': { type: 'string' },
    'replay-dir': { type: 'string' },
    pacing: { type: 'string', default: 'realistic' },
    'accept-unknown-parameters': { type: 'boolean', default: false },
  },
});

const simulator = await startSimulator({
  port: wholeNumber('--port', values.port, 65_535),
  host: values.host,
  apiKey: values['api-key'],
  seed: wholeNumber('--seed', values.seed, 0xffffffff),
  truthFile: values['truth-file'] ?? null,
  replayDir: values['replay-dir'] ?? null,
  pacing: pacingOf(values.pacing),
  unknownParameters: values['accept-unknown-parameters'] ? 'accept' : 'refuse',
});

console.log(
  JSON.stringify({ event: 'listening', url: simulator.url, truthFile: simulator.truth?.path ?? null }),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void simulator.close(STOP_GRACE_MS);
  });
}

function wholeNumber(flag: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new Error(
    `Cannot start the simulator: ${flag} needs a whole number from 0 to ${most}, got '${text}'.`,
  );
}

function pacingOf(text: string): 'realistic' | 'instant' {
  if (text === 'realistic' || text === 'instant') return text;
  throw new Error(`Cannot start the simulator: --pacing is 'realistic' or 'instant', got '${text}'.`);
}
