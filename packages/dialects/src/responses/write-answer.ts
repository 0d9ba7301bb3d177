/** A neutral answer as the clients of the Responses API read it. */
import type { NeutralAnswer, TokenLogprob } from '../neutral/answer.ts';
import type { AnswerContext } from '../neutral/codec.ts';
import type { Part } from '../neutral/parts.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import {
  callItem,
  imageItem,
  messageContent,
  messageItem,
  nativeItem,
  reasoningItem,
  textProofItem,
} from './output-items.ts';
import { headOf, itemId, type ResponseHead, statusOf, writeResponse } from './response-object.ts';

export function writeResponsesCodecAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const head = headOf(answer, context);
  // One answer is all that can be asked for.
  const [choice] = answer.choices;
  const finish = choice?.finish ?? ({ kind: 'filtered', raw: answer.promptBlocked ?? '' } as const);
  return writeResponse(
    head,
    {
      status: statusOf(finish),
      output: writeOutput(choice?.content ?? [], choice?.logprobs ?? [], head),
      usage: answer.usage,
      finish,
    },
    context,
  );
}

function writeOutput(
  content: readonly Part[],
  logprobs: readonly TokenLogprob[],
  head: ResponseHead,
): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let said: JsonObject[] = [];
  let untold = logprobs;
  const flush = (): void => {
    if (said.length > 0) items.push(messageItem(itemId('msg', head, items.length), 'completed', said));
    said = [];
  };
  for (const part of content) {
    const spoken = messageContent(part, untold);
    if (spoken !== undefined) {
      untold = [];
      said.push(spoken);
      if (part.kind === 'text' && part.signature !== undefined) {
        flush();
        items.push(textProofItem(part.signature));
      }
      continue;
    }
    flush();
    const item = writeItem(part, head, items.length);
    if (item !== undefined) items.push(item);
  }
  flush();
  return items;
}

function writeItem(part: Part, head: ResponseHead, index: number): JsonObject | undefined {
  switch (part.kind) {
    case 'reasoning':
      return reasoningItem(part, part.id ?? itemId('rs', head, index));
    case 'toolCall':
      return callItem(part, itemId(part.custom === true ? 'ctc' : 'fc', head, index), 'completed');
    case 'image':
      return imageItem(part, itemId('ig', head, index));
    case 'native':
      return nativeItem(part);
    default:
      return undefined;
  }
}
