/**
 * What translating costs: every client format to every provider format, by size, whole and streamed.
 *
 * In this process, without a network: CPU per request (JSON text in, JSON text out), per whole answer, and per
 * event of a stream. `npm run bench -- --translation`.
 */
import {
  type AnswerContext,
  anthropicMessagesCodec,
  type Codec,
  geminiGenerateCodec,
  type JsonObject,
  type JsonValue,
  type NeutralAnswer,
  type NeutralEvent,
  type NeutralRequest,
  openAiChatCodec,
  openAiResponsesCodec,
  TranslationNotes,
} from '@tollgate/dialects';
import { bedrockConverseCodec, cohereChatCodec } from '@tollgate/providers';

const CLIENTS: readonly Codec[] = [
  openAiChatCodec,
  openAiResponsesCodec,
  anthropicMessagesCodec,
  geminiGenerateCodec,
];
const PROVIDERS: readonly Codec[] = [...CLIENTS, bedrockConverseCodec, cohereChatCodec];
const SIZES_BYTES = [1_024, 102_400, 1_048_576] as const;
const STREAM_EVENTS = 200;
const MEASURE_MS = 60;
const SENTENCE = 'The tollgate counts every carriage that passes. ';

export function benchTranslation(write: (line: string) => void): void {
  write('µs CPU: request and whole answer by size (1 KB, 100 KB, 1 MB), and per event of a stream');
  const columns = ['request 1K', '100K', '1M', 'answer 1K', '100K', '1M', 'event'];
  write(`| client | provider | ${columns.join(' | ')} |`);
  write(`|---|---|${columns.map(() => '---:').join('|')}|`);
  for (const client of CLIENTS) {
    for (const provider of PROVIDERS) {
      if (client.format === provider.format) continue;
      const costs = [
        ...SIZES_BYTES.map((bytes) => microseconds(requestTask(client, provider, bytes))),
        ...SIZES_BYTES.map((bytes) => microseconds(answerTask(client, provider, bytes))),
        microseconds(streamTask(client, provider)) / STREAM_EVENTS,
      ];
      write(`| ${client.format} | ${provider.format} | ${costs.map(rounded).join(' | ')} |`);
    }
  }
}

function requestTask(client: Codec, provider: Codec, bytes: number): () => void {
  const notes = () => new TranslationNotes('report', provider.format);
  const text = JSON.stringify(client.writeRequest(requestOf(bytes), notes()));
  const hints = { model: 'sim-small', stream: false };
  return () => {
    const request = client.readRequest(JSON.parse(text) as JsonObject, hints);
    JSON.stringify(provider.writeRequest(request, notes()));
  };
}

function answerTask(client: Codec, provider: Codec, bytes: number): () => void {
  const context = contextOf(requestOf(100));
  const text = JSON.stringify(provider.writeAnswer(answerOf(bytes), context));
  return () => {
    const answer = provider.readAnswer(JSON.parse(text) as JsonValue);
    if (answer === undefined) throw new Error(`Cannot measure: ${provider.format} must read its own answer`);
    JSON.stringify(client.writeAnswer(answer, context));
  };
}

function streamTask(client: Codec, provider: Codec): () => void {
  const context = contextOf(requestOf(100));
  const source = provider.createStreamWriter(context);
  const messages = [
    ...eventsOfText(STREAM_EVENTS).flatMap((event) => source.write(event)),
    ...source.finish(),
  ].filter(({ data }) => data.startsWith('{'));
  return () => {
    const reader = provider.createStreamReader();
    const writer = client.createStreamWriter(context);
    for (const { event, data } of messages) {
      for (const neutral of reader.read(JSON.parse(data) as JsonValue, event)) writer.write(neutral);
    }
    for (const neutral of reader.close()) writer.write(neutral);
    writer.finish();
  };
}

function requestOf(bytes: number): NeutralRequest {
  const half = SENTENCE.repeat(Math.max(1, Math.floor(bytes / 2 / SENTENCE.length)));
  return {
    model: 'sim-small',
    stream: false,
    maxOutputTokens: 256,
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'Answer in one sentence.' }] },
      { role: 'user', content: [{ kind: 'text', text: half }] },
      { role: 'assistant', content: [{ kind: 'text', text: half }] },
      { role: 'user', content: [{ kind: 'text', text: 'Go on.' }] },
    ],
    tools: [
      {
        kind: 'function',
        name: 'count_carriages',
        description: 'How many passed.',
        parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
      },
    ],
  };
}

function answerOf(bytes: number): NeutralAnswer {
  const text = SENTENCE.repeat(Math.max(1, Math.floor(bytes / SENTENCE.length)));
  return {
    id: 'answer-1',
    model: 'sim-small',
    createdAt: 1_790_000_000,
    choices: [{ content: [{ kind: 'text', text }], finish: { kind: 'stop', raw: 'stop' } }],
  };
}

function eventsOfText(count: number): NeutralEvent[] {
  const place = { choice: 0, block: 0 } as const;
  return [
    { kind: 'start', id: 'answer-1', model: 'sim-small', createdAt: 1_790_000_000 },
    { kind: 'blockStart', ...place, start: { kind: 'text' } },
    ...Array.from(
      { length: count },
      (): NeutralEvent => ({
        kind: 'blockDelta',
        ...place,
        delta: { kind: 'text', text: ' carriage' },
      }),
    ),
    { kind: 'blockEnd', ...place },
    { kind: 'finish', choice: 0, finish: { kind: 'stop', raw: 'stop' } },
    { kind: 'end' },
  ];
}

function contextOf(request: NeutralRequest): AnswerContext {
  return { requestId: 'req_bench', model: 'sim-small', nowSeconds: 1_790_000_000, request, showUsage: false };
}

/** Of CPU, for one run of the task, once it is warm. */
function microseconds(task: () => void): number {
  let runs = 0;
  for (const endMs = performance.now() + MEASURE_MS; performance.now() < endMs; runs += 1) task();
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run += 1) task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / runs;
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
