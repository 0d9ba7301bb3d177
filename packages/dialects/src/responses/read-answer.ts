/** A provider's whole response in neutral words. */
import { isJsonObject, listIn, numberIn, objectIn, present, someTextIn, textIn } from '../json/json-value.ts';
import type { Finish, NeutralAnswer, TokenLogprob } from '../neutral/answer.ts';
import type { Part } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { attachCallSignatures } from '../openai/chat-codec/call-signatures.ts';
import { readLogprobs } from '../openai/chat-codec/logprobs.ts';
import { readOutputItem } from './read-items.ts';
import { readResponsesUsage } from './usage.ts';

/** @returns Undefined where the body is no response, or one that failed. */
export function readResponsesCodecAnswer(body: JsonValue): NeutralAnswer | undefined {
  if (!isJsonObject(body) || !Array.isArray(body.output)) return undefined;
  if (body.status === 'failed' || isJsonObject(body.error)) return undefined;
  const items = listIn(body.output).map(objectIn);
  const content = attachCallSignatures(items.flatMap(readAnswerItem));
  const logprobs = items.flatMap(itemLogprobs);
  const created = numberIn(body.created_at);
  return present({
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    createdAt: created === undefined ? undefined : Math.trunc(created),
    choices: [
      present({
        content,
        finish: readResponseFinish(body, content),
        logprobs: logprobs.length === 0 ? undefined : logprobs,
      }),
    ],
    usage: readResponsesUsage(body),
    serviceTier: someTextIn(body.service_tier),
  });
}

/** A generated image is one, whichever format the caller speaks. */
export function readAnswerItem(item: JsonObject): readonly Part[] {
  const data = item.type === 'image_generation_call' ? someTextIn(item.result) : undefined;
  if (data === undefined) return readOutputItem(item);
  const format = textIn(item.output_format) ?? 'png';
  return [{ kind: 'image', source: { kind: 'base64', mediaType: `image/${format}`, data } }];
}

export function readResponseFinish(response: JsonObject, content: readonly Pick<Part, 'kind'>[]): Finish {
  const status = textIn(response.status) ?? 'completed';
  if (status === 'incomplete') {
    const reason = textIn(objectIn(response.incomplete_details).reason) ?? status;
    const kind =
      reason === 'content_filter' ? 'filtered' : reason === 'max_output_tokens' ? 'length' : 'other';
    return { kind, raw: reason };
  }
  if (status !== 'completed') return { kind: 'other', raw: status };
  return { kind: content.some((part) => part.kind === 'toolCall') ? 'toolCalls' : 'stop', raw: status };
}

function itemLogprobs(item: JsonObject): readonly TokenLogprob[] {
  if (item.type !== 'message') return [];
  return listIn(item.content).flatMap((part) => readLogprobs(objectIn(part).logprobs) ?? []);
}
