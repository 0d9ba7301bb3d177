/**
 * Neutral events as those of a generateContent stream.
 *
 * Calls are told whole, when their arguments are complete. Why each candidate stopped, the usage and the sources
 * come with the last event, where clients of this format look for them.
 */
import { emptyUsage, type TokenUsage } from '@tollgate/catalog';
import type { BlockDelta, BlockStart, Finish, NeutralEvent } from '../neutral/answer.ts';
import type { AnswerContext, StreamMessage, StreamWriter } from '../neutral/codec.ts';
import type { Citation, Signature } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { carried, shifted, writeAnswerPart } from './answer-writer.ts';
import { geminiErrorBody } from './error-body.ts';
import { writeBlockReason, writeGeminiFinish } from './finish-reason.ts';
import { writeGrounding } from './grounding.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeProof } from './signature.ts';
import { writeGenerateUsage } from './usage.ts';

interface Block {
  readonly start: BlockStart;
  /** Of a call, its arguments so far. */
  text: string;
  /** Where its text begins in that of its candidate. */
  readonly textBefore: number;
  signature?: Signature;
}

interface Candidate {
  readonly blocks: Map<number, Block>;
  text: string;
  readonly cited: Citation[];
  finish?: Finish;
}

export function createGenerateStreamWriter(context: AnswerContext): StreamWriter {
  const candidates = new Map<number, Candidate>();
  let responseId = context.requestId;
  let usage: TokenUsage | undefined;
  let blockReason: string | undefined;

  const candidateAt = (index: number): Candidate => {
    const known = candidates.get(index);
    if (known !== undefined) return known;
    const candidate: Candidate = { blocks: new Map(), text: '', cited: [] };
    candidates.set(index, candidate);
    return candidate;
  };

  const message = (members: JsonObject): StreamMessage => ({
    event: '',
    data: JSON.stringify({ ...members, modelVersion: context.model, responseId }),
  });

  const say = (index: number, parts: readonly JsonObject[], more: JsonObject = {}): StreamMessage[] =>
    parts.length === 0 && Object.keys(more).length === 0
      ? []
      : [message({ candidates: [{ content: { role: 'model', parts }, index, ...more }] })];

  const startBlock = (index: number, number: number, start: BlockStart): StreamMessage[] => {
    const candidate = candidateAt(index);
    candidate.blocks.set(number, { start, text: '', textBefore: candidate.text.length });
    return start.kind === 'whole' ? say(index, writeAnswerPart(start.part)) : [];
  };

  const sayText = (index: number, block: Block, text: string): StreamMessage[] => {
    switch (block.start.kind) {
      case 'toolCall':
        block.text += text;
        return [];
      case 'reasoning':
        return say(index, [{ text, thought: true }]);
      default:
        candidateAt(index).text += text;
        return say(index, [{ text }]);
    }
  };

  const writeDelta = (index: number, block: Block, delta: BlockDelta): StreamMessage[] => {
    switch (delta.kind) {
      case 'text':
        return sayText(index, block, delta.text);
      case 'signature':
        block.signature = delta.signature;
        return [];
      case 'citation':
        candidateAt(index).cited.push(shifted(delta.citation, block.textBefore));
        return [];
      case 'audio': {
        const data = delta.data === '' ? [] : [{ inlineData: { mimeType: 'audio/pcm', data: delta.data } }];
        const spoken =
          delta.transcript === undefined || delta.transcript === '' ? [] : [{ text: delta.transcript }];
        return say(index, [...data, ...spoken]);
      }
      case 'logprobs':
        return say(index, [], { logprobsResult: writeLogprobs(delta.logprobs) });
    }
  };

  const endBlock = (index: number, number: number): StreamMessage[] => {
    const { blocks } = candidateAt(index);
    const block = blocks.get(number);
    blocks.delete(number);
    if (block === undefined) return [];
    const { start, signature, text } = block;
    if (start.kind === 'toolCall') {
      const { id, name, custom } = start;
      const call = {
        kind: 'toolCall' as const,
        id,
        name,
        arguments: text,
        ...(custom === undefined ? {} : { custom }),
        ...(signature === undefined ? {} : { signature }),
      };
      return say(index, writeAnswerPart(call));
    }
    const id = start.kind === 'reasoning' && signature?.format !== 'gemini-generate' ? start.id : undefined;
    const proof = writeProof({
      ...(id === undefined ? {} : { id }),
      ...(signature === undefined ? {} : { signature }),
    });
    if (proof === undefined) return [];
    return say(index, [
      { text: '', ...(start.kind === 'reasoning' ? { thought: true } : {}), ...carried(proof) },
    ]);
  };

  const write = (event: NeutralEvent): StreamMessage[] => {
    switch (event.kind) {
      case 'start':
        if (event.id !== '') responseId = event.id;
        return [];
      case 'blockStart':
        return startBlock(event.choice, event.block, event.start);
      case 'blockDelta': {
        const block = candidateAt(event.choice).blocks.get(event.block);
        return block === undefined ? [] : writeDelta(event.choice, block, event.delta);
      }
      case 'blockEnd':
        return endBlock(event.choice, event.block);
      case 'usage':
        usage = event.usage;
        return [];
      case 'finish':
        candidateAt(event.choice).finish = event.finish;
        return [];
      case 'promptBlocked':
        blockReason = event.reason;
        return [];
      case 'native':
      case 'error':
      case 'end':
        return [];
    }
  };

  const lastCandidate = ([index, candidate]: readonly [number, Candidate]): JsonValue => {
    const { text, cited, finish } = candidate;
    const grounding = writeGrounding(cited.map((citation) => ({ text, citation })));
    return {
      content: { role: 'model', parts: [{ text: '' }] },
      finishReason: finish === undefined ? 'OTHER' : writeGeminiFinish(finish),
      index,
      ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    };
  };

  return {
    write,
    finish() {
      const usageMetadata = writeGenerateUsage(usage ?? emptyUsage());
      const told = usage === undefined ? {} : { usageMetadata };
      if (candidates.size === 0 && blockReason !== undefined) {
        return [message({ promptFeedback: { blockReason: writeBlockReason(blockReason) }, ...told })];
      }
      const last = [...candidates].toSorted(([left], [right]) => left - right).map(lastCandidate);
      return [message({ ...(last.length === 0 ? {} : { candidates: last }), ...told })];
    },
    fail: (error) => [{ event: '', data: geminiErrorBody(error, context.requestId) }],
  };
}
