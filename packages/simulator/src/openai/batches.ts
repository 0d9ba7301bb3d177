/**
 * `/v1/batches`: the lines of an uploaded file, each answered by its own endpoint, results in a file of their own.
 *
 * The lines are answered when the batch is made, and billed then; what is seen of it moves on with every look:
 * validating, in progress, completed. One that is cancelled is `cancelling` until it is looked at
 * again; it has the answers that its looks had brought it to, the other lines stand in its error file; `metadata.simulator_batch` lets it expire half done, or fail with nothing done.
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

type Outcome = 'completed' | 'expired' | 'failed' | 'cancelled';

interface Batch {
  readonly object: Body;
  readonly sequence: number;
  readonly results: readonly LineResult[];
  readonly end: Exclude<Outcome, 'cancelled'>;
  looks: number;
  /** So many of its lines were answered when it was cancelled. */
  cancelledAfter: number | undefined;
  /** When it is over. */
  done: Done | undefined;
}

interface Done {
  readonly outcome: Outcome;
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  readonly answered: readonly LineResult[];
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
    const usage = sumOf(batch.results);
    return { ...reply, usage, inputTokens: usage.promptTokens } as Reply;
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
  const wanted = isObject(body.metadata) ? body.metadata.simulator_batch : undefined;
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
      metadata: body.metadata ?? null,
    },
    sequence: call.sequence,
    results,
    end: wanted === 'expired' || wanted === 'failed' ? wanted : 'completed',
    looks: 0,
    cancelledAfter: undefined,
    done: undefined,
  };
  stage.memory.batches.set(id, batch as unknown as Body);
  return batch;
}

/** @param count Of its lines, from the first, that have been answered. */
function finish(stage: Stage, batch: Batch, outcome: Outcome, count: number): void {
  const { id } = batch.object;
  const taken = batch.results.slice(0, count);
  const answered = taken.filter(({ isError }) => !isError);
  const left = outcome === 'failed' ? [] : batch.results.slice(count);
  const errors = [
    ...taken.filter(({ isError }) => isError).map(({ line }) => line),
    ...left.map(({ line }) => unanswered(line, outcome)),
  ];
  const store = (purpose: string, lines: readonly string[]) =>
    lines.length === 0
      ? null
      : storeFile(
          stage,
          batch.sequence,
          purpose,
          `${id}_${purpose}.jsonl`,
          Buffer.from(lines.map((line) => `${line}\n`).join('')),
        ).id;
  batch.done = {
    outcome,
    outputFileId: store(
      'batch_output',
      answered.map(({ line }) => line),
    ),
    errorFileId: store('batch_errors', errors),
    answered,
  };
}

/** A line that was not come to. */
function unanswered(line: string, outcome: Outcome): string {
  const { id, custom_id } = parseJson(line) as Body;
  const message = 'This line could not be answered before the batch was over.';
  return JSON.stringify({ id, custom_id, response: null, error: { code: `batch_${outcome}`, message } });
}

function sumOf(results: readonly LineResult[]): Usage {
  return results.reduce((sum, { usage }) => add(sum, usage), NO_USAGE);
}

function add(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}

function shown({ object, looks, cancelledAfter, done, results }: Batch): object {
  const created = Number(object.created_at);
  const usage = sumOf(done?.answered ?? []);
  const at = (outcome: Outcome) => (done?.outcome === outcome ? created : null);
  const completed = done?.answered.length ?? 0;
  return {
    ...object,
    status: done?.outcome ?? workingStatus(looks, cancelledAfter),
    errors:
      done?.outcome === 'failed'
        ? {
            object: 'list',
            data: [{ code: 'invalid_file', message: 'It was to fail.', line: 1, param: null }],
          }
        : null,
    output_file_id: done?.outputFileId ?? null,
    error_file_id: done?.errorFileId ?? null,
    in_progress_at: looks === 0 ? null : created,
    finalizing_at: at('completed'),
    completed_at: at('completed'),
    failed_at: at('failed'),
    expired_at: at('expired'),
    cancelling_at: cancelledAfter === undefined ? null : created,
    cancelled_at: at('cancelled'),
    request_counts:
      done === undefined || done.outcome === 'failed'
        ? { total: 0, completed: 0, failed: 0 }
        : { total: results.length, completed, failed: results.length - completed },
    usage: {
      input_tokens: usage.promptTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens },
      output_tokens: usage.completionTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.promptTokens + usage.completionTokens,
    },
  };
}

function workingStatus(looks: number, cancelledAfter: number | undefined): string {
  if (cancelledAfter !== undefined) return 'cancelling';
  return looks === 0 ? 'validating' : 'in_progress';
}

export function answerBatch(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const [id = '', action] = call.captured;
    const batch = stage.memory.batches.get(id) as Batch | undefined;
    if (batch === undefined) refuse(`No batch found with id '${id.slice(0, 100)}'.`, null, null, 404);
    const { results } = batch;
    if (action === 'cancel') {
      if (batch.done !== undefined)
        refuse(`Cannot cancel a batch with status '${batch.done.outcome}'.`, null, null);
      batch.cancelledAfter ??= Math.floor((results.length * batch.looks) / LOOKS_UNTIL_DONE);
      return freeReply(facts, JSON.stringify(shown(batch), null, 2));
    }
    batch.looks += 1;
    if (batch.done === undefined && batch.cancelledAfter !== undefined) {
      finish(stage, batch, 'cancelled', batch.cancelledAfter);
    }
    if (batch.done === undefined && batch.looks >= LOOKS_UNTIL_DONE) {
      const shares = { completed: 1, expired: 0.5, failed: 0 };
      finish(stage, batch, batch.end, Math.floor(results.length * shares[batch.end]));
    }
    return freeReply(facts, JSON.stringify(shown(batch), null, 2));
  });
}

/** The newest first, by pages. */
export function answerBatchList(call: Call, stage: Stage): Reply {
  return guarded(call, stage, FORMAT, (facts) => {
    const all = (stage.memory.batches.values() as unknown as Batch[]).toReversed();
    const after = call.query.get('after');
    const first = after === null ? 0 : all.findIndex(({ object }) => object.id === after) + 1;
    const limit = Math.min(100, Math.max(1, Number(call.query.get('limit') ?? 20) || 20));
    const page = all.slice(first, first + limit);
    return freeReply(
      facts,
      JSON.stringify({
        object: 'list',
        data: page.map(shown),
        first_id: page[0]?.object.id ?? null,
        last_id: page.at(-1)?.object.id ?? null,
        has_more: first + page.length < all.length,
      }),
    );
  });
}
