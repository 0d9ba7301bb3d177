/**
 * Recordings through a gateway process over HTTP: an official SDK on one side, the recorded bytes on the other.
 *
 * What the seam makes of every recording is replay-through-seam.test.ts; here it is the whole way, with failures and
 * their classes. A part runs in every test run, drawn evenly; all of it with TOLLGATE_CONFORMANCE=all or
 * TOLLGATE_REQUIRE_SHARED=1.
 */
import { readEnvironment } from '@tollgate/config';
import { cutEvery } from '@tollgate/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT_FORMATS, type ClientFormat } from '../clients/client-format.ts';
import { askOfficial } from '../clients/official.ts';
import { askRaw } from '../clients/raw.ts';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readExchange } from '../reading/read-exchange.ts';
import { startWorld, type World } from '../world/start-world.ts';
import { BENT } from './bent-recordings.ts';
import { expectedError } from './expected-error.ts';
import { compare, dataOf, isCutOff } from './replay-one.ts';
import { REPLAY_NAME, replayGuises, replayTarget } from './replay-targets.ts';

const { TOLLGATE_CONFORMANCE, TOLLGATE_REQUIRE_SHARED } = readEnvironment();
const IS_COMPLETE = TOLLGATE_CONFORMANCE === 'all' || TOLLGATE_REQUIRE_SHARED === '1';
/** Every so many recordings of a format. */
const STEP = IS_COMPLETE ? 1 : 5;

/** Answers that are played to each client in a complete run; those of its own format as bytes. */
const PLAYED: Readonly<Record<ClientFormat, { readonly translated: number; readonly native: number }>> = {
  'openai-chat': { translated: 669, native: 517 },
  'openai-responses': { translated: 1186, native: 209 },
  'anthropic-messages': { translated: 917, native: 256 },
  'gemini-generate': { translated: 938, native: 248 },
};

describeRecorded('a recorded answer through the gateway', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld((simulator) => replayGuises(`${simulator.url}/replay/${REPLAY_NAME}`));
  }, 120_000);
  afterAll(() => world?.close());

  const prepare = (exchange: Exchange, number: number) =>
    world.simulator.replay(REPLAY_NAME, {
      status: exchange.status,
      headers: { ...retryHeaders(exchange), 'content-type': contentTypeOf(exchange) },
      chunks: exchange.framing === 'json' ? [exchange.body] : cutEvery(exchange.body, 500 + (number % 700)),
    });

  const play = async (exchange: Exchange, client: ClientFormat, number: number) => {
    const target = replayTarget(exchange, client);
    if (target === undefined) return undefined;
    prepare(exchange, number);
    return askOfficial(client, {
      origin: world.origin,
      apiKey: world.apiKey,
      model: `${target.provider}/${target.model}`,
      stream: exchange.framing !== 'json',
      headers: { 'x-tollgate-unsupported': 'report' },
    });
  };

  it.each(CLIENT_FORMATS)(
    'means the same to a user of %s',
    async (client) => {
      const answers = loadFixtures().exchanges.filter(
        ({ format, status }) => format !== undefined && format !== client && status < 400,
      );
      const counts: Record<string, number> = {};
      const different: Record<string, string> = {};
      for (const [number, exchange] of answers.entries()) {
        if (number % STEP !== 0 || exchange.id in BENT) continue;
        const answer = await play(exchange, client, number);
        if (answer === undefined) continue;
        counts[exchange.provider] = (counts[exchange.provider] ?? 0) + 1;
        const found = compare(exchange, client, answer);
        if (found !== undefined) different[exchange.id] = found;
      }
      console.info(`${client} through the gateway, answers of each provider:`, counts);
      expect(different).toEqual({});
      const played = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (IS_COMPLETE) expect(played).toBe(PLAYED[client].translated);
      else expect(played).toBeGreaterThan(PLAYED[client].translated / STEP - 30);
    },
    600_000,
  );

  it.each(CLIENT_FORMATS)(
    'has the provider’s own bytes for a client of its format: %s',
    async (client) => {
      const answers = loadFixtures().exchanges.filter(
        ({ format, framing, status }) => format === client && framing !== 'event-stream' && status < 400,
      );
      const changed: string[] = [];
      let count = 0;
      for (const [number, exchange] of answers.entries()) {
        if (number % STEP !== 0) continue;
        count += 1;
        prepare(exchange, number);
        const { provider, model } = replayTarget(exchange, client)!;
        const response = await askRaw(client, world, `${provider}/${model}`, exchange.framing !== 'json');
        const got = dataOf(exchange, Buffer.from(await response.arrayBuffer()));
        const sent = dataOf(exchange, exchange.body);
        const reading = readExchange(exchange);
        const isWhole = exchange.framing === 'json';
        // A stream that failed ends in our own words, and a whole answer that is none becomes an error.
        const kept =
          reading.isError || (!isWhole && isCutOff(reading))
            ? sent.slice(0, isWhole ? 0 : got.length - 1)
            : sent;
        if (JSON.stringify(got.slice(0, kept.length)) !== JSON.stringify(kept)) changed.push(exchange.id);
      }
      console.info(`${client} as bytes through the gateway: ${count}`);
      expect(changed).toEqual([]);
      if (IS_COMPLETE) expect(count).toBe(PLAYED[client].native);
    },
    120_000,
  );

  it.each(CLIENT_FORMATS)(
    '[G6] raises the right class of error for a user of %s',
    async (client) => {
      const failures = loadFixtures().exchanges.filter(
        ({ format, status }) => format !== undefined && status >= 400,
      );
      const different: Record<string, string> = {};
      let count = 0;
      for (const [number, exchange] of failures.entries()) {
        const answer = await play(exchange, client, number);
        if (answer === undefined) continue;
        count += 1;
        const found = expectedError(exchange, client, answer);
        if (found !== undefined) different[exchange.id] = found;
      }
      console.info(`${client}: ${count} failures`);
      expect(different).toEqual({});
      expect(count).toBeGreaterThan(80);
    },
    120_000,
  );
});

function contentTypeOf({ framing }: Exchange): string {
  if (framing === 'event-stream') return 'application/vnd.amazon.eventstream';
  return framing === 'sse' ? 'text/event-stream; charset=utf-8' : 'application/json';
}

/** What tells clients when to come back; the rest of the recorded headers speaks of another connection. */
function retryHeaders({ headers }: Exchange): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('retry-after')));
}
