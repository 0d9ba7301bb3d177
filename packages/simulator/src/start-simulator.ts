/**
 * Starts the simulated providers, all on one port of this machine.
 *
 * The one place that wires clock, ticker, truth log, HTTP server and fast lane together. Not a load balancer, not a
 * proxy, and never for production: it answers from a list of sentences.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SIMULATED_AWS } from './bedrock/bedrock-error.ts';
import { Connections } from './connections.ts';
import { type Controls, NO_CONTROLS } from './controls.ts';
import type { Settings } from './decide-chat.ts';
import { FailureCounter } from './failure-counter.ts';
import { createFastLane } from './fast-lane.ts';
import { createLaneAnswer } from './lane-answer.ts';
import { INSTANT, type Pacing, SIMULATED_MODELS, type SimulatedModel } from './models.ts';
import { readTruthFile, summarizeTruth, type TruthRecord, type TruthSummary } from './read-truth.ts';
import { findInFolder } from './replay/replay-folder.ts';
import { type Replay, type ReplayAnswer, Replays } from './replay/replays.ts';
import { Router } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { Ticker } from './ticker.ts';
import { TruthLog } from './truth-log.ts';
import { type ServiceAccount, serviceAccountOf } from './vertex/vertex-token.ts';

export const DEFAULT_API_KEY = 'sk-simulator';

export interface SimulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** The one key that is accepted. */
  readonly apiKey?: string;
  /** Texts and ids follow from it. */
  readonly seed?: number;
  /** Null, the default, keeps no books: for benchmarks. */
  readonly truthFile?: string | null;
  /** `realistic`, the default, is each model's own pace. */
  readonly pacing?: 'realistic' | 'instant' | Pacing;
  readonly models?: readonly SimulatedModel[];
  readonly unknownParameters?: 'refuse' | 'accept';
  readonly bodyBytesMax?: number;
  /** A folder of recordings, each played back under `/replay/NAME/`; see replay-folder.ts for what they may be. */
  readonly replayDir?: string | null;
  /** Wall clock in milliseconds. */
  readonly now?: () => number;
}

export interface SimulatorTruth {
  readonly path: string;
  read(sinceSequence?: number): Promise<TruthRecord[]>;
  summarize(): Promise<TruthSummary>;
  /** Resolves once every received request has its closing line. */
  whenSettled(): Promise<void>;
}

export interface Simulator {
  /** Without `/v1`. */
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  /** Null where the truth log is switched off. */
  readonly truth: SimulatorTruth | null;
  /** What signs a request to the simulated Bedrock. */
  readonly aws: typeof SIMULATED_AWS;
  /** The key file of a service account of the simulated Vertex AI; its token endpoint is this simulator. */
  serviceAccount(): ServiceAccount;
  /** Plays recordings to every request below the returned URL: one answer, or several in turn. */
  replay(name: string, answers: ReplayAnswer | readonly ReplayAnswer[]): Replay;
  /** Standing controls for every request until they are replaced; weaker than a request's own. */
  behave(controls: Controls): void;
  /** Refuses new connections, lets running answers end for `graceMs` (0), then cuts them. */
  close(graceMs?: number): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;
// Longer than any client's pool keeps a connection: the client, not the provider, decides when it ends.
const KEEP_ALIVE_MS = 600_000;

/** @throws The port is taken, or the truth file cannot be opened for appending. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { apiKey = DEFAULT_API_KEY, host = '127.0.0.1' } = options;
  const settings = settingsOf(options, apiKey);
  const runtime = runtimeOf(options);
  let sequence = (runtime.truth?.nextSequence ?? 1) - 1;
  const takeSequence = () => {
    sequence += 1;
    return sequence;
  };
  const replays = new Replays(options.replayDir == null ? undefined : findInFolder(options.replayDir));
  let url = '';
  const router = new Router({
    replays,
    url: () => url,
    settings,
    runtime,
    bodyBytesMax: options.bodyBytesMax ?? BODY_BYTES_MAX,
    takeSequence,
  });
  const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  const connections = new Connections(http);
  http.on('request', (message, response) => {
    connections.answering(message.socket, response);
    router.handle(message, response);
  });
  // The lane keeps no books, so it stands aside where books are kept.
  const lane =
    runtime.truth === null
      ? createFastLane(createLaneAnswer(settings, runtime, takeSequence), (socket) =>
          http.emit('connection', socket),
        )
      : null;
  const listener: Server = lane?.server ?? http;
  await listen(listener, options.port ?? 0, host);
  const { port } = listener.address() as AddressInfo;
  url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    url,
    port,
    aws: SIMULATED_AWS,
    serviceAccount: () => serviceAccountOf(url),
    replay: (name, answers) => ({
      url: `${url}${Replays.pathOf(name)}`,
      requests: replays.register(name, 'chunks' in answers ? [answers] : answers),
    }),
    apiKey,
    truth: runtime.truth === null ? null : truthOf(runtime.truth),
    behave: (controls) => {
      settings.behaviour = controls;
    },
    close: async (graceMs = 0) => {
      await stop(listener, connections, () => lane?.destroyConnections(), runtime, graceMs);
    },
  };
}

function settingsOf(options: SimulatorOptions, apiKey: string): Settings {
  const { pacing = 'realistic', models = SIMULATED_MODELS, unknownParameters = 'refuse' } = options;
  return {
    apiKey,
    models: new Map(models.map((model) => [model.id, model])),
    pacing: pacing === 'realistic' ? null : pacing === 'instant' ? INSTANT : pacing,
    unknownParameters,
    behaviour: NO_CONTROLS,
  };
}

function runtimeOf({ seed = 1, truthFile = null, now = Date.now }: SimulatorOptions): Runtime {
  return {
    seed,
    ticker: new Ticker(),
    truth: truthFile === null ? null : new TruthLog(truthFile, now),
    failures: new FailureCounter(),
    now,
    isStopping: false,
  };
}

function truthOf(log: TruthLog): SimulatorTruth {
  return {
    path: log.path,
    read: async (sinceSequence) => (await readTruthFile(log.path, sinceSequence)).records,
    summarize: async () => summarizeTruth(await readTruthFile(log.path)),
    whenSettled: () => log.whenSettled(),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Ten thousand streams may be opened at once.
    server.listen({ port, host, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(
  listener: Server,
  connections: Connections,
  destroyLane: () => void,
  runtime: Runtime,
  graceMs: number,
): Promise<void> {
  if (runtime.isStopping) return;
  runtime.isStopping = true;
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  destroyLane();
  connections.stop();
  const force = setTimeout(() => connections.destroyAll(), graceMs);
  await closed;
  clearTimeout(force);
  await runtime.truth?.whenSettled();
  runtime.ticker.stop();
  runtime.truth?.close();
}
