/**
 * Reads what a request brings, bounded, before any schema sees it.
 *
 * Refused here, for every route at once: bodies above the limit (counted, not announced), deep nesting, names
 * that reach prototypes, and text that Postgres cannot hold (NUL, lone surrogates).
 */

import type { z } from 'zod';
import { toFieldErrors } from './field-errors.ts';
import { ApiProblem, type FieldError } from './problem.ts';
import { readBytes } from './read-bytes.ts';

export const BODY_MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
const MAX_NODES = 20_000;
const MAX_QUERY_LENGTH = 8_192;
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** @returns The parsed JSON; undefined for an empty body. */
export async function readJsonBody(
  request: Request,
  maxBytes = BODY_MAX_BYTES,
  withinMs?: number,
): Promise<unknown> {
  const text = await readText(request, maxBytes, withinMs);
  if (text === '') return undefined;
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new ApiProblem('unsupported_media_type', 'Cannot read the body: it must be application/json');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ApiProblem('invalid_json', 'Cannot read the body: it is not valid JSON', { cause });
  }
  assertPlain(value, 'body');
  return value;
}

/** The body as it came, for signatures. @throws {ApiProblem} It is too large, or no UTF-8. */
export function readRawBody(request: Request, maxBytes: number): Promise<string> {
  return readText(request, maxBytes);
}

async function readText(request: Request, maxBytes: number, withinMs?: number): Promise<string> {
  const bytes = await readBytes(request, { maxBytes, what: 'body', withinMs });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiProblem('invalid_json', 'Cannot read the body: it is not UTF-8', { cause });
  }
}

/** @throws {ApiProblem} `invalid_request` for what no route may ever see. Walks without recursion. */
function assertPlain(root: unknown, rootPath: string): void {
  const waiting: { value: unknown; path: string; depth: number }[] = [
    { value: root, path: rootPath, depth: 0 },
  ];
  for (let seen = 0; waiting.length > 0; seen += 1) {
    const { value, path, depth } = waiting.pop()!;
    if (depth > MAX_DEPTH || seen > MAX_NODES) refuse(rootPath, 'is nested too deeply or has too many parts');
    if (typeof value === 'string') assertStorable(value, path);
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      if (FORBIDDEN_NAMES.has(name)) refuse(path, `must not have the name ${name}`);
      assertStorable(name, path);
      waiting.push({ value: child, path: `${path}.${name.slice(0, 100)}`, depth: depth + 1 });
    }
  }
}

function assertStorable(text: string, path: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    refuse(path, 'must not contain NUL or unpaired surrogates');
  }
}

function refuse(path: string, message: string): never {
  const error: FieldError = { path: path.slice(0, 300), message, code: 'invalid' };
  throw new ApiProblem('invalid_request', `${error.path} ${message}`, { errors: [error] });
}

/** The query as strings. A name that stands twice is refused, because readers disagree about which one counts. */
export function readQuery(url: URL): Record<string, string> {
  if (url.search.length > MAX_QUERY_LENGTH)
    refuse('query', `must have at most ${MAX_QUERY_LENGTH} characters`);
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (FORBIDDEN_NAMES.has(name)) refuse('query', `must not have the name ${name}`);
    if (Object.hasOwn(query, name)) refuse(`query.${name.slice(0, 100)}`, 'stands twice');
    assertStorable(value, `query.${name.slice(0, 100)}`);
    query[name] = value;
  }
  return query;
}

/** @throws {ApiProblem} `invalid_request` with the path of every field at fault. */
export function parsePart<S extends z.ZodType>(
  part: 'body' | 'query' | 'path',
  schema: S,
  value: unknown,
): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = toFieldErrors(part, result.error);
  const first = errors[0];
  throw new ApiProblem(
    'invalid_request',
    `Cannot use ${first?.path ?? part}: ${first?.message ?? 'not valid'}`,
    {
      errors,
    },
  );
}
