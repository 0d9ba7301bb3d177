/** Clients under fault: each call is made once, without retries, and says what it saw. */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Random } from './random.ts';
import { type RequestKind, requestOf } from './requests.ts';
import { ROUTE_NAME } from './tenant.ts';

export interface Call {
  readonly ref: string;
  readonly kind: RequestKind;
  readonly streamed: boolean;
  /** `reset`: the connection broke before or inside the answer; `aborted`: the client left on purpose. */
  readonly outcome: 'finished' | 'refused' | 'reset' | 'aborted';
  readonly status: number;
  /** Known once the head of an answer has arrived. */
  readonly requestId: string | undefined;
  /** Of a refusal. */
  readonly code: string | undefined;
  /** Of a refusal: what it says, shortened. */
  readonly text: string | undefined;
  readonly retryAfter: string | undefined;
  /** Whole events with text that this client has read of a chat stream; each is a token of the simulator. */
  readonly tokensSeen: number;
  /** Origin of the gateway that was asked. */
  readonly url: string;
  /** Unix milliseconds at which it began, to be held against what was broken then. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface LoadOptions {
  /** Where the next call goes; a balancer leaves out what does not answer its health check. */
  readonly pickUrl: () => Promise<string>;
  readonly secret: string;
  readonly random: Random;
  readonly callCount: number;
  readonly concurrency: number;
  /** Share of streams that the client leaves at a random byte. */
  readonly abortShare: number;
  /** Half of them unless told. */
  readonly streamShare?: number;
  /** Chat completions alone unless told. */
  readonly kinds?: readonly RequestKind[];
  /** An answer has at least one token and at most this many; 120 unless told. */
  readonly maxTokens?: number;
  /** Of a stream, between two tokens; 2 unless told. */
  readonly tokenIntervalMs?: number;
  /** Calls begin no closer together than this; without it, as fast as the concurrency lets them. */
  readonly intervalMs?: number;
  /** False: each call on a connection of its own. */
  readonly keepsAlive?: boolean;
  /** Fields beside model, stream and messages, where the endpoint knows them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly model?: string;
  /** Of the calls without a model of their own, those that ask for the tenant's route; none unless told. */
  readonly routeShare?: number;
  /** Waited for before a call begins. @param number 1 for the first. */
  readonly beforeCall?: (number: number) => Promise<void>;
  /** No call begins any more once it says so, however many are left. */
  readonly isOver?: () => boolean;
  /** Called after each call, with how many have ended. */
  readonly onProgress?: (endedCount: number) => void;
}

const CALL_TIMEOUT_MS = 60_000;
/** Of calls that ask for a route: their first target fails, so that they fall over to the other. */
const FAIL_SHARE = 0.5;
const TAIL_CHARACTERS = 65_536;
const SHOWN_CHARACTERS = 300;
/** Of a chat completion chunk as clients get it; more or less decides only where inside an answer they leave. */
const BYTES_PER_TOKEN = 150;
const CHAT_TEXT = /"delta":\{[^}]*"content":"[^"]/;

export async function runLoad(options: LoadOptions): Promise<Call[]> {
  const pipelining = options.keepsAlive === false ? 0 : 1;
  const agent = new Agent({ connections: options.concurrency, pipelining });
  const calls: Call[] = [];
  let started = 0;
  const beginMs = performance.now();
  const worker = async (): Promise<void> => {
    while (started < options.callCount) {
      started += 1;
      const number = started;
      const earlyMs = beginMs + number * (options.intervalMs ?? 0) - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      await options.beforeCall?.(number);
      if (options.isOver?.() === true) return;
      calls.push(await makeCall(options, agent, number));
      options.onProgress?.(calls.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  await agent.destroy();
  return calls;
}

/** Loads that know no routes draw as they always did: their seeds give the same calls. */
function modelOf({ model, routeShare, random }: LoadOptions): string {
  if (model !== undefined) return model;
  if (routeShare !== undefined && random.chance(routeShare)) return ROUTE_NAME;
  return random.chance(0.7) ? 'sim-small' : 'sim-large';
}

async function makeCall(options: LoadOptions, agent: Agent, number: number): Promise<Call> {
  const { random, streamShare = 0.5, maxTokens = 120, kinds = ['chat'] } = options;
  const ref = `call-${number}`;
  const tokens = random.integer(1, maxTokens);
  const kind = random.pick(kinds);
  const model = modelOf(options);
  const asked = requestOf({
    kind,
    model,
    failsOnce: model === ROUTE_NAME && random.chance(FAIL_SHARE),
    streamed: random.chance(streamShare),
    ref,
    tokens,
    latencyMs: random.integer(0, 40),
    intervalMs: options.tokenIntervalMs ?? 2,
    fields: options.fields ?? {},
  });
  const leaves = asked.streamed && random.chance(options.abortShare);
  const abortAfterBytes = leaves ? random.integer(1, tokens * BYTES_PER_TOKEN) : Number.POSITIVE_INFINITY;
  const startedAtMs = Date.now();
  const url = await options.pickUrl();
  const seen = {
    status: 0,
    requestId: undefined as string | undefined,
    code: undefined as string | undefined,
    text: undefined as string | undefined,
    retryAfter: undefined as string | undefined,
    tokensSeen: 0,
  };
  const end = (outcome: Call['outcome']): Call => ({
    ref,
    kind,
    streamed: asked.streamed,
    outcome,
    url,
    startedAtMs,
    endedAtMs: Date.now(),
    ...seen,
  });
  try {
    const response = await request(`${url}${asked.path}`, {
      dispatcher: agent,
      method: 'POST',
      headers: { authorization: `Bearer ${options.secret}`, 'content-type': 'application/json' },
      headersTimeout: CALL_TIMEOUT_MS,
      bodyTimeout: CALL_TIMEOUT_MS,
      body: asked.body,
    });
    seen.status = response.statusCode;
    seen.requestId = headerOf(response.headers, 'x-tollgate-request-id');
    seen.retryAfter = headerOf(response.headers, 'retry-after');
    let bytes = 0;
    let tail = '';
    let open = '';
    for await (const chunk of response.body) {
      bytes += chunk.length;
      const text = String(chunk);
      tail = (tail + text).slice(-TAIL_CHARACTERS);
      if (kind === 'chat' && asked.streamed) {
        const events = (open + text).split('\n\n');
        open = events.pop() ?? '';
        for (const event of events) if (CHAT_TEXT.test(event)) seen.tokensSeen += 1;
      }
      if (bytes >= abortAfterBytes) {
        response.body.destroy();
        return end('aborted');
      }
    }
    if (response.statusCode !== 200) {
      seen.code = /"code": ?"(\w+)"/.exec(tail)?.[1];
      seen.text = tail.slice(0, SHOWN_CHARACTERS);
      return end('refused');
    }
    // A stream without its terminal event did not end properly, whatever the connection said.
    return end(asked.isWhole(tail) ? 'finished' : 'reset');
  } catch {
    return end('reset');
  }
}

function headerOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
