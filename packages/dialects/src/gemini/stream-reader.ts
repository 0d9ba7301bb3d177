/**
 * The events of a generateContent stream as neutral ones.
 *
 * Every event is an answer that holds the next piece; pieces of one kind that follow each other are one block. A
 * stream has no last word of its own: it is complete when every candidate has told why it stopped.
 */
import { isJsonObject, listIn, numberIn, textIn } from '../json/json-value.ts';
import type { BlockStart, NeutralEvent } from '../neutral/answer.ts';
import type { StreamReader } from '../neutral/codec.ts';
import type { Part, ReasoningPart, Signature, TextPart } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { nativeMembersOf, readAnsweredTier, readTime } from './answer-reader.ts';
import { type CallIds, createAnswerIds, readPart } from './content-reader.ts';
import { readGeminiFinish } from './finish-reason.ts';
import { groundingOf, readCitations } from './grounding.ts';
import { readLogprobs } from './logprobs.ts';
import { createPartialCalls, type PartialCalls } from './partial-calls.ts';
import { findProto, proto } from './proto.ts';
import { readGenerateUsage, searchUnits, withSearches } from './usage.ts';

interface OpenBlock {
  readonly kind: 'text' | 'reasoning';
  readonly number: number;
  readonly isSigned: boolean;
}

interface Choice {
  blocks: number;
  open: OpenBlock | undefined;
  /** All text, for the places of citations; and how much of it came before the open block. */
  text: string;
  textBefore: number;
  hasCalls: boolean;
  readonly calls: PartialCalls;
  /** Why it stopped, as told last: older models say STOP with every piece. */
  reason: string | undefined;
}

export function createGenerateStreamReader(): StreamReader {
  const choices = new Map<number, Choice>();
  let ids: CallIds | undefined;
  let model = '';
  let searches = 0;
  let blocked = false;
  let ended = false;

  const choiceAt = (index: number): Choice => {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const choice: Choice = {
      blocks: 0,
      open: undefined,
      text: '',
      textBefore: 0,
      hasCalls: false,
      calls: createPartialCalls(),
      reason: undefined,
    };
    choices.set(index, choice);
    return choice;
  };

  const begin = (answer: JsonObject): NeutralEvent[] => {
    if (ids !== undefined) return [];
    const id = textIn(answer.responseId) ?? '';
    model = textIn(answer.modelVersion) ?? '';
    ids = createAnswerIds(id);
    const createdAt = readTime(answer.createTime);
    return [
      {
        kind: 'start',
        id,
        model,
        ...(createdAt === undefined ? {} : { createdAt }),
        ...readAnsweredTier(answer.usageMetadata),
      },
    ];
  };

  const endBlock = (index: number, choice: Choice): NeutralEvent[] => {
    const { open } = choice;
    if (open === undefined) return [];
    choice.open = undefined;
    return [{ kind: 'blockEnd', choice: index, block: open.number }];
  };

  const startBlock = (index: number, choice: Choice, start: BlockStart): NeutralEvent[] => {
    const events = endBlock(index, choice);
    events.push({ kind: 'blockStart', choice: index, block: choice.blocks, start });
    choice.blocks += 1;
    return events;
  };

  const takeFlowing = (index: number, choice: Choice, part: TextPart | ReasoningPart): NeutralEvent[] => {
    const { kind, text, signature } = part;
    const events: NeutralEvent[] = [];
    // What is signed is complete; a signature alone signs what stands open.
    const goesOn = choice.open?.kind === kind && !choice.open.isSigned;
    if (!goesOn) {
      if (kind === 'text') choice.textBefore = choice.text.length;
      const start: BlockStart = kind === 'text' ? { kind } : reasoningStart(part);
      events.push(...startBlock(index, choice, start));
    }
    const number = choice.blocks - 1;
    choice.open = { kind, number, isSigned: signature !== undefined };
    if (kind === 'text') choice.text += text;
    if (text !== '') {
      events.push({ kind: 'blockDelta', choice: index, block: number, delta: { kind: 'text', text } });
    }
    if (signature !== undefined) events.push(signatureDelta(index, number, signature));
    return events;
  };

  const takePart = (index: number, choice: Choice, part: Part): NeutralEvent[] => {
    switch (part.kind) {
      case 'text':
        return takeFlowing(index, choice, part);
      case 'reasoning':
        if (part.redacted === undefined) return takeFlowing(index, choice, part);
        break;
      case 'toolCall': {
        choice.hasCalls = true;
        const events = startBlock(index, choice, { kind: 'toolCall', id: part.id, name: part.name });
        const block = choice.blocks - 1;
        if (part.signature !== undefined) events.push(signatureDelta(index, block, part.signature));
        events.push({
          kind: 'blockDelta',
          choice: index,
          block,
          delta: { kind: 'text', text: part.arguments },
        });
        events.push({ kind: 'blockEnd', choice: index, block });
        return events;
      }
      case 'audio':
        if (part.source.kind !== 'base64') break;
        return takeAudio(index, choice, part.source.data);
      default:
        break;
    }
    const events = startBlock(index, choice, { kind: 'whole', part });
    events.push({ kind: 'blockEnd', choice: index, block: choice.blocks - 1 });
    return events;
  };

  const takeAudio = (index: number, choice: Choice, data: string): NeutralEvent[] => {
    const events = startBlock(index, choice, { kind: 'audio' });
    const block = choice.blocks - 1;
    events.push({ kind: 'blockDelta', choice: index, block, delta: { kind: 'audio', data } });
    events.push({ kind: 'blockEnd', choice: index, block });
    return events;
  };

  const takeCandidate = (value: JsonValue): NeutralEvent[] => {
    const candidate = proto(value);
    const index = numberIn(candidate.index) ?? 0;
    const choice = choiceAt(index);
    const known = ids ?? createAnswerIds('');
    const { calls } = choice;
    const told = listIn(proto(candidate.content).parts).flatMap((part) => calls.take(part));
    const isLast = typeof candidate.finishReason === 'string';
    const parts = [...told, ...(isLast ? calls.flush() : [])].flatMap(
      (part) => readPart(part, '', known, () => {}) ?? [],
    );
    const events = parts.flatMap((part) => takePart(index, choice, part));
    const logprobs = readLogprobs(candidate.logprobsResult);
    if (logprobs !== undefined && logprobs.length > 0) {
      events.push(...onText(index, choice), {
        kind: 'blockDelta',
        choice: index,
        block: choice.blocks - 1,
        delta: { kind: 'logprobs', logprobs },
      });
    }
    for (const citation of readCitations(candidate, choice.text)) {
      const { start, end, ...rest } = citation;
      const isPlaced = start !== undefined && end !== undefined && start >= choice.textBefore;
      const placed = isPlaced
        ? { ...rest, start: start - choice.textBefore, end: end - choice.textBefore }
        : rest;
      events.push(...onText(index, choice), {
        kind: 'blockDelta',
        choice: index,
        block: choice.blocks - 1,
        delta: { kind: 'citation', citation: placed },
      });
    }
    if (typeof candidate.finishReason === 'string') choice.reason = candidate.finishReason;
    return events;
  };

  const finish = (index: number, choice: Choice): NeutralEvent[] => [
    ...endBlock(index, choice),
    { kind: 'finish', choice: index, finish: readGeminiFinish(choice.reason ?? '', choice.hasCalls) },
  ];

  /** What is said of the text needs a block that takes it. */
  const onText = (index: number, choice: Choice): NeutralEvent[] => {
    if (choice.open?.kind === 'text') return [];
    const events = startBlock(index, choice, { kind: 'text' });
    choice.open = { kind: 'text', number: choice.blocks - 1, isSigned: false };
    choice.textBefore = choice.text.length;
    return events;
  };

  const takeUsage = (answer: JsonObject): NeutralEvent[] => {
    searches = Math.max(searches, searchUnits(model, groundingOf(answer.candidates)));
    const usage = withSearches(readGenerateUsage(proto(answer.usageMetadata)), searches);
    return usage === undefined ? [] : [{ kind: 'usage', usage, ...readAnsweredTier(answer.usageMetadata) }];
  };

  const takeAnswer = (value: JsonValue): NeutralEvent[] => {
    const answer = findProto(value);
    if (answer === undefined || answer.error !== undefined) return [{ kind: 'error', body: value }];
    const { candidates, promptFeedback, usageMetadata } = answer;
    if (candidates === undefined && promptFeedback === undefined && usageMetadata === undefined) {
      return [{ kind: 'error', body: value }];
    }
    const events = begin(answer);
    const members = nativeMembersOf(answer);
    if (members !== undefined) events.push({ kind: 'native', members });
    events.push(...listIn(candidates).filter(isJsonObject).flatMap(takeCandidate));
    const { blockReason } = proto(promptFeedback);
    if (typeof blockReason === 'string' && choices.size === 0 && !blocked) {
      blocked = true;
      events.push({ kind: 'promptBlocked', reason: blockReason });
    }
    events.push(...takeUsage(answer));
    return events;
  };

  return {
    // Without `alt=sse` it is one list of answers; errors come in one, too.
    read: (data) => (Array.isArray(data) ? listIn(data).flatMap(takeAnswer) : takeAnswer(data)),
    close() {
      const isComplete =
        blocked || (choices.size > 0 && [...choices.values()].every(({ reason }) => reason !== undefined));
      if (ended || !isComplete) return [];
      ended = true;
      return [...[...choices].flatMap(([index, choice]) => finish(index, choice)), { kind: 'end' }];
    },
  };
}

function reasoningStart(part: TextPart | ReasoningPart): BlockStart {
  const id = part.kind === 'reasoning' ? part.id : undefined;
  return { kind: 'reasoning', isSummary: true, ...(id === undefined ? {} : { id }) };
}

function signatureDelta(choice: number, block: number, signature: Signature): NeutralEvent {
  return { kind: 'blockDelta', choice, block, delta: { kind: 'signature', signature } };
}
