/**
 * What the pipeline needs to know of a Responses request, and the request as a provider of the same format gets it.
 *
 * Otherwise the body stays bytes: only the model, the output limit and our extension fields are ever changed.
 * Streams report usage unasked.
 */
import type { ObjectMember } from '../json/object-members.ts';
import { patchMembers } from '../json/object-members.ts';
import { openRequestBody } from '../json/request-body.ts';
import { type RequestExtensions, readBodyExtensions } from '../openai/request-extensions.ts';
import { readModelName, readSwitch, readTokenLimit } from '../openai/request-members.ts';
import type { RequestUse } from '../request-use.ts';
import { encodeBytes } from '../sse/event-parser.ts';
import { responsesUse, USE_MEMBERS } from './responses-use.ts';

export interface ResponsesRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly maxOutputTokens: number | undefined;
  /** What it can use at most, for budgets. */
  readonly use: RequestUse;
  readonly extensions: RequestExtensions;
  /** As received. */
  readonly body: Buffer;
  /** The body's bytes as Latin-1, with its members; for `patchResponsesRequest`. */
  readonly text: string;
  readonly members: readonly ObjectMember[];
}

/** Members that no provider knows; OpenRouter's and LiteLLM's names. */
const EXTENSION_MEMBERS = ['models', 'provider', 'fallbacks', 'tags'] as const;
const READ_MEMBERS: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'user', 'metadata'],
  ...EXTENSION_MEMBERS,
  ...USE_MEMBERS,
]);

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readResponsesRequest(received: Buffer): ResponsesRequest {
  const { read, parsed, body, text, members } = openRequestBody(received, READ_MEMBERS);
  const maxOutputTokens = readTokenLimit(read('max_output_tokens'), 'max_output_tokens');
  return {
    model: readModelName(read('model')),
    stream: readSwitch(read('stream'), 'stream'),
    maxOutputTokens,
    use: responsesUse(parsed, body.length, maxOutputTokens),
    extensions: readBodyExtensions(read),
    body,
    text,
    members,
  };
}

export interface ResponsesPatch {
  /** The provider's name for the model. */
  readonly model: string;
  /** Further members that this provider does not know. */
  readonly remove?: readonly string[];
  /** What a budget affords. */
  readonly maxOutputTokens?: number;
}

/** The body for an upstream of the same format; the received bytes themselves where nothing changes. */
export function patchResponsesRequest(request: ResponsesRequest, patch: ResponsesPatch): Buffer {
  const { model, remove: unknown = [], maxOutputTokens } = patch;
  const set = new Map<string, string>();
  if (model !== request.model) set.set('model', encodeBytes(JSON.stringify(model)));
  if (maxOutputTokens !== undefined && maxOutputTokens !== request.maxOutputTokens) {
    set.set('max_output_tokens', String(maxOutputTokens));
  }
  const remove = new Set<string>([...EXTENSION_MEMBERS, ...unknown]);
  if (set.size === 0 && !request.members.some(({ name }) => remove.has(name))) return request.body;
  return Buffer.from(patchMembers(request.text, request.members, set, remove), 'latin1');
}
