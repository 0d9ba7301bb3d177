/**
 * What the pipeline needs to know of a chat completion request, and the request as a provider of the same
 * dialect gets it.
 *
 * The body is checked to be JSON and otherwise kept as bytes: only the members named here are read, and only
 * the model, `stream_options.include_usage` and our extension fields are ever changed.
 */
import { findMembers, type ObjectMember, patchMembers } from '../json/object-members.ts';
import { MAX_BODY_DEPTH, openRequestBody } from '../json/request-body.ts';
import type { RequestUse } from '../request-use.ts';
import { encodeBytes } from '../sse/event-parser.ts';
import { chatUse, USE_MEMBERS } from './chat-use.ts';
import { type RequestExtensions, readBodyExtensions } from './request-extensions.ts';
import { readModelName, readSwitch, readTokenLimit, readWantsUsage } from './request-members.ts';

export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  /** Whether the client itself asked for the usage chunk. */
  readonly wantsUsage: boolean;
  readonly maxOutputTokens: number | undefined;
  /** What it can use at most, for budgets. */
  readonly use: RequestUse;
  readonly extensions: RequestExtensions;
  /** As received. */
  readonly body: Buffer;
  /** The body's bytes as Latin-1, with its members; for `patchChatRequest`. */
  readonly text: string;
  readonly members: readonly ObjectMember[];
}

/** Members that are read, and so may stand only once: a provider might read the other one. */
const READ_MEMBERS = new Set([
  'model',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'user',
  'metadata',
  'models',
  'provider',
  'fallbacks',
  'tags',
  ...USE_MEMBERS,
]);
/** Extension members that no provider knows; OpenRouter's and LiteLLM's names. */
const EXTENSION_MEMBERS: ReadonlySet<string> = new Set(['models', 'provider', 'fallbacks', 'tags']);

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readChatRequest(received: Buffer): ChatRequest {
  const { read, parsed, body, text, members } = openRequestBody(received, READ_MEMBERS);
  const stream = readSwitch(read('stream'), 'stream');
  const newerLimit = readTokenLimit(read('max_completion_tokens'), 'max_completion_tokens');
  const olderLimit = readTokenLimit(read('max_tokens'), 'max_tokens');
  // Of two, the provider may read either.
  const outputCap =
    newerLimit === undefined || olderLimit === undefined
      ? (newerLimit ?? olderLimit)
      : Math.max(newerLimit, olderLimit);
  return {
    model: readModelName(read('model')),
    stream,
    wantsUsage: stream && readWantsUsage(read('stream_options')),
    maxOutputTokens: newerLimit ?? olderLimit,
    use: chatUse(parsed, body.length, outputCap),
    extensions: readBodyExtensions(read),
    body,
    text,
    members,
  };
}

export interface ChatPatch {
  /** The provider's name for the model. */
  readonly model: string;
  /** Further members that this provider does not know. */
  readonly remove?: readonly string[];
  /** What a budget affords; the body then carries this one in the member that the provider obeys. */
  readonly outputCap?: { readonly tokens: number; readonly member: OutputCapMember };
}

export type OutputCapMember = 'max_tokens' | 'max_completion_tokens';

/** The body for an upstream of the same dialect; the received bytes themselves where nothing changes. */
export function patchChatRequest(request: ChatRequest, patch: ChatPatch): Buffer {
  const set = new Map<string, string>();
  const remove = new Set<string>();
  for (const { name } of request.members) {
    if (EXTENSION_MEMBERS.has(name) || patch.remove?.includes(name)) remove.add(name);
  }
  if (patch.model !== request.model) set.set('model', encodeBytes(JSON.stringify(patch.model)));
  // Who does not know the option reports usage unasked, or not at all.
  const takesOptions = patch.remove?.includes('stream_options') !== true;
  if (request.stream && !request.wantsUsage && takesOptions)
    set.set('stream_options', streamOptionsWithUsage(request));
  if (patch.outputCap !== undefined) capOutput(request, patch.outputCap, set, remove);
  if (set.size === 0 && remove.size === 0) return request.body;
  return Buffer.from(patchMembers(request.text, request.members, set, remove), 'latin1');
}

/**
 * In one member: some providers refuse both, others obey only one of them. Who knows the newer member knows the
 * older one too, so that a caller's own is left alone there.
 */
function capOutput(
  request: ChatRequest,
  { tokens, member }: NonNullable<ChatPatch['outputCap']>,
  set: Map<string, string>,
  remove: Set<string>,
): void {
  const text = String(tokens);
  const caps = request.members.filter(
    ({ name }) => name === 'max_tokens' || name === 'max_completion_tokens',
  );
  const own = caps.length === 1 ? caps[0] : undefined;
  const isObeyed = own?.name === member || own?.name === 'max_tokens';
  if (own !== undefined && isObeyed && request.text.slice(own.valueStart, own.end) === text) {
    remove.delete(own.name);
    return;
  }
  for (const { name } of caps) if (name !== member) remove.add(name);
  remove.delete(member);
  set.set(member, text);
}

function streamOptionsWithUsage(request: ChatRequest): string {
  const member = request.members.find(({ name }) => name === 'stream_options');
  const value = member === undefined ? 'null' : request.text.slice(member.valueStart, member.end);
  const options = findMembers(value, MAX_BODY_DEPTH);
  const members = options.ok ? options.members : [];
  return patchMembers(value, members, new Map([['include_usage', 'true']]), new Set());
}
