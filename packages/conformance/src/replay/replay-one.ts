/** One recording, given to one official SDK, held against the independent reading. */
import { isDeepStrictEqual } from 'node:util';
import { createEventParser } from '@tollgate/dialects';
import type { ClientAnswer, ClientFormat } from '../clients/client-format.ts';
import type { Exchange } from '../fixtures/exchange.ts';
import { readExchange } from '../reading/read-exchange.ts';
import type { Reading } from '../reading/reading.ts';
import { type Seen, seenBy } from './seen-by.ts';

/** @returns What differs between what the client's user sees and what the recording says, or nothing. */
export function compare(exchange: Exchange, client: ClientFormat, answer: ClientAnswer): string | undefined {
  const expected = readExchange(exchange);
  if (expected.isError || (exchange.framing !== 'json' && isCutOff(expected)))
    return answer.kind === 'error' ? undefined : 'the client sees no failure';
  if (answer.kind === 'error') return `${answer.name}: ${answer.message}`;
  const wanted = seenBy(client, expected);
  const seen = seenBy(client, answer.reading);
  if (!isDeepStrictEqual(seen, wanted)) return difference(wanted, seen);
  const assembled = withoutSdkLimits(seenBy(client, answer.assembled), client, wanted);
  const comparable = withoutSdkLimits(wanted, client, wanted);
  return isDeepStrictEqual(assembled, comparable)
    ? undefined
    : `put together: ${difference(comparable, assembled)}`;
}

/** It ended without saying why: half an answer must never look whole [G4]. */
export function isCutOff({ choices, isPromptBlocked }: Reading): boolean {
  return !isPromptBlocked && choices.every(({ finish }) => finish === undefined);
}

/**
 * What an SDK itself puts together out of a stream: OpenAI's knows no reasoning in chat, and Anthropic's guesses the
 * end of arguments that were cut off.
 */
function withoutSdkLimits(seen: Seen, client: ClientFormat, wanted: Seen): Seen {
  return {
    ...seen,
    choices: seen.choices.map((choice, at) => ({
      ...choice,
      reasoning: client === 'openai-chat' ? '' : choice.reasoning,
      calls: choice.calls.map((call, number) => {
        const isWhole = typeof wanted.choices[at]?.calls[number]?.arguments === 'object';
        return isWhole ? call : { ...call, arguments: null };
      }),
    })),
  };
}

function difference(wanted: Seen, seen: Seen): string {
  return `wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(seen)}`.slice(0, 2000);
}

/** The data of every event, or the whole body, as Latin-1. */
export function dataOf({ format, framing }: Exchange, body: Buffer): string[] {
  if (framing === 'json') return [body.toString('latin1')];
  const events: string[] = [];
  const parser = createEventParser(({ data }) => events.push(data.trimEnd()));
  parser.feed(body);
  parser.end();
  // Behind the last word of another format, OpenAI's says nothing.
  return format === 'openai-chat' ? events : events.filter((data) => data !== '[DONE]');
}
