/**
 * What the pipeline needs to know of a Gemini request, and the request as a provider of the same format gets it.
 * Model and stream stand in the path. countTokens, embedContent and batchEmbedContents are read the same way.
 *
 * Otherwise the body stays bytes: only `generationConfig.maxOutputTokens` and our extension fields are ever changed.
 * Google takes every name in two spellings; whoever gives both would have us read one and Google the other.
 */
import { GatewayError } from '@tollgate/errors';
import { findMembers, type ObjectMember, patchMembers } from '../json/object-members.ts';
import { MAX_BODY_DEPTH, openRequestBody } from '../json/request-body.ts';
import type { RequestHints } from '../neutral/codec.ts';
import { type RequestExtensions, readBodyExtensions } from '../openai/request-extensions.ts';
import type { RequestUse } from '../request-use.ts';
import { generateUse } from './generate-use.ts';
import { camelCase } from './proto.ts';

export interface GenerateRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly maxOutputTokens: number | undefined;
  /** What it can use at most, for budgets. */
  readonly use: RequestUse;
  readonly extensions: RequestExtensions;
  /** As received. */
  readonly body: Buffer;
  /** The body's bytes as Latin-1, with its members; for `patchGenerateRequest`. */
  readonly text: string;
  readonly members: readonly ObjectMember[];
  /** Extension members that stand in the body. */
  readonly extensionMembers: ReadonlySet<string>;
}

/** No names of Google's; it would refuse them. */
const EXTENSION_MEMBERS = ['models', 'provider', 'fallbacks', 'tags', 'user', 'metadata'] as const;
const READ_MEMBERS = [
  'contents',
  'content',
  'requests',
  'tools',
  'generationConfig',
  'cachedContent',
  'generateContentRequest',
  'labels',
] as const;
const READ_NAMES: ReadonlySet<string> = new Set([
  ...EXTENSION_MEMBERS,
  ...READ_MEMBERS.flatMap((name) => [name, snakeCase(name)]),
]);
const MAX_MODEL_LENGTH = 256;

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readGenerateRequest(body: Buffer, hints: RequestHints): GenerateRequest {
  const { read, parsed, text, members } = openRequestBody(body, READ_NAMES);
  for (const name of READ_MEMBERS) {
    if (name !== snakeCase(name) && read(name) !== undefined && read(snakeCase(name)) !== undefined) {
      throw invalid(`"${name}" must appear once, in one spelling`, name);
    }
  }
  const maxOutputTokens = readOutputLimit(text, members);
  const extensionMembers = new Set<string>(EXTENSION_MEMBERS.filter((name) => read(name) !== undefined));
  return {
    model: readModel(hints.model),
    stream: hints.stream ?? false,
    maxOutputTokens,
    use: generateUse(parsed, body.length, maxOutputTokens),
    // Vertex's labels are tags by another name, and pass on.
    extensions: readBodyExtensions((name) =>
      name === 'metadata' ? (read('metadata') ?? asTags(read('labels'))) : read(name),
    ),
    body,
    text,
    members,
    extensionMembers,
  };
}

export interface GeneratePatch {
  /** Further members that this provider does not know. */
  readonly remove?: readonly string[];
  /** What a budget affords. */
  readonly maxOutputTokens?: number;
}

/** The body for an upstream of the same format; the received bytes themselves where nothing changes. */
export function patchGenerateRequest(request: GenerateRequest, patch: GeneratePatch): Buffer {
  const set = new Map<string, string>();
  const remove = new Set<string>([...request.extensionMembers, ...(patch.remove ?? [])]);
  const { maxOutputTokens } = patch;
  if (maxOutputTokens !== undefined && maxOutputTokens !== request.maxOutputTokens) {
    const config = findConfig(request.members);
    set.set(config?.name ?? 'generationConfig', withOutputLimit(request.text, config, maxOutputTokens));
  }
  const names = new Set(request.members.map(({ name }) => name));
  if (set.size === 0 && ![...remove].some((name) => names.has(name))) return request.body;
  return Buffer.from(patchMembers(request.text, request.members, set, remove), 'latin1');
}

function withOutputLimit(text: string, config: ObjectMember | undefined, tokens: number): string {
  const value = config === undefined ? '{}' : text.slice(config.valueStart, config.end);
  const found = findMembers(value, MAX_BODY_DEPTH);
  const members = found.ok ? found.members : [];
  const name = members.find((member) => camelCase(member.name) === LIMIT)?.name ?? LIMIT;
  return patchMembers(found.ok ? value : '{}', members, new Map([[name, String(tokens)]]), new Set());
}

const LIMIT = 'maxOutputTokens';
/** Members of the configuration that decide what it costs. */
const CONFIG_ONCE: ReadonlySet<string> = new Set([
  LIMIT,
  'candidateCount',
  'responseModalities',
  'speechConfig',
]);

function readOutputLimit(text: string, members: readonly ObjectMember[]): number | undefined {
  const config = findConfig(members);
  if (config === undefined) return undefined;
  const value = text.slice(config.valueStart, config.end);
  const found = findMembers(value, MAX_BODY_DEPTH);
  if (!found.ok) {
    if (value === 'null') return undefined;
    throw invalid('"generationConfig" must be an object', 'generationConfig');
  }
  const seen = new Set<string>();
  let limit: number | undefined;
  for (const member of found.members) {
    const name = camelCase(member.name);
    if (!CONFIG_ONCE.has(name)) continue;
    const path = `generationConfig.${name}`;
    if (seen.has(name)) throw invalid(`"${path}" must appear once`, path);
    seen.add(name);
    if (name === LIMIT) limit = readLimit(JSON.parse(value.slice(member.valueStart, member.end)), path);
  }
  return limit;
}

/** Protobuf takes whole numbers as text, too. */
function readLimit(value: unknown, path: string): number | undefined {
  if (value === null) return undefined;
  const limit = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(limit) || (limit as number) < 0) {
    throw invalid(`"${path}" must be a positive integer`, path);
  }
  // Zero is "not set" in protobuf.
  return limit === 0 ? undefined : (limit as number);
}

function findConfig(members: readonly ObjectMember[]): ObjectMember | undefined {
  return members.find(({ name }) => name === 'generationConfig' || name === 'generation_config');
}

/** Only what can be a tag; Google judges the rest. */
function asTags(labels: unknown): unknown {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return undefined;
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => typeof value === 'string'));
}

function readModel(model: string | undefined): string {
  if (model === undefined || model === '' || model.length > MAX_MODEL_LENGTH) {
    throw invalid(`the model in the path must have 1 to ${MAX_MODEL_LENGTH} characters`, 'model');
  }
  return model;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function invalid(rule: string, param?: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot read the request: ${rule}.`,
    param === undefined ? {} : { param },
  );
}
