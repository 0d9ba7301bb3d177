/** A whole Message as the neutral answer. Lenient: what is no block is left out, what is no message is none. */

import { isJsonObject, textIn } from '../json/json-value.ts';
import type { JsonObject, JsonValue, NeutralAnswer } from '../neutral/index.ts';
import { readContent } from './content-reader.ts';
import { without } from './json.ts';
import { readStopReason } from './stop-reason.ts';
import { readAnsweredTier, readMessagesUsage } from './usage.ts';

const KNOWN_MEMBERS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'usage',
]);

export function readMessage(body: JsonValue): NeutralAnswer | undefined {
  if (!isJsonObject(body) || body.type === 'error') return undefined;
  const content = readContent(body.content, '', ignore, ignore);
  if (content === undefined || typeof body.content === 'string') return undefined;
  const usage = readMessagesUsage(body.usage);
  const serviceTier = readAnsweredTier(isJsonObject(body.usage) ? body.usage.service_tier : undefined);
  const members = ownMembers(body);
  return {
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    choices: [{ content, finish: readStopReason(body.stop_reason, body.stop_sequence) }],
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(members === undefined ? {} : { nativeMembers: { members } }),
  };
}

/** What a message says that the neutral answer has no words for: container, stop details, context management. */
export function ownMembers(message: JsonObject): JsonObject | undefined {
  return without(message, KNOWN_MEMBERS);
}

function ignore(): void {}
