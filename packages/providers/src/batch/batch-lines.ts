/**
 * Lines of batches in OpenAI's words: what each of the input file asks, and what each of the output file used.
 *
 * A line is read by the same readers as the request that it would be on its own. Source: OpenAI's API reference, Batch.
 * Pure. Not here: fetching files, prices.
 */
import type { PriceComponents, TokenUsage } from '@tollgate/catalog';
import { openRequestBody } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { readChatResponse } from '../openai-compatible/response.ts';
import { readResponsesResponse } from '../openai-responses/response.ts';
import { readGenerateRequest } from '../upstream/generate.ts';
import { readTaskRequest } from '../upstream/task-request.ts';
import { TASKS, type TaskEndpoint } from '../upstream/tasks.ts';
import type { UnderstoodRequest } from '../upstream/understood-request.ts';
import { parseObject } from './batch-asked.ts';

type Usage = TokenUsage | undefined;

interface LineFormat {
  readonly read: (body: Buffer) => UnderstoodRequest;
  readonly usage: (answer: Buffer, price: PriceComponents | undefined) => Usage;
}

const task = (endpoint: TaskEndpoint): LineFormat => ({
  read: (body) => readTaskRequest(endpoint, body, { contentType: 'application/json', errorBody: () => '' }),
  usage: (answer, price) => {
    const parsed = parseObject(answer);
    const facts = { members: {}, bytes: 0, fileBytes: 0, files: [] };
    return parsed === undefined ? undefined : TASKS[endpoint].usage(parsed, facts, price);
  },
});

/** Priced by tokens alone: which size a picture has, only the request may have said. */
const pictures = (endpoint: TaskEndpoint): LineFormat => {
  const { read, usage } = task(endpoint);
  return {
    read,
    usage: (answer, price) => (parseObject(answer)?.usage === undefined ? undefined : usage(answer, price)),
  };
};

/** By what batches and their lines call them; some hosts leave `/v1` away. */
const LINE_FORMATS: Readonly<Record<string, LineFormat>> = {
  '/chat/completions': {
    read: (body) => readGenerateRequest('openai-chat', body),
    usage: (answer) => readChatResponse(answer)?.usage,
  },
  '/responses': {
    read: (body) => readGenerateRequest('openai-responses', body),
    usage: (answer) => readResponsesResponse(answer)?.usage,
  },
  '/completions': {
    read: (body) => readGenerateRequest('openai-completions', body),
    usage: (answer) => readChatResponse(answer)?.usage,
  },
  '/embeddings': task('openai-embeddings'),
  '/moderations': task('openai-moderations'),
  '/images/generations': pictures('openai-images-generations'),
  '/images/edits': pictures('openai-images-edits'),
};

function formatOf(endpoint: string): LineFormat | undefined {
  const path = endpoint.startsWith('/v1/') ? endpoint.slice(3) : endpoint;
  return Object.hasOwn(LINE_FORMATS, path) ? LINE_FORMATS[path] : undefined;
}

/** Whether lines of such a batch can be read. */
export function isReadableBatch(endpoint: string): boolean {
  return formatOf(endpoint) !== undefined;
}

/**
 * The request that a line of an input file is.
 *
 * @param endpoint Of the batch; readable.
 * @throws {GatewayError} `invalid_request`: it is none, or not one of this batch.
 */
export function readBatchLine(endpoint: string, line: Buffer): UnderstoodRequest {
  const format = formatOf(endpoint);
  if (format === undefined) throw new RangeError(`Cannot read lines for ${endpoint}: nothing reads them`);
  const { text, members, read } = openRequestBody(line, LINE_MEMBERS);
  if (read('method') !== 'POST') throw invalid('its "method" must be POST', 'method');
  if (read('url') !== endpoint) throw invalid(`its "url" must be the batch's endpoint`, 'url');
  if (typeof read('custom_id') !== 'string') throw invalid('its "custom_id" must be a text', 'custom_id');
  const body = members.find(({ name }) => name === 'body');
  if (body === undefined) throw invalid('it has no "body"', 'body');
  const asked = format.read(Buffer.from(text.slice(body.valueStart, body.end), 'latin1'));
  if (asked.stream) throw invalid('a line cannot stream', 'stream');
  return asked;
}

const LINE_MEMBERS: ReadonlySet<string> = new Set(['custom_id', 'method', 'url', 'body']);

/** The name and the model of an input line, for finding out later what its answer was asked of. */
export function readLineNames(
  line: Buffer,
): { readonly customId: string; readonly model: string } | undefined {
  const { custom_id: customId, body } = parseObject(line) ?? {};
  const { model } = (body ?? {}) as { model?: unknown };
  return typeof customId === 'string' && typeof model === 'string' ? { customId, model } : undefined;
}

/** One line of an output or error file. */
export interface BatchAnswer {
  readonly customId: string;
  /** Whether the request was answered, and so is billed. */
  readonly isAnswered: boolean;
  /** As the answer names it; empty: it does not. */
  readonly model: string;
  /** Undefined: the answer does not tell it. */
  usage(price: PriceComponents | undefined): TokenUsage | undefined;
}

/** @returns Undefined: it is no line of such a file. */
export function readBatchAnswer(endpoint: string, line: Buffer): BatchAnswer | undefined {
  const { custom_id: customId, response } = parseObject(line) ?? {};
  if (typeof customId !== 'string') return undefined;
  const { status_code: status, body } = (response ?? {}) as { status_code?: unknown; body?: unknown };
  const isAnswered = typeof status === 'number' && status >= 200 && status < 300;
  const { model } = (body ?? {}) as { model?: unknown };
  return {
    customId,
    isAnswered,
    model: typeof model === 'string' ? model : '',
    usage: (price) => formatOf(endpoint)?.usage(Buffer.from(JSON.stringify(body ?? null)), price),
  };
}

function invalid(rule: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
