/**
 * Every recorded answer, through the seam to each kind of client and parsed by that client's official SDK: what its
 * user sees is what an independent reading of the recording says. Its own format is replay-native.test.ts.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT_FORMATS } from '../clients/client-format.ts';
import { askOfficial } from '../clients/official.ts';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readExchange } from '../reading/read-exchange.ts';
import { AnswerServer } from './answer-server.ts';
import { BENT } from './bent-recordings.ts';
import { compare } from './replay-one.ts';
import { answerThroughSeam } from './through-seam.ts';

/** Answers that were recorded, by format: none is lost on the way to this test. */
const RECORDED = {
  'anthropic-messages': 270,
  'bedrock-converse': 91,
  'cohere-chat': 61,
  'gemini-generate': 248,
  'openai-chat': 517,
  'openai-responses': 209,
} as const;

describeRecorded('a recorded answer in the words of each client', () => {
  let server: AnswerServer;
  const seenBent = new Set<string>();
  beforeAll(async () => {
    server = await AnswerServer.start();
  });
  afterAll(() => server.close());

  const answers = loadFixtures().exchanges.filter(
    ({ format, status }) => format !== undefined && status < 400,
  );

  it.each(CLIENT_FORMATS)(
    'means the same to a user of %s',
    async (client) => {
      const counts: Record<string, number> = {};
      const different: Record<string, string> = {};
      for (const [number, exchange] of answers.entries()) {
        if (exchange.format === client) continue;
        counts[exchange.format!] = (counts[exchange.format!] ?? 0) + 1;
        const answer = answerThroughSeam(exchange, client);
        if (answer === undefined) {
          if (!readExchange(exchange).isError) different[exchange.id] = 'the codec finds no answer';
          continue;
        }
        const origin = server.prepare(`${client}-${number}`, answer);
        const stream = exchange.framing !== 'json';
        const found = compare(
          exchange,
          client,
          await askOfficial(client, { origin, apiKey: 'any', model: 'any', stream }),
        );
        if (found !== undefined) different[exchange.id] = found;
      }
      console.info(
        `${client}, answers of each format:`,
        counts,
        `different: ${Object.keys(different).length}`,
      );
      for (const id of Object.keys(different)) seenBent.add(id);
      expect(Object.fromEntries(Object.entries(different).filter(([id]) => !(id in BENT)))).toEqual({});
      const { [client]: _own, ...others } = RECORDED;
      expect(counts).toEqual(others);
    },
    120_000,
  );

  it('differs for each recording that is said to be bent, so that the list stays true', () => {
    expect(Object.keys(BENT).filter((id) => !seenBent.has(id))).toEqual([]);
  });
});
