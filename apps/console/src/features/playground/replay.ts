/**
 * A request whose payload is kept, as the playground begins with it: in the chat where that can say the same, as a body
 * otherwise. Pure.
 */
import type { PayloadBody, RequestDetail } from '@tollgate/api';
import type { Settings, Step, Turn } from './conversation.ts';
import { holdsItsNumbers } from './json-numbers.ts';
import { filePartOf, RAW_ENDPOINTS, type RawBody, type RawEndpoint } from './raw-endpoints.ts';
import { toChatStart } from './replay-chat.ts';

export interface ChatStart {
  readonly model: string;
  readonly settings: Settings;
  /** What was said before the last message. */
  readonly turns: readonly Turn[];
  /** To these, by the id of the turn: a part of the conversation, whichever model goes on with it. */
  readonly answers: Readonly<Record<string, readonly Step[]>>;
  /** The last message. */
  readonly message: string;
}

export interface RawStart {
  readonly endpoint: RawEndpoint;
  /** Empty: not chosen yet. */
  readonly model: string;
  /** The body as JSON: as it was kept where numbers would change by reading and writing it. */
  readonly text: string;
}

/** Why a request cannot be made again: only its beginning is kept, or there is no JSON, or no endpoint for it. */
export type ReplayProblem = 'cut' | 'not-replayable';
export type Replay =
  | { readonly chat: ChatStart }
  | { readonly raw: RawStart }
  | { readonly problem: ReplayProblem };

/** Why nothing is known of what a request said. */
export type NoContent = 'no-content' | 'unreadable';

/** @param status With which its payload was refused: 0 where no answer came, undefined where none is kept. */
export function whyNoContent(status: number | undefined): NoContent {
  return status === undefined || status === 403 || status === 404 ? 'no-content' : 'unreadable';
}

type Asked = Pick<RequestDetail, 'endpoint' | 'requestedModel'>;
type Said = Pick<PayloadBody, 'text' | 'isCut'>;

/** @param said Null: no text of it is kept. */
export function readReplay({ endpoint, requestedModel }: Asked, said: Said | null): Replay {
  if (said?.isCut) return { problem: 'cut' };
  const known = RAW_ENDPOINTS.find((name) => name === endpoint);
  const sent = said === null ? undefined : parseObject(said.text);
  if (said === null || sent === undefined || known === undefined || filePartOf(known) !== undefined)
    return { problem: 'not-replayable' };
  // Gemini's stands in the path.
  const body = 'model' in sent ? sent : { model: requestedModel, ...sent };
  const isExact = holdsItsNumbers(said.text);
  const chat = isExact && known === 'chat.completions' ? toChatStart(body) : undefined;
  if (chat !== undefined) return { chat };
  const model = typeof body.model === 'string' ? body.model : '';
  const kept = 'model' in sent ? said.text : withModel(said.text, model);
  return { raw: { endpoint: known, model, text: isExact ? JSON.stringify(body, null, 2) : kept } };
}

/** @param text Of an object that has members. */
function withModel(text: string, model: string): string {
  return text.replace(/^\s*\{/, () => `{"model":${JSON.stringify(model)},`);
}

function parseObject(text: string): RawBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as RawBody) : undefined;
  } catch {
    return undefined;
  }
}
