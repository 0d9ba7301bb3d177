/** What is tried in each cell: a short conversation, and what its user must see. A cell is green if nothing is thrown. */
import {
  type MatrixClient,
  type Question,
  type Reply,
  statusOf,
  type Tool,
  type Turn,
} from './conversation.ts';

type Asked = Pick<Question, 'origin' | 'apiKey' | 'model' | 'stream'>;

export interface Feature {
  readonly name: string;
  run(client: MatrixClient, asked: Asked): Promise<void>;
}

const WEATHER: Tool = {
  name: 'get_weather',
  description: 'The weather of a city.',
  schema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};
/** One red pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const LENGTH = /^(length|max_tokens|max_output_tokens|MAX_TOKENS)$/;
const user = (text: string): Turn => ({ role: 'user', text });

export const FEATURES: readonly Feature[] = [
  {
    name: 'text',
    async run(client, asked) {
      const reply = await client.ask({ ...asked, turns: [user('[[sim tokens=12]] Hello')] });
      demand(reply.text !== '', 'text');
      if (asked.stream && client.lacks.streamedUsage !== undefined) return;
      demand(reply.outputTokens === 12, `12 tokens of output, got ${reply.outputTokens}`);
      demand(reply.inputTokens > 0, `tokens of input, got ${reply.inputTokens}`);
    },
  },
  {
    name: 'several turns',
    async run(client, asked) {
      const start: Turn[] = [{ role: 'system', text: 'Be brief.' }, user('My name is Ada.')];
      const first = await client.ask({ ...asked, turns: start });
      const turns = [...start, assistant(first), user('[[sim echo]] Who am I?')];
      const second = await client.ask({ ...asked, turns });
      demand(second.text.includes('Who am I?'), `an echo, got ${second.text}`);
      if (asked.stream && client.lacks.streamedUsage !== undefined) return;
      demand(second.inputTokens > first.inputTokens, 'more input in the second turn');
    },
  },
  {
    name: 'tools',
    async run(client, asked) {
      await callAndAnswer(client, asked, { text: 'What is the weather in Paris?', calls: 1 });
    },
  },
  {
    name: 'parallel tools',
    async run(client, asked) {
      await callAndAnswer(client, asked, {
        text: '[[sim tool-calls=2]] The weather in Rome and Oslo?',
        calls: 2,
      });
    },
  },
  {
    name: 'structured output',
    async run(client, asked) {
      const reply = await client.ask({ ...asked, turns: [user('Who is it?')], schema: PERSON });
      const { name, age } = JSON.parse(reply.text) as { name?: unknown; age?: unknown };
      demand(typeof name === 'string' && typeof age === 'number', `a person, got ${reply.text}`);
    },
  },
  {
    name: 'image input',
    async run(client, asked) {
      const plain = await client.ask({ ...asked, turns: [user('What is it?')] });
      const seen = await client.ask({ ...asked, turns: [{ role: 'user', text: 'What is it?', image: PNG }] });
      demand(seen.text !== '', 'text');
      if (asked.stream && client.lacks.streamedUsage !== undefined) return;
      demand(seen.inputTokens > plain.inputTokens, 'an image that is counted');
    },
  },
  {
    name: 'reasoning',
    async run(client, asked) {
      const reply = await client.ask({
        ...asked,
        turns: [user('[[sim reasoning]] Think, then answer.')],
        isReasoning: true,
      });
      demand(reply.text !== '', 'text');
      if (client.lacks.reasoningShown === undefined) demand(reply.reasoning !== '', 'reasoning');
    },
  },
  {
    name: 'reasoning with tools',
    async run(client, asked) {
      await callAndAnswer(client, asked, {
        text: '[[sim tool=get_weather reasoning]] The weather in Paris?',
        calls: 1,
        isReasoning: true,
      });
    },
  },
  {
    name: 'length',
    async run(client, asked) {
      const reply = await client.ask({
        ...asked,
        turns: [user('[[sim tokens=500]] A story.')],
        maxTokens: 20,
      });
      demand(LENGTH.test(reply.finish), `an end for its length, got ${reply.finish}`);
    },
  },
  {
    name: 'errors',
    async run(client, asked) {
      await refused(client, asked, 'rate-limit', [429]);
      await refused(client, asked, 'invalid', [400]);
      // Our credential is rejected: the caller's own key is good, and it must not be told otherwise.
      await refused(client, asked, 'authentication', [502]);
    },
  },
];

function assistant({ native }: Reply): Turn {
  return { role: 'assistant', native };
}

/** The model calls, gets its results, and answers; thinking and signatures go back with the call. */
async function callAndAnswer(
  client: MatrixClient,
  asked: Asked,
  { text, calls, isReasoning }: { text: string; calls: number; isReasoning?: boolean },
): Promise<void> {
  const common = { ...asked, tools: [WEATHER], ...(isReasoning === true ? { isReasoning } : {}) };
  const first = await client.ask({
    ...common,
    turns: [user(text)],
    // Anthropic thinks only where it may choose.
    ...(isReasoning === true ? {} : { mustCall: true }),
  });
  demand(first.calls.length === calls, `${calls} calls, got ${first.calls.length}`);
  for (const { name, input } of first.calls) {
    demand(name === WEATHER.name, `a call of ${WEATHER.name}, got ${name}`);
    demand(typeof (input as { city?: unknown }).city === 'string', `a city, got ${JSON.stringify(input)}`);
  }
  const results = first.calls.map(
    ({ id, name }): Turn => ({ role: 'tool', callId: id, name, text: 'Sunny, 22 degrees.' }),
  );
  const turns = [user(text.replace(/\[\[.*\]\] /, '')), assistant(first), ...results];
  const second = await client.ask({ ...common, turns });
  demand(second.text !== '' && second.calls.length === 0, 'an answer after the results');
}

async function refused(
  client: MatrixClient,
  asked: Asked,
  error: string,
  statuses: readonly number[],
): Promise<void> {
  let status: number | undefined;
  try {
    await client.ask({ ...asked, turns: [user(`[[sim error=${error}]] Hello`)] });
  } catch (thrown) {
    status = statusOf(thrown);
    if (status === undefined) throw thrown;
  }
  demand(
    status !== undefined && statuses.includes(status),
    `${error} as ${statuses.join(', ')}, got ${status}`,
  );
}

function demand(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new Error(`Wanted ${what}`);
}
