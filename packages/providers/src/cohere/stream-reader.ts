/**
 * The events of a Cohere chat stream as neutral ones. The plan before calls and each block of content are blocks;
 * a text ends when something else begins, because its sources are told in between or behind it.
 */
import type { BlockStart, JsonObject, JsonValue, NeutralEvent, StreamReader } from '@tollgate/dialects';
import { readCitation, readLogprobs } from './answer.ts';
import { isFailure, readCohereFinish } from './finish-reason.ts';
import { isObject, listIn, objectIn, textIn } from './json.ts';
import { readCohereUsage } from './usage.ts';

type OpenKind = 'plan' | 'text' | 'reasoning' | 'toolCall';

export function createCohereStreamReader(): StreamReader {
  let open: OpenKind | undefined;
  let blocks = 0;
  let text = '';
  let hasArguments = false;
  let started = false;
  let finished = false;
  let ended = false;

  const begin = (event: JsonObject): NeutralEvent[] => {
    if (started) return [];
    started = true;
    return [{ kind: 'start', id: textIn(event.id), model: '' }];
  };

  const delta = (piece: string): NeutralEvent[] =>
    piece === ''
      ? []
      : [{ kind: 'blockDelta', choice: 0, block: blocks - 1, delta: { kind: 'text', text: piece } }];

  const endBlock = (): NeutralEvent[] => {
    if (open === undefined) return [];
    const missing = open === 'toolCall' && !hasArguments ? delta('{}') : [];
    open = undefined;
    return [...missing, { kind: 'blockEnd', choice: 0, block: blocks - 1 }];
  };

  const startBlock = (kind: OpenKind, start: BlockStart): NeutralEvent[] => {
    const events = endBlock();
    open = kind;
    text = '';
    hasArguments = false;
    blocks += 1;
    return [...events, { kind: 'blockStart', choice: 0, block: blocks - 1, start }];
  };

  const flow = (kind: 'plan' | 'text' | 'reasoning', piece: string): NeutralEvent[] => {
    const start: BlockStart = kind === 'reasoning' ? { kind } : { kind: 'text' };
    const events = open === kind ? [] : startBlock(kind, start);
    if (kind !== 'reasoning') text += piece;
    return [...events, ...delta(piece)];
  };

  const takeContent = (value: JsonValue | undefined): NeutralEvent[] => {
    const content = objectIn(value);
    if (typeof content.thinking === 'string') return flow('reasoning', content.thinking);
    return typeof content.text === 'string' ? flow('text', content.text) : [];
  };

  const startContent = (value: JsonValue | undefined): NeutralEvent[] => {
    const events = endBlock();
    return [...events, ...takeContent(value)];
  };

  const startCall = (value: JsonValue | undefined): NeutralEvent[] => {
    const call = objectIn(value);
    const { name, arguments: args } = objectIn(call.function);
    const start: BlockStart = { kind: 'toolCall', id: textIn(call.id), name: textIn(name) };
    return [...startBlock('toolCall', start), ...takeArguments(args)];
  };

  const takeArguments = (args: JsonValue | undefined): NeutralEvent[] => {
    const piece = textIn(args);
    if (open !== 'toolCall' || piece === '' || (!hasArguments && piece === 'null')) return [];
    hasArguments = true;
    return delta(piece);
  };

  const takeCitations = (value: JsonValue | undefined): NeutralEvent[] => {
    if (open !== 'text' && open !== 'plan') return [];
    const list = isObject(value) ? [value] : listIn(value);
    return list.map((citation) => ({
      kind: 'blockDelta',
      choice: 0,
      block: blocks - 1,
      delta: { kind: 'citation', citation: readCitation(citation, text) },
    }));
  };

  const takeEnd = (event: JsonObject): NeutralEvent[] => {
    const { finish_reason: reason, usage } = objectIn(event.delta);
    if (ended) return [];
    const read = readCohereUsage(usage);
    const told: NeutralEvent[] = read === undefined ? [] : [{ kind: 'usage', usage: read }];
    if (isFailure(reason)) return [...told, { kind: 'error', body: event }];
    finished = true;
    ended = true;
    return [
      ...endBlock(),
      { kind: 'finish', choice: 0, finish: readCohereFinish(reason) },
      ...told,
      { kind: 'end' },
    ];
  };

  const takeLogprobs = (value: JsonValue | undefined): NeutralEvent[] => {
    const logprobs = readLogprobs(isObject(value) ? [value] : value);
    if (logprobs === undefined || logprobs.length === 0 || open === undefined) return [];
    return [{ kind: 'blockDelta', choice: 0, block: blocks - 1, delta: { kind: 'logprobs', logprobs } }];
  };

  return {
    read(data, eventName) {
      if (!isObject(data)) return [{ kind: 'error', body: data }];
      const message = objectIn(objectIn(data.delta).message);
      switch (textIn(data.type) || eventName) {
        case 'message-start':
          return begin(data);
        case 'content-start':
          return [...begin({}), ...startContent(message.content)];
        case 'content-delta':
          return [...begin({}), ...takeContent(message.content), ...takeLogprobs(data.logprobs)];
        case 'tool-plan-delta':
          return [...begin({}), ...flow('plan', textIn(message.tool_plan))];
        case 'tool-call-start':
          return [...begin({}), ...startCall(message.tool_calls)];
        case 'tool-call-delta':
          return takeArguments(objectIn(objectIn(message.tool_calls).function).arguments);
        case 'tool-call-end':
          return endBlock();
        case 'citation-start':
          return takeCitations(message.citations);
        case 'message-end':
          return [...begin({}), ...takeEnd(data)];
        case '':
          return [{ kind: 'error', body: data }];
        default:
          // `content-end`, `citation-end`, debug events, and what will be added.
          return [];
      }
    },
    close() {
      if (!finished || ended) return [];
      ended = true;
      return [{ kind: 'end' }];
    },
  };
}
