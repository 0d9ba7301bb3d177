/** Every recorded answer, read by the codec of its format, says what an independent reading says. */
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readEvents, readExchange } from '../reading/read-exchange.ts';
import type { Json, Reading } from '../reading/reading.ts';
import { BENT } from './bent-recordings.ts';
import { CODECS } from './codecs.ts';
import { readNeutralAnswer, readNeutralEvents } from './read-neutral.ts';

function understood(exchange: Exchange): Reading | undefined {
  const codec = CODECS[exchange.format!]!;
  if (exchange.framing === 'json') {
    const body = JSON.parse(exchange.body.toString()) as Json;
    const answer = codec.readAnswer(body);
    return answer && readNeutralAnswer(answer);
  }
  const reader = codec.createStreamReader();
  // Behind their own last word, some formats have OpenAI's, too; nobody reads on.
  const read = readEvents(exchange).filter(({ data }) => data !== '[DONE]' || codec.format === 'openai-chat');
  const events = read.flatMap(({ data, event }) => reader.read(data, event));
  return readNeutralEvents([...events, ...reader.close()]);
}

/** A choice of which nothing was told is none; a whole answer without a reason for its end has some other one. */
function said(reading: Reading): Reading {
  const choices = reading.choices.map((choice) => ({
    ...choice,
    finish: choice.finish ?? ('other' as const),
  }));
  const isSilent = (choice: (typeof choices)[number]) =>
    `${choice.text}${choice.reasoning}${choice.refusal}` === '' && choice.calls.length === 0;
  return {
    ...reading,
    choices: choices.filter((choice) => !isSilent(choice) || choice.finish !== 'other'),
  };
}

describeRecorded('a codec reading what its provider sent', () => {
  const exchanges = loadFixtures().exchanges.filter(
    ({ format, status }) => format !== undefined && status < 400,
  );
  for (const format of Object.keys(CODECS)) {
    it(`understands every recorded ${format} answer as it was meant`, () => {
      const own = exchanges.filter((exchange) => exchange.format === format);
      const different: { id: string; expected: Reading; got: Reading | undefined }[] = [];
      for (const exchange of own) {
        const expected = readExchange(exchange);
        const got = understood(exchange);
        if (got === undefined && expected.isError) continue;
        if (!isDeepStrictEqual(got && said(got), said(expected)))
          different.push({ id: exchange.id, expected, got });
      }
      console.info(`${format}: ${own.length - different.length} of ${own.length}`);
      expect(different.filter(({ id }) => !(id in BENT))).toEqual([]);
    });
  }
});
