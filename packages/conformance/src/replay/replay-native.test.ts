/**
 * A client that speaks the provider's own format: the data of every event, and every whole answer, is what the
 * provider sent, byte by byte, and so an official SDK does with it what it does with the provider itself (or better,
 * where framing that the SDK cannot read is written anew).
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT_FORMATS, type ClientAnswer, type ClientFormat } from '../clients/client-format.ts';
import { askOfficial } from '../clients/official.ts';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readExchange } from '../reading/read-exchange.ts';
import { AnswerServer, type PreparedAnswer } from './answer-server.ts';
import { compare, dataOf, isCutOff } from './replay-one.ts';
import { answerThroughSeam } from './through-seam.ts';

/** Answers whose provider speaks a client's format, and was not recorded through Bedrock's own framing. */
const RECORDED = {
  'anthropic-messages': 256,
  'gemini-generate': 248,
  'openai-chat': 517,
  'openai-responses': 209,
} as const satisfies Record<ClientFormat, number>;

describeRecorded('a recorded answer for a client of the same format', () => {
  let server: AnswerServer;
  beforeAll(async () => {
    server = await AnswerServer.start();
  });
  afterAll(() => server.close());

  const answers = loadFixtures().exchanges.filter(
    ({ status, framing }) => status < 400 && framing !== 'event-stream',
  );

  it.each(CLIENT_FORMATS)(
    'passes unchanged: %s',
    async (client) => {
      const own = answers.filter(({ format }) => format === client);
      const changed: Record<string, string> = {};
      for (const [number, exchange] of own.entries()) {
        const passed = answerThroughSeam(exchange, client);
        const isFailure = readExchange(exchange).isError;
        if (passed === undefined) {
          if (!isFailure) changed[exchange.id] = 'no answer';
          continue;
        }
        const before = dataOf(exchange, exchange.body);
        const after = dataOf(exchange, Buffer.concat(passed.chunks));
        // A failure ends the stream in our own words [G4], in which the gateway names itself.
        const kept = isFailure || isBroken(exchange) ? before.slice(0, after.length - 1) : before;
        if (JSON.stringify(after.slice(0, kept.length)) !== JSON.stringify(kept))
          changed[exchange.id] = 'other bytes';
        const asItWas = { status: 200, headers: passed.headers, chunks: [exchange.body] };
        const stream = exchange.framing !== 'json';
        const direct = await outcome(client, server, `direct-${client}-${number}`, asItWas, stream);
        const through = await outcome(client, server, `through-${client}-${number}`, passed, stream);
        const isRepaired =
          direct.answer.kind === 'error' && compare(exchange, client, through.answer) === undefined;
        if (direct.told !== through.told && !isFailure && !isBroken(exchange) && !isRepaired)
          changed[exchange.id] = `${direct.told} became ${through.told}`;
      }
      console.info(`${client}: ${own.length - Object.keys(changed).length} of ${own.length} unchanged`);
      expect(changed).toEqual({});
      expect(own.length).toBe(RECORDED[client]);
    },
    60_000,
  );
});

function isBroken(exchange: Exchange): boolean {
  return exchange.framing !== 'json' && isCutOff(readExchange(exchange));
}

/** What an SDK makes of it, told shortly: its reading, or the error that it throws. */
async function outcome(
  client: ClientFormat,
  server: AnswerServer,
  name: string,
  answer: PreparedAnswer,
  stream: boolean,
): Promise<{ answer: ClientAnswer; told: string }> {
  const origin = server.prepare(name, answer);
  const seen = await askOfficial(client, { origin, apiKey: 'any', model: 'any', stream });
  const told =
    seen.kind === 'error' ? `${seen.name}: ${seen.message}` : JSON.stringify([seen.reading, seen.assembled]);
  return { answer: seen, told };
}
