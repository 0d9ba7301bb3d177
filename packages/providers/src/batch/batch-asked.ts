/** What a request to make a batch names, and what its answer calls the batch. Not here: its lines (batch-lines.ts). */
import { openRequestBody } from '@tollgate/dialects';

/** Each empty where it is not said, as hosts that take files from elsewhere do. */
export interface BatchAsked {
  readonly inputFileId: string;
  /** Where its lines are asked: `/v1/chat/completions`. */
  readonly endpoint: string;
}

const ID = /^[\w-][\w.-]{0,127}$/;
const ENDPOINT = /^[\w/.-]{1,128}$/;

/** @throws {GatewayError} `invalid_request`: not JSON, or what decides stands there twice. */
export function readBatchAsked(body: Buffer): BatchAsked {
  const { read } = openRequestBody(body, new Set(['input_file_id', 'endpoint', 'completion_window']));
  const [fileId, endpoint] = [read('input_file_id'), read('endpoint')];
  return {
    inputFileId: typeof fileId === 'string' && ID.test(fileId) ? fileId : '',
    endpoint: typeof endpoint === 'string' && ENDPOINT.test(endpoint) ? endpoint : '',
  };
}

/** What was made, as the provider calls it; empty: the answer does not say it. */
export function readBatchId(answer: Buffer): string {
  const { id } = parseObject(answer) ?? {};
  return typeof id === 'string' && ID.test(id) ? id : '';
}

export function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
