/**
 * [G5] A recorded stream that arrives in chunks cut at any byte gives the same events, and so the same output: what is
 * behind the parsers sees nothing but events.
 */
import { createHash } from 'node:crypto';
import { readEnvironment } from '@tollgate/config';
import { createEventParser } from '@tollgate/dialects';
import { createAwsEventParser } from '@tollgate/providers';
import { expect, it } from 'vitest';
import { CLIENT_FORMATS } from '../clients/client-format.ts';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { planFor, streamThrough } from './through-seam.ts';

/** A stream up to this length is cut at each of its bytes; a longer one at as many places, drawn from its name. */
const CUTS = readEnvironment().TOLLGATE_CONFORMANCE === 'all' ? 1000 : 60;

function eventsOf(exchange: Exchange, chunks: readonly Buffer[]): string {
  const hash = createHash('sha1');
  const take = (event: string, data: string) => hash.update(`${event}\0${data}\0`, 'latin1');
  const parser =
    exchange.framing === 'event-stream'
      ? createAwsEventParser(take)
      : createEventParser(({ event, data }) => take(event, data));
  for (const chunk of chunks) parser.feed(chunk);
  parser.end();
  return hash.digest('hex');
}

function placesIn(exchange: Exchange): number[] {
  const { length } = exchange.body;
  if (length - 1 <= CUTS) return Array.from({ length: length - 1 }, (_, at) => at + 1);
  const seed = createHash('sha512').update(exchange.id).digest();
  let state = seed.readUInt32LE(0);
  return Array.from({ length: CUTS }, () => {
    // A linear congruence is enough: places only need to be spread and the same in every run.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + (state % (length - 1));
  });
}

const cut = ({ body }: Exchange, at: number) => [body.subarray(0, at), body.subarray(at)];
const byteByByte = ({ body }: Exchange) => Array.from(body, (_, at) => body.subarray(at, at + 1));

describeRecorded('[G5] a recorded stream in any chunks', () => {
  const streams = loadFixtures().exchanges.filter(
    ({ format, framing, status }) => format !== undefined && framing !== 'json' && status < 400,
  );

  it('gives the same events', () => {
    let cuts = 0;
    for (const exchange of streams) {
      const whole = eventsOf(exchange, [exchange.body]);
      expect(eventsOf(exchange, byteByByte(exchange)), exchange.id).toBe(whole);
      for (const at of placesIn(exchange)) {
        cuts += 1;
        if (eventsOf(exchange, cut(exchange, at)) !== whole)
          expect.fail(`${exchange.id} differs, cut at ${at}`);
      }
    }
    console.info(`${streams.length} streams, ${cuts} cuts`);
    expect(streams.length).toBe(486);
  }, 600_000);

  it('gives every client the same bytes', () => {
    for (const [number, exchange] of streams.entries()) {
      const client = CLIENT_FORMATS[number % CLIENT_FORMATS.length]!;
      const answer = (chunks: readonly Buffer[]) =>
        streamThrough(planFor(exchange, client), exchange, chunks).text;
      const whole = answer([exchange.body]);
      const small = Array.from({ length: Math.ceil(exchange.body.length / 7) }, (_, at) =>
        exchange.body.subarray(at * 7, at * 7 + 7),
      );
      expect(answer(small) === whole, `${exchange.id} for ${client}`).toBe(true);
      const [place = 1] = placesIn(exchange);
      expect(answer(cut(exchange, place)) === whole, `${exchange.id} for ${client}, cut at ${place}`).toBe(
        true,
      );
    }
  }, 120_000);
});
