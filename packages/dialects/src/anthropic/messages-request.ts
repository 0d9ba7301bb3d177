/**
 * What the pipeline needs to know of a Messages request, and the request as a provider of the same format gets it.
 *
 * Otherwise the body stays bytes: only the model, the output limit, our extension fields and what an address that
 * is not Anthropic's own wants (Bedrock, Vertex) are ever changed. `count_tokens` is read and patched the same way.
 */
import { GatewayError } from '@tollgate/errors';
import { findMembers, type ObjectMember, patchMembers } from '../json/object-members.ts';
import { MAX_BODY_DEPTH, openRequestBody } from '../json/request-body.ts';
import type { RequestHints } from '../neutral/index.ts';
import { type RequestExtensions, readBodyExtensions } from '../openai/request-extensions.ts';
import type { RequestUse } from '../request-use.ts';
import { encodeBytes } from '../sse/event-parser.ts';
import { messagesUse, USE_MEMBERS } from './messages-use.ts';

export interface MessagesRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Undefined: not given, which only `count_tokens` allows. 0 fills the cache and generates nothing. */
  readonly maxOutputTokens: number | undefined;
  /** What it can use at most, for budgets. */
  readonly use: RequestUse;
  readonly extensions: RequestExtensions;
  /** As received. */
  readonly body: Buffer;
  /** The body's bytes as Latin-1, with its members; for `patchMessagesRequest`. */
  readonly text: string;
  readonly members: readonly ObjectMember[];
  /** Extension members that stand in the body. */
  readonly extensionMembers: ReadonlySet<string>;
}

const EXTENSION_MEMBERS = ['models', 'provider', 'fallbacks', 'tags', 'user'] as const;
const READ_MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'max_tokens',
  'metadata',
  ...EXTENSION_MEMBERS,
  ...USE_MEMBERS,
]);
const MAX_MODEL_LENGTH = 256;
const MAX_USER_LENGTH = 512;

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readMessagesRequest(body: Buffer, hints: RequestHints = {}): MessagesRequest {
  const opened = openRequestBody(body, READ_MEMBERS);
  const { read, parsed, text, members } = opened;
  const maxOutputTokens = readOutputLimit(read('max_tokens'));
  const ownFallbacks = !isAbsent(read('fallbacks')) && !isTextList(read('fallbacks'));
  const extensionMembers = new Set<string>(
    EXTENSION_MEMBERS.filter((name) => read(name) !== undefined && !(name === 'fallbacks' && ownFallbacks)),
  );
  const use = messagesUse(parsed, body.length, maxOutputTokens);
  return {
    model: readModel(hints.model ?? read('model')),
    stream: hints.stream ?? readStream(read('stream')),
    maxOutputTokens,
    // Anthropic's own `fallbacks` name models with other prices.
    use: ownFallbacks ? { ...use, unbounded: true } : use,
    extensions: readExtensions(read, extensionMembers),
    body,
    text,
    members,
    extensionMembers,
  };
}

export interface MessagesPatch {
  /** The provider's name for the model; null where its address tells it (Bedrock, Vertex). */
  readonly model: string | null;
  /** Further members that this provider does not know, such as `stream` where the address tells it. */
  readonly remove?: readonly string[];
  /** What a budget affords, or what is set because the caller gave none. */
  readonly maxOutputTokens?: number;
  /** Members that this provider wants, such as `anthropic_version`, by name. */
  readonly add?: Readonly<Record<string, string | readonly string[]>>;
}

/** The body for an upstream of the same format; the received bytes themselves where nothing changes. */
export function patchMessagesRequest(request: MessagesRequest, patch: MessagesPatch): Buffer {
  const set = new Map<string, string>();
  const remove = new Set<string>([...request.extensionMembers, ...(patch.remove ?? [])]);
  if (patch.model === null) remove.add('model');
  else if (patch.model !== request.model) set.set('model', encodeBytes(JSON.stringify(patch.model)));
  if (patch.maxOutputTokens !== undefined && patch.maxOutputTokens !== request.maxOutputTokens) {
    set.set('max_tokens', String(patch.maxOutputTokens));
  }
  for (const [name, value] of Object.entries(patch.add ?? {})) {
    set.set(name, encodeBytes(JSON.stringify(value)));
    remove.delete(name);
  }
  withoutTags(request, set, remove);
  const names = new Set(request.members.map(({ name }) => name));
  if (set.size === 0 && ![...remove].some((name) => names.has(name))) return request.body;
  return Buffer.from(patchMembers(request.text, request.members, set, remove), 'latin1');
}

/** Of `metadata` Anthropic knows the user alone, and refuses the rest, which are tags of ours. */
function withoutTags(request: MessagesRequest, set: Map<string, string>, remove: Set<string>): void {
  const member = request.members.find(({ name }) => name === 'metadata');
  if (member === undefined || remove.has('metadata')) return;
  const value = request.text.slice(member.valueStart, member.end);
  const found = findMembers(value, MAX_BODY_DEPTH);
  if (!found.ok) return;
  const tags = new Set(found.members.map(({ name }) => name).filter((name) => name !== 'user_id'));
  if (tags.size === 0) return;
  if (tags.size === found.members.length) remove.add('metadata');
  else set.set('metadata', patchMembers(value, found.members, new Map(), tags));
}

function readExtensions(
  read: (name: string) => unknown,
  extensionMembers: ReadonlySet<string>,
): RequestExtensions {
  const metadata = read('metadata');
  const isMap = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  const { user_id: user, ...tags } = isMap ? (metadata as Record<string, unknown>) : {};
  const extensions = readBodyExtensions((name) => {
    if (name === 'metadata') return isMap ? tags : metadata;
    return extensionMembers.has(name) ? read(name) : undefined;
  });
  if (typeof user !== 'string' || user === '' || extensions.endUser !== '') return extensions;
  // Cut, not refused: what Anthropic accepts must pass.
  return { ...extensions, endUser: readEndUser(user.slice(0, MAX_USER_LENGTH)) };
}

function readEndUser(user: string): string {
  return readBodyExtensions((name) => (name === 'user' ? user : undefined)).endUser;
}

function readModel(value: unknown): string {
  if (value === undefined) throw invalid('"model" is required', 'model');
  if (typeof value !== 'string' || value === '' || value.length > MAX_MODEL_LENGTH) {
    throw invalid(`"model" must be a string of 1 to ${MAX_MODEL_LENGTH} characters`, 'model');
  }
  return value;
}

function readStream(value: unknown): boolean {
  if (isAbsent(value)) return false;
  if (typeof value !== 'boolean') throw invalid('"stream" must be a boolean', 'stream');
  return value;
}

function readOutputLimit(value: unknown): number | undefined {
  if (isAbsent(value)) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw invalid('"max_tokens" must be an integer from 0', 'max_tokens');
  }
  return value as number;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function invalid(rule: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `Cannot read the request: ${rule}.`, { param });
}
