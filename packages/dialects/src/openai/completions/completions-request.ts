/**
 * The legacy completions endpoint: what the pipeline needs to know of a request, whose body stays bytes. Its answers
 * are those of chat with `text` in place of a message, and are read by the same readers.
 */
import { openRequestBody } from '../../json/request-body.ts';
import { countChoices, type RequestUse } from '../../request-use.ts';
import { type ChatRequest, patchChatRequest } from '../chat-request.ts';
import { readBodyExtensions } from '../request-extensions.ts';
import { readModelName, readSwitch, readTokenLimit, readWantsUsage } from '../request-members.ts';

/** As chat's, so that the same patching serves both. */
export type CompletionsRequest = ChatRequest;

const READ_MEMBERS: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'max_tokens', 'user', 'metadata'],
  ...['models', 'provider', 'fallbacks', 'tags', 'prompt', 'n', 'best_of'],
]);

/** @throws {GatewayError} `invalid_request`, naming the field at fault where there is one. */
export function readCompletionsRequest(received: Buffer): CompletionsRequest {
  const { read, parsed, body, text, members } = openRequestBody(received, READ_MEMBERS);
  const stream = readSwitch(read('stream'), 'stream');
  const maxOutputTokens = readTokenLimit(read('max_tokens'), 'max_tokens', 0);
  return {
    model: readModelName(read('model')),
    stream,
    wantsUsage: stream && readWantsUsage(read('stream_options')),
    maxOutputTokens,
    use: completionsUse(parsed, body.length, maxOutputTokens),
    extensions: readBodyExtensions(read),
    body,
    text,
    members,
  };
}

export interface CompletionsPatch {
  readonly model: string;
  readonly remove?: readonly string[];
  /** What a budget affords. */
  readonly maxOutputTokens?: number;
}

/** The body for an upstream that has the endpoint; the received bytes themselves where nothing changes. */
export function patchCompletionsRequest(request: CompletionsRequest, patch: CompletionsPatch): Buffer {
  const { model, remove = [], maxOutputTokens } = patch;
  const cap =
    maxOutputTokens === undefined
      ? {}
      : { outputCap: { tokens: maxOutputTokens, member: 'max_tokens' } as const };
  return patchChatRequest(request, { model, remove, ...cap });
}

function completionsUse(
  { prompt, n, best_of: bestOf }: Readonly<Record<string, unknown>>,
  bytes: number,
  outputCap: number | undefined,
): RequestUse {
  return {
    // A prompt may be tokens already, each of which is at least a digit.
    inputTokensMax: bytes,
    unseenInput: false,
    prompts: promptCount(prompt),
    outputCap: outputCap ?? null,
    choices: Math.max(countChoices(n), countChoices(bestOf)) * promptCount(prompt),
    audio: false,
    unbounded: false,
  };
}

/** Several texts, or several lists of tokens, are prompts of their own. */
function promptCount(prompt: unknown): number {
  if (!Array.isArray(prompt) || typeof prompt[0] === 'number') return 1;
  return Math.max(1, prompt.length);
}
