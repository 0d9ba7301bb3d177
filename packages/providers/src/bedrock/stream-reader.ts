/**
 * The events of a Converse stream as neutral ones.
 *
 * Blocks of text and reasoning begin with their first delta; usage comes behind the stop, and is the last word.
 * What Bedrock's own tools do is told whole, when it ends.
 */
import {
  type BlockDelta,
  type BlockStart,
  type JsonObject,
  type JsonValue,
  type NeutralEvent,
  type Part,
  readCallId,
  type StreamReader,
} from '@tollgate/dialects';
import { FORMAT, nativeBlock, readCitation, SIGNATURE_FORMAT } from './content-reader.ts';
import { isObject, listIn, objectIn, parseObject, textIn } from './json.ts';
import { readConverseStop } from './stop-reason.ts';
import { readConverseUsage } from './usage.ts';

interface OpenBlock {
  /** -1: told when it ends. */
  readonly number: number;
  readonly start: JsonObject;
  inputJson: string;
  readonly results: JsonValue[];
  redacted: string;
}

const EVENTS: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

export function createConverseStreamReader(): StreamReader {
  const open = new Map<number, OpenBlock>();
  let blocks = 0;
  let started = false;
  let finished = false;
  let ended = false;
  let metered = false;

  const begin = (): NeutralEvent[] => {
    if (started) return [];
    started = true;
    return [{ kind: 'start', id: '', model: '' }];
  };

  const openBlock = (index: number, start: JsonObject, shown: BlockStart | undefined): NeutralEvent[] => {
    const told = open.has(index) ? endBlock(index) : [];
    const number = shown === undefined ? -1 : blocks;
    open.set(index, { number, start, inputJson: '', results: [], redacted: '' });
    if (shown === undefined) return told;
    blocks += 1;
    return [...told, { kind: 'blockStart', choice: 0, block: number, start: shown }];
  };

  const startBlock = (index: number, start: JsonObject): NeutralEvent[] => {
    const { toolUse } = start;
    if (Object.keys(start).length === 0) return [];
    if (!isObject(toolUse) || (toolUse.type ?? 'tool_use') !== 'tool_use')
      return openBlock(index, start, undefined);
    const { id, signature } = readCallId(textIn(toolUse.toolUseId) ?? '');
    const name = textIn(toolUse.name) ?? '';
    const events = openBlock(index, start, { kind: 'toolCall', id, name });
    return signature === undefined ? events : [...events, delta(index, { kind: 'signature', signature })];
  };

  const delta = (index: number, told: BlockDelta): NeutralEvent =>
    blockDelta(open.get(index)?.number ?? 0, told);

  const takeDelta = (index: number, change: JsonObject): NeutralEvent[] => {
    const { text, reasoningContent, toolUse, toolResult, citation } = change;
    const block = open.get(index);
    if (block?.number === -1) {
      const { input } = objectIn(toolUse);
      if (typeof input === 'string') block.inputJson += input;
      block.results.push(...listIn(toolResult));
      return [];
    }
    if (isObject(reasoningContent)) return takeReasoning(index, reasoningContent);
    const told = readDelta(text, toolUse, citation);
    if (told === undefined) return [];
    if (block !== undefined && told.kind === 'text') block.inputJson = told.text;
    const before = block === undefined ? openBlock(index, {}, { kind: 'text' }) : [];
    return [...before, delta(index, told)];
  };

  const takeReasoning = (index: number, content: JsonObject): NeutralEvent[] => {
    const { text, signature, redactedContent } = content;
    if (typeof redactedContent === 'string') {
      const before = open.has(index) ? [] : openBlock(index, REDACTED, undefined);
      const block = open.get(index);
      if (block !== undefined) block.redacted += redactedContent;
      return before;
    }
    const before = open.has(index) ? [] : openBlock(index, {}, { kind: 'reasoning' });
    return [
      ...before,
      ...(typeof text === 'string' && text !== '' ? [delta(index, { kind: 'text', text })] : []),
      ...(typeof signature === 'string' && signature !== ''
        ? [delta(index, { kind: 'signature', signature: { format: SIGNATURE_FORMAT, value: signature } })]
        : []),
    ];
  };

  const endBlock = (index: number): NeutralEvent[] => {
    const block = open.get(index);
    if (block === undefined) return [];
    open.delete(index);
    if (block.number !== -1) {
      const missing = block.start.toolUse !== undefined && block.inputJson === '';
      return [
        ...(missing ? [blockDelta(block.number, { kind: 'text', text: '{}' })] : []),
        { kind: 'blockEnd', choice: 0, block: block.number },
      ];
    }
    const number = blocks;
    blocks += 1;
    return [
      { kind: 'blockStart', choice: 0, block: number, start: { kind: 'whole', part: wholePart(block) } },
      { kind: 'blockEnd', choice: 0, block: number },
    ];
  };

  const endAll = (): NeutralEvent[] => [...open.keys()].flatMap(endBlock);

  const takeStop = ({ stopReason, additionalModelResponseFields: fields }: JsonObject): NeutralEvent[] => {
    if (finished) return [];
    finished = true;
    const sequence = objectIn(objectIn(fields).delta).stop_sequence ?? objectIn(fields).stop_sequence;
    // Usage usually comes behind the stop, but nobody promises it.
    const end = metered ? takeEnd() : [];
    return [
      ...endAll(),
      { kind: 'finish', choice: 0, finish: readConverseStop(stopReason, sequence) },
      ...end,
    ];
  };

  const takeMetadata = ({ usage, trace }: JsonObject): NeutralEvent[] => {
    const read = readConverseUsage(usage);
    metered = true;
    return [
      ...(trace === undefined ? [] : [{ kind: 'native', members: { trace } } as const]),
      ...(read === undefined ? [] : [{ kind: 'usage', usage: read } as const]),
      ...(finished ? takeEnd() : []),
    ];
  };

  const takeEnd = (): NeutralEvent[] => {
    if (ended) return [];
    ended = true;
    return [{ kind: 'end' }];
  };

  const take = (name: string, body: JsonObject): NeutralEvent[] => {
    const index = typeof body.contentBlockIndex === 'number' ? body.contentBlockIndex : 0;
    switch (name) {
      case 'contentBlockStart':
        return startBlock(index, objectIn(body.start));
      case 'contentBlockDelta':
        return takeDelta(index, objectIn(body.delta));
      case 'contentBlockStop':
        return endBlock(index);
      case 'messageStop':
        return takeStop(body);
      case 'metadata':
        return takeMetadata(body);
      default:
        return [];
    }
  };

  return {
    read(data, eventName) {
      if (ended) return [];
      const event = unwrap(data, eventName);
      if (event === undefined) return [{ kind: 'error', body: data }];
      if (/Exception$/.test(event.name))
        return [{ kind: 'error', body: { __type: event.name, ...event.body } }];
      // What is new is ignored, as AWS's own clients do.
      return EVENTS.has(event.name) ? [...begin(), ...take(event.name, event.body)] : [];
    },
    close: () => (finished ? takeEnd() : []),
  };
}

function blockDelta(block: number, delta: BlockDelta): NeutralEvent {
  return { kind: 'blockDelta', choice: 0, block, delta };
}

const REDACTED: JsonObject = { redacted: true };

/** As the frame names it, or as SDKs write it down: `{"messageStop": {…}}`. */
function unwrap(data: JsonValue, eventName: string): { name: string; body: JsonObject } | undefined {
  if (!isObject(data)) return undefined;
  if (eventName !== '') return { name: eventName, body: data };
  const name = Object.keys(data).find((key) => EVENTS.has(key) || key.endsWith('Exception'));
  return name === undefined ? undefined : { name, body: objectIn(data[name]) };
}

function readDelta(
  text: JsonValue | undefined,
  toolUse: JsonValue | undefined,
  citation: JsonValue | undefined,
): BlockDelta | undefined {
  const { input } = objectIn(toolUse);
  const piece = typeof text === 'string' ? text : input;
  if (typeof piece === 'string') return piece === '' ? undefined : { kind: 'text', text: piece };
  return isObject(citation) ? { kind: 'citation', citation: readCitation(citation) } : undefined;
}

function wholePart({ start, inputJson, results, redacted }: OpenBlock): Part {
  if (start === REDACTED) {
    return { kind: 'reasoning', text: '', redacted: { format: FORMAT, value: redacted } };
  }
  const { toolUse, toolResult } = start;
  if (isObject(toolUse)) return nativeBlock({ toolUse: { ...toolUse, input: parseObject(inputJson) ?? {} } });
  if (isObject(toolResult)) return nativeBlock({ toolResult: { ...toolResult, content: results } });
  return nativeBlock(start);
}
