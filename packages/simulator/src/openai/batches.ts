/**
 * `/v1/batches`: the lines of an uploaded file, each answered by its own endpoint, results in a file of their own.
 *
 * The lines are answered when the batch is made, and billed then; what is seen of it moves on with every look:
 * validating, in progress, completed.
 */
import type { Usage } from '../answer.ts';
import { hexId } from '../random.ts';
import { asText, type Body, isObject, parseJson } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { storeFile } from './files.ts';
import { freeReply, guarded, NO_USAGE, refuse } from './openai-wire.ts';

/** Answers one line as if it had been asked on its own. */
export type AnswerLine = (path: string, bodyText: string) => Reply;

interface Batch {
  readonly object: Body;
  readonly outputFileId: string;
  readonly errorFileId: string | null;
  readonly usage: Usage;
  looks: number;
}

const FORMAT = 'openai-batches';
const ENDPOINTS = new Set([
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/moderations',
]);
const LOOKS_UNTIL_DONE = 2;
const LINES_MAX = 50_000;

export function answerBatchCreate(call: Call, stage: Stage, answerLine: AnswerLine): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const body = parseJson(call.bodyText);
    if (!isObject(body)) refuse('We could not parse the JSON body of your request.', null, null);
    const fileId = asText(body.input_file_id) ?? '';
    const file = stage.memory.files.get(fileId);
    if (file === undefined)
      refuse(`No such File object: ${fileId.slice(0, 100)}`, 'input_file_id', null, 404);
    const endpoint = asText(body.endpoint) ?? '';
    if (!ENDPOINTS.has(endpoint))
      refuse(`Invalid value: '${endpoint.slice(0, 100)}'.`, 'endpoint', 'invalid_value');
    if (body.completion_window !== '24h')
      refuse("Invalid value for 'completion_window'.", 'completion_window', null);
    const lines = file.bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    if (lines.length > LINES_MAX)
      refuse('The batch input file is larger than the 50000 line maximum.', null, null);
    const results = lines.map((line, i) => answerOne(line, i, endpoint, call, answerLine));
    const batch = keep(stage, call, body, fileId, results);
    const metadata = isObject(body.metadata) ? body.metadata : null;
    const reply = freeReply({ ...facts, metadata }, JSON.stringify(shown(batch), null, 2));
    return { ...reply, usage: batch.usage, inputTokens: batch.usage.promptTokens } as Reply;
  });
}

interface LineResult {
  readonly line: string;
  readonly isError: boolean;
  readonly usage: Usage;
}

function answerOne(
  line: string,
  i: number,
  endpoint: string,
  call: Call,
  answerLine: AnswerLine,
): LineResult {
  const request = parseJson(line);
  const custom_id = isObject(request) ? request.custom_id : null;
  const isGood =
    isObject(request) && request.url === endpoint && request.method === 'POST' && isObject(request.body);
  const id = `batch_req_${call.requestId.slice(4, 20)}${i}`;
  if (!isGood) {
    const error = {
      code: 'invalid_json_line',
      message: 'This line is not a request to the endpoint of the batch.',
    };
    return { line: JSON.stringify({ id, custom_id, response: null, error }), isError: true, usage: NO_USAGE };
  }
  const reply = answerLine(endpoint, JSON.stringify(request.body));
  const isError = reply.kind !== 'plain';
  const [status_code, body] =
    reply.kind === 'plain'
      ? [reply.status, parseJson(String(reply.body))]
      : [
          reply.kind === 'refusal' ? reply.failure.status : 400,
          reply.kind === 'refusal' ? parseJson(reply.failure.body) : {},
        ];
  const response = { status_code, request_id: call.requestId, body };
  return {
    line: JSON.stringify({ id, custom_id, response, error: null }),
    isError,
    usage: reply.kind === 'plain' ? reply.usage : NO_USAGE,
  };
}

function keep(
  stage: Stage,
  call: Call,
  body: Body,
  inputFileId: string,
  results: readonly LineResult[],
): Batch {
  const id = `batch_${hexId(stage.runtime.seed, call.sequence, 9_500, 32)}`;
  const created = Math.floor(stage.runtime.now() / 1000);
  const text = (isError: boolean) =>
    results
      .filter((result) => result.isError === isError)
      .map(({ line }) => `${line}\n`)
      .join('');
  const store = (purpose: string, content: string) =>
    storeFile(stage, call.sequence, purpose, `${id}_${purpose}.jsonl`, Buffer.from(content)).id;
  const failed = results.filter(({ isError }) => isError).length;
  const batch: Batch = {
    object: {
      id,
      object: 'batch',
      endpoint: body.endpoint,
      model: null,
      errors: null,
      input_file_id: inputFileId,
      completion_window: '24h',
      created_at: created,
      expires_at: created + 86_400,
      request_counts: { total: results.length, completed: results.length - failed, failed },
      metadata: body.metadata ?? null,
    },
    outputFileId: store('batch_output', text(false)),
    errorFileId: failed === 0 ? null : store('batch_errors', text(true)),
    usage: results.reduce((sum, { usage }) => add(sum, usage), NO_USAGE),
    looks: 0,
  };
  stage.memory.batches.set(id, batch as unknown as Body);
  return batch;
}

function add(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

function shown({ object, looks, outputFileId, errorFileId, usage }: Batch): object {
  const isDone = looks >= LOOKS_UNTIL_DONE;
  const created = Number(object.created_at);
  const { promptTokens, cachedTokens, completionTokens, reasoningTokens } = isDone ? usage : NO_USAGE;
  return {
    ...object,
    status: isDone ? 'completed' : looks === 0 ? 'validating' : 'in_progress',
    output_file_id: isDone ? outputFileId : null,
    error_file_id: isDone ? errorFileId : null,
    in_progress_at: looks === 0 ? null : created,
    finalizing_at: isDone ? created : null,
    completed_at: isDone ? created : null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: object.cancelled_at ?? null,
    request_counts: isDone ? object.request_counts : { total: 0, completed: 0, failed: 0 },
    usage: {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: cachedTokens },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: reasoningTokens },
      total_tokens: promptTokens + completionTokens,
    },
    ...(object.cancelled_at === undefined ? {} : { status: 'cancelled' }),
  };
}

export function answerBatch(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const [id = '', action] = call.captured;
    const batch = stage.memory.batches.get(id) as Batch | undefined;
    if (batch === undefined) refuse(`No batch found with id '${id.slice(0, 100)}'.`, null, null, 404);
    if (action === 'cancel') {
      const cancelled = { ...batch, object: { ...batch.object, cancelled_at: batch.object.created_at } };
      stage.memory.batches.set(id, cancelled as unknown as Body);
      return freeReply(facts, JSON.stringify(shown(cancelled), null, 2));
    }
    batch.looks += 1;
    return freeReply(facts, JSON.stringify(shown(batch), null, 2));
  });
}

export function answerBatchList(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const data = stage.memory.batches.values().map((batch) => shown(batch as unknown as Batch));
    return freeReply(
      facts,
      JSON.stringify({ object: 'list', data, first_id: null, last_id: null, has_more: false }),
    );
  });
}
