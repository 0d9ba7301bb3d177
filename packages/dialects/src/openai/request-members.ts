/** Members that OpenAI's requests share, as the pipeline reads them from a body that otherwise stays bytes. */
import { invalidRequest } from './invalid-request.ts';

const MAX_MODEL_LENGTH = 256;

export function readModelName(value: unknown): string {
  if (value === undefined) throw invalidRequest('"model" is required', 'model');
  if (typeof value !== 'string' || value === '' || value.length > MAX_MODEL_LENGTH) {
    throw invalidRequest(`"model" must be a string of 1 to ${MAX_MODEL_LENGTH} characters`, 'model');
  }
  return value;
}

/** Absent is false. */
export function readSwitch(value: unknown, param: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalidRequest(`"${param}" must be a boolean`, param);
  return value;
}

/** `stream_options.include_usage`. */
export function readWantsUsage(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidRequest('"stream_options" must be an object', 'stream_options');
  }
  const includeUsage = (value as { include_usage?: unknown }).include_usage;
  return readSwitch(includeUsage, 'stream_options.include_usage');
}

/** @param min 1, or 0 where nothing may be generated at all. */
export function readTokenLimit(value: unknown, param: string, min: 0 | 1 = 1): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    throw invalidRequest(
      min === 1 ? `"${param}" must be a positive integer` : `"${param}" must be an integer from 0`,
      param,
    );
  }
  return value as number;
}
