/** Chat completions away from their usual path: below `/openai/v1` with Azure's header, and in batches. */
import { chatReply } from '../chat-reply.ts';
import { decideChat } from '../decide-chat.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';

export function answerOpenAiChat(call: Call, { settings, runtime }: Stage): Reply {
  const { headers, rawHeaders } = call.message;
  const key = headers['api-key'];
  const authorization = headers.authorization ?? (typeof key === 'string' ? `Bearer ${key}` : undefined);
  const decision = decideChat(authorization, rawHeaders, call.bodyText, settings);
  return chatReply(decision, call.bodyText, call, runtime);
}
