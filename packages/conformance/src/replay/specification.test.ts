/** What clients get for recordings of other formats is what their vendor's specification describes, event by event. */
import { loadGeminiSpecification, loadOpenAiSpecification } from '@tollgate/dialects/testing';
import { expect, it } from 'vitest';
import type { ClientFormat } from '../clients/client-format.ts';
import { describeRecorded } from '../fixtures/describe-recorded.ts';
import { loadFixtures } from '../fixtures/load-fixtures.ts';
import { readExchange, readServerSentEvents } from '../reading/read-exchange.ts';
import { loadAnthropicSpecification, type Specification } from './anthropic-specification.ts';
import { answerThroughSeam } from './through-seam.ts';

interface Judge {
  readonly load: () => Specification | undefined;
  readonly whole: string;
  readonly event: string;
}

const JUDGES: Readonly<Record<ClientFormat, Judge>> = {
  'openai-chat': {
    load: loadOpenAiSpecification,
    whole: 'CreateChatCompletionResponse',
    event: 'CreateChatCompletionStreamResponse',
  },
  'openai-responses': { load: loadOpenAiSpecification, whole: 'Response', event: 'ResponseStreamEvent' },
  'anthropic-messages': { load: loadAnthropicSpecification, whole: 'Message', event: 'MessageStreamEvent' },
  'gemini-generate': {
    load: loadGeminiSpecification,
    whole: 'GenerateContentResponse',
    event: 'GenerateContentResponse',
  },
};
/** What a specification has no words for, and clients get all the same. */
const UNSPECIFIED: Readonly<Partial<Record<ClientFormat, RegExp>>> = {
  // Images that a model made have no block in a Message (ours is as in requests); ids of calls that carry another
  // provider's signature hold a mark, `~`, that Anthropic's own ids never have.
  'anthropic-messages': /"type":"image"|~tgs~/,
  // Calls of custom tools are described in whole answers and not yet in chunks.
  'openai-chat': /"object":"chat.completion.chunk".*"type":"custom"/,
};
/** Events of a long stream look alike: some are enough. */
const EVENTS_MAX = 40;

describeRecorded('against the vendors’ specifications', () => {
  it.each(Object.keys(JUDGES) as ClientFormat[])(
    'answers and events for a client of %s are valid',
    (client) => {
      const { load, whole, event } = JUDGES[client];
      const specification = load()!;
      const wrong: Record<string, readonly string[]> = {};
      let values = 0;
      const judge = (id: string, schema: string, value: unknown) => {
        values += 1;
        if (UNSPECIFIED[client]?.test(JSON.stringify(value)) === true) return;
        const errors = specification.errorsOf(schema, value);
        if (errors.length > 0) wrong[id] = [...errors.slice(0, 4), JSON.stringify(value).slice(0, 300)];
      };
      for (const exchange of loadFixtures().exchanges) {
        if (exchange.format === undefined || exchange.format === client || exchange.status >= 400) continue;
        if (readExchange(exchange).isError) continue;
        const answer = answerThroughSeam(exchange, client);
        const text = Buffer.concat(answer?.chunks ?? []).toString();
        if (exchange.framing === 'json') judge(exchange.id, whole, JSON.parse(text));
        else {
          const events = readServerSentEvents(text).filter(
            ({ data }) => data !== '[DONE]' && !isFailure(data),
          );
          for (const { data } of [...events.slice(0, EVENTS_MAX / 2), ...events.slice(-EVENTS_MAX / 2)])
            judge(exchange.id, event, data);
        }
      }
      console.info(`${client}: ${values} answers and events against ${whole}, ${event}`);
      expect(wrong).toEqual({});
      expect(values).toBeGreaterThan(1_000);
    },
    300_000,
  );
});

/** Its own schema says nothing of ours; the shapes of failures are tested beside the codecs. */
function isFailure(data: unknown): boolean {
  return (
    typeof data === 'object' &&
    data !== null &&
    ('error' in data || (data as { type?: unknown }).type === 'error')
  );
}
