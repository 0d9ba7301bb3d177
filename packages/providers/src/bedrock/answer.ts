/** A whole Converse answer as the neutral one, and back. */
import { emptyUsage } from '@tollgate/catalog';
import {
  type AnswerContext,
  type JsonObject,
  type JsonValue,
  type NeutralAnswer,
  type Part,
  TranslationNotes,
} from '@tollgate/dialects';
import { readBlocks } from './content-reader.ts';
import { writeBlocks } from './content-writer.ts';
import { isObject, objectIn, textIn } from './json.ts';
import { readConverseStop, writeConverseStop } from './stop-reason.ts';
import { readConverseUsage, writeConverseUsage } from './usage.ts';

/** Told by Converse and by no other format; latency and the SDK's own members are nobody's matter. */
const OWN_MEMBERS = ['trace', 'additionalModelResponseFields', 'performanceConfig'] as const;

export function readConverseAnswer(body: JsonValue): NeutralAnswer | undefined {
  if (!isObject(body)) return undefined;
  const message = objectIn(body.output).message;
  if (!isObject(message) || !Array.isArray(message.content)) return undefined;
  const usage = readConverseUsage(body.usage);
  const serviceTier = textIn(objectIn(body.serviceTier).type);
  const members = Object.fromEntries(
    OWN_MEMBERS.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
  );
  const { stop_sequence: stopSequence } = objectIn(body.additionalModelResponseFields);
  return {
    id: '',
    model: '',
    choices: [
      { content: readBlocks(message.content), finish: readConverseStop(body.stopReason, stopSequence) },
    ],
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(Object.keys(members).length === 0 ? {} : { nativeMembers: { members } }),
  };
}

export function writeConverseAnswer(answer: NeutralAnswer, _context: AnswerContext): JsonObject {
  const [choice] = answer.choices;
  const stopSequence = choice?.finish.stopSequence;
  return {
    metrics: { latencyMs: 0 },
    output: {
      message: { role: 'assistant', content: (choice?.content ?? []).flatMap(writeAnswerPart) },
    },
    stopReason: choice === undefined ? 'content_filtered' : writeConverseStop(choice.finish),
    usage: writeConverseUsage(answer.usage ?? emptyUsage()),
    ...(answer.serviceTier === undefined ? {} : { serviceTier: { type: answer.serviceTier } }),
    ...(stopSequence === undefined ? {} : { additionalModelResponseFields: { stop_sequence: stopSequence } }),
  };
}

/** What an answer cannot say here is left out: nobody asked Converse for it. */
export function writeAnswerPart(part: Part): readonly JsonObject[] {
  if (part.kind === 'reasoning' && part.signature === undefined && part.redacted === undefined) {
    return [{ reasoningContent: { reasoningText: { text: part.text } } }];
  }
  return writeBlocks(part, '', {
    notes: new TranslationNotes('report', 'Bedrock'),
    documentNames: new Set(),
  });
}
