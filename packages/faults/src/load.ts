/** Clients under fault: each call is made once, without retries, and says what it saw. */
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Random } from './random.ts';

export interface Call {
  readonly ref: string;
  readonly streamed: boolean;
  /** `reset`: the connection broke before or inside the answer; `aborted`: the client left on purpose. */
  readonly outcome: 'finished' | 'refused' | 'reset' | 'aborted';
  readonly status: number;
  readonly requestId: string | undefined;
  /** Of a refusal. */
  readonly code: string | undefined;
  /** Unix milliseconds at which it began, to be held against what was broken then. */
  readonly startedAtMs: number;
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
  /** Calls begin no closer together than this; without it, as fast as the concurrency lets them. */
  readonly intervalMs?: number;
  /** Fields beside model, stream and messages. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly model?: string;
  /** Called after each call, with how many have ended. */
  readonly onProgress?: (endedCount: number) => void;
}

const CALL_TIMEOUT_MS = 60_000;

export async function runLoad(options: LoadOptions): Promise<Call[]> {
  const agent = new Agent({ connections: options.concurrency, pipelining: 1 });
  const calls: Call[] = [];
  let started = 0;
  const beginMs = performance.now();
  const worker = async (): Promise<void> => {
    while (started < options.callCount) {
      started += 1;
      const number = started;
      const earlyMs = beginMs + number * (options.intervalMs ?? 0) - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      calls.push(await makeCall(options, agent, number));
      options.onProgress?.(calls.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  await agent.destroy();
  return calls;
}

async function makeCall(
  { pickUrl, secret, random, abortShare, model, fields }: LoadOptions,
  agent: Agent,
  number: number,
): Promise<Call> {
  const streamed = number % 2 === 0;
  const ref = `call-${number}`;
  const startedAtMs = Date.now();
  const tokens = random.integer(1, 120);
  const abortAfterBytes =
    streamed && random.chance(abortShare) ? random.integer(1, tokens * 150) : Number.POSITIVE_INFINITY;
  const seen = {
    status: 0,
    requestId: undefined as string | undefined,
    code: undefined as string | undefined,
  };
  const end = (outcome: Call['outcome']): Call => ({ ref, streamed, outcome, startedAtMs, ...seen });
  try {
    const response = await request(`${await pickUrl()}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      headersTimeout: CALL_TIMEOUT_MS,
      bodyTimeout: CALL_TIMEOUT_MS,
      body: JSON.stringify({
        ...fields,
        model: model ?? (random.chance(0.7) ? 'sim-small' : 'sim-large'),
        stream: streamed,
        messages: [
          {
            role: 'user',
            content: `[[sim tokens=${tokens} latency=${random.integer(0, 40)} interval=2 ref=${ref}]] Say something.`,
          },
        ],
      }),
    });
    seen.status = response.statusCode;
    seen.requestId = response.headers['x-tollgate-request-id'] as string | undefined;
    let bytes = 0;
    let text = '';
    let tail = '';
    for await (const chunk of response.body) {
      bytes += chunk.length;
      tail = (tail + String(chunk)).slice(-64);
      if (response.statusCode !== 200) text += String(chunk);
      if (bytes >= abortAfterBytes) {
        response.body.destroy();
        return end('aborted');
      }
    }
    if (response.statusCode !== 200) {
      seen.code = /"code":"(\w+)"/.exec(text)?.[1];
      return end('refused');
    }
    // A stream without its terminal event did not end properly, whatever the connection said.
    return end(streamed && !tail.includes('[DONE]') ? 'reset' : 'finished');
  } catch {
    return end('reset');
  }
}
